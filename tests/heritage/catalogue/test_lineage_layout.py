"""The picture of a lineage."""

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from heritage.catalogue.lineage import Lineage, Person, Tie
from heritage.catalogue.lineage import build_lineage as build_from_ties
from heritage.catalogue.lineage.layout import BOX_WIDTH


def person(id: int, generation: int | None = None) -> Person:
    return Person(
        id=id, name=f"P{id}", about="", address=f"/p/{id}", generation=generation
    )


def build_lineage(people: list[Person], pairs: list[tuple[int, int]]) -> Lineage:
    return build_from_ties(people, [Tie(*pair) for pair in pairs])


def rows_of(lineage: Lineage) -> dict[int, set[int]]:
    rows: dict[int, set[int]] = {}
    for node in lineage.nodes:
        rows.setdefault(node.y, set()).add(node.person.id)
    return {number: rows[y] for number, y in enumerate(sorted(rows))}


def test_generations_stand_under_each_other() -> None:
    lineage = build_lineage(
        [person(1, 1), person(2, 2), person(3, 2), person(4, 3)],
        [(1, 2), (1, 3), (3, 4)],
    )
    assert rows_of(lineage) == {0: {1}, 1: {2, 3}, 2: {4}}
    assert [row.generation for row in lineage.rows] == [1, 2, 3]
    assert len(lineage.edges) == 3


def test_an_unknown_generation_follows_from_the_master() -> None:
    lineage = build_lineage([person(1, 4), person(2), person(3)], [(1, 2), (2, 3)])
    assert [row.generation for row in lineage.rows] == [4, 5, 6]


def test_a_ring_of_masters_ends() -> None:
    lineage = build_lineage([person(1), person(2)], [(1, 2), (2, 1)])
    assert len(lineage.nodes) == 2


def test_who_is_not_there_has_no_line() -> None:
    assert build_lineage([person(1)], [(1, 99), (99, 1)]).edges == []


def test_apprentices_stand_in_the_order_of_their_masters() -> None:
    people = [person(1, 1), person(2, 1), person(3, 2), person(4, 2)]
    lineage = build_lineage(people, [(2, 3), (1, 4)])
    x = {node.person.id: node.x for node in lineage.nodes}
    assert x[4] < x[3]


@given(
    generations=st.lists(st.none() | st.integers(1, 5), min_size=1, max_size=12),
    pairs=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=20),
)
def test_nobody_covers_anybody_and_all_are_inside(
    generations: list[int | None], pairs: list[tuple[int, int]]
) -> None:
    people = [person(id, generation) for id, generation in enumerate(generations)]
    lineage = build_lineage(people, [pair for pair in pairs if pair[0] != pair[1]])
    assert {node.person.id for node in lineage.nodes} == {p.id for p in people}
    boxes = sorted((node.y, node.x) for node in lineage.nodes)
    for (y0, x0), (y1, x1) in itertools.pairwise(boxes):
        assert y0 != y1 or x1 - x0 > BOX_WIDTH
    assert all(node.x + BOX_WIDTH < lineage.width for node in lineage.nodes)
    assert all(node.bottom < lineage.height for node in lineage.nodes)


@given(
    sizes=st.lists(st.integers(1, 6), min_size=2, max_size=7),
    seed=st.randoms(use_true_random=False),
)
def test_many_generations_keep_apart_and_lead_downwards(
    sizes: list[int], seed: random.Random
) -> None:
    people: list[Person] = []
    pairs: list[tuple[int, int]] = []
    for generation, size in enumerate(sizes, start=1):
        above = [one.id for one in people if one.generation == generation - 1]
        for _ in range(size):
            people.append(person(len(people), generation))
            pairs += [(seed.choice(above), people[-1].id)] if above else []
    lineage = build_lineage(people, pairs)
    at = {node.person.id: node for node in lineage.nodes}
    assert all(at[master].bottom < at[pupil].y for master, pupil in pairs)
    for (_, row), place in zip(lineage.entries, lineage.rows, strict=True):
        x = [at[entry.person.id].x for entry in row]
        assert all(b - a > BOX_WIDTH for a, b in itertools.pairwise(x))
        assert {at[entry.person.id].y for entry in row} == {place.y - 31}
    assert min(node.x for node in lineage.nodes) >= 116


def test_a_single_line_of_descent_is_straight() -> None:
    people = [person(number, number) for number in range(1, 13)]
    lineage = build_lineage(people, list(itertools.pairwise(range(1, 13))))
    assert len({node.x for node in lineage.nodes}) == 1


def test_two_masters_of_one_end_side_by_side() -> None:
    people = [person(1, 1), person(2, 1), person(3, 2)]
    edges = build_lineage(people, [(2, 3), (1, 3)]).edges
    assert len({edge.path.rsplit(" ", 2)[1] for edge in edges}) == 2


def test_a_dispute_is_drawn_and_told() -> None:
    tie = Tie(1, 2, words="1950 · oral · disputed", way="family", is_disputed=True)
    lineage = build_from_ties([person(1), person(2)], [tie])
    assert (lineage.has_dispute, lineage.ways) == (True, ["family"])
    assert lineage.edges[0].css == "edge family disputed"
    ((_, first), (_, second)) = lineage.entries
    assert first[0].learned == []
    assert second[0].learned == [(first[0].person, tie)]
