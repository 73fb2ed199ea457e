"""The picture of a lineage."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from heritage.pages.lineage import BOX_WIDTH, Lineage, Person, build_lineage


def person(id: int, generation: int | None = None) -> Person:
    return Person(
        id=id, name=f"P{id}", about="", address=f"/p/{id}", generation=generation
    )


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
