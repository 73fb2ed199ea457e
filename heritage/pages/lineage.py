"""A lineage as a picture: who taught whom, generation under generation.

Pure layout in SVG units; the template draws it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BOX_WIDTH, BOX_HEIGHT = 168, 62
GAP_X, GAP_Y = 28, 62
LEFT, TOP = 116, 16
MARGIN = 16


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    about: str
    address: str
    generation: int | None = None
    is_here: bool = False


@dataclass(frozen=True)
class Node:
    person: Person
    x: int
    y: int

    @property
    def middle(self) -> int:
        return self.x + BOX_WIDTH // 2

    @property
    def bottom(self) -> int:
        return self.y + BOX_HEIGHT

    @property
    def name_y(self) -> int:
        return self.y + (27 if self.person.about else 37)

    @property
    def about_y(self) -> int:
        return self.y + 47


@dataclass(frozen=True)
class Edge:
    path: str
    title: str


@dataclass(frozen=True)
class Row:
    generation: int
    y: int


@dataclass(frozen=True)
class Lineage:
    nodes: list[Node]
    edges: list[Edge]
    rows: list[Row]
    width: int
    height: int
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def build_lineage(
    people: Sequence[Person], taught: Sequence[tuple[int, int]]
) -> Lineage:
    """Lay people out by generation; `taught` holds (master, apprentice) ids."""
    known = {person.id for person in people}
    pairs = [pair for pair in taught if known.issuperset(pair)]
    rows = _rows(people, pairs)
    widest = max((len(row) for _, row in rows), default=0)
    width = LEFT + widest * (BOX_WIDTH + GAP_X) - GAP_X + MARGIN
    nodes: dict[int, Node] = {}
    for number, (_, row) in enumerate(rows):
        y = TOP + number * (BOX_HEIGHT + GAP_Y)
        nodes |= {node.person.id: node for node in _place(row, y, width)}
    return Lineage(
        nodes=list(nodes.values()),
        edges=[_edge(nodes[master], nodes[pupil]) for master, pupil in pairs],
        rows=[
            Row(generation, TOP + number * (BOX_HEIGHT + GAP_Y) + BOX_HEIGHT // 2)
            for number, (generation, _) in enumerate(rows)
        ],
        width=width,
        height=TOP + len(rows) * (BOX_HEIGHT + GAP_Y) - GAP_Y + MARGIN,
    )


def _rows(
    people: Sequence[Person], pairs: Sequence[tuple[int, int]]
) -> list[tuple[int, list[Person]]]:
    generations = _generations(people, pairs)
    rows: list[tuple[int, list[Person]]] = []
    places: dict[int, float] = {}
    for generation in sorted(set(generations.values())):
        row = [person for person in people if generations[person.id] == generation]
        # Under one's master: lines cross less.
        row.sort(
            key=lambda person: _mean(
                places[m] for m, p in pairs if p == person.id and m in places
            )
        )
        places |= {person.id: place / len(row) for place, person in enumerate(row)}
        rows.append((generation, row))
    return rows


def _generations(
    people: Sequence[Person], pairs: Sequence[tuple[int, int]]
) -> dict[int, int]:
    """Take the generation as recorded, else one after the latest master's."""
    found = {person.id: person.generation or 1 for person in people}
    guessed = {person.id for person in people if person.generation is None}
    # A ring of masters cannot hold us: nobody comes later than all in one line.
    last = max(found.values(), default=0) + len(people)
    for _ in people:
        for master, pupil in pairs:
            if pupil in guessed and found[pupil] <= found[master] < last:
                found[pupil] = found[master] + 1
    return found


def _place(row: Sequence[Person], y: int, width: int) -> list[Node]:
    used = len(row) * (BOX_WIDTH + GAP_X) - GAP_X
    start = LEFT + (width - LEFT - MARGIN - used) // 2
    return [
        Node(person, start + number * (BOX_WIDTH + GAP_X), y)
        for number, person in enumerate(row)
    ]


def _edge(master: Node, pupil: Node) -> Edge:
    x0, y0, x1, y1 = master.middle, master.bottom, pupil.middle, pupil.y - 7
    bend = max(24, abs(y1 - y0) // 2)
    path = f"M{x0} {y0}C{x0} {y0 + bend} {x1} {y1 - bend} {x1} {y1}"
    return Edge(path, f"{master.person.name} → {pupil.person.name}")


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.5
