"""Where each person and each line of a lineage stands: generation under generation.

Pure layout in SVG units; the template draws it. Within a row people stand in the order of
their masters and apprentices, so that lines cross little, and as near to them as they can.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

BOX_WIDTH, BOX_HEIGHT = 168, 62
GAP_X, GAP_Y = 28, 76
LEFT, TOP = 116, 16
MARGIN = 16
PITCH = BOX_WIDTH + GAP_X
SWEEPS = 4  # down and up again: more changes hardly anything
PULLS = 16  # towards each other: each halves what is left to go
PORT = 14  # between two lines that end in the same box
ARROW = 7  # length of the arrow's head


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    about: str
    address: str
    generation: int | None = None
    is_here: bool = False


@dataclass(frozen=True)
class Tie:
    """A master taught an apprentice; `words` say when, how and after which source."""

    master: int
    apprentice: int
    years: str = ""
    words: str = ""
    way: str = ""
    is_disputed: bool = False


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
    tie: Tie
    path: str
    title: str
    x: int  # where the years stand, beside the end of the line
    y: int
    anchor: str = "start"  # of the text, as SVG has it; "" has no room for years

    @property
    def css(self) -> str:
        """Name how the line is drawn: by the way of handing down, and if in dispute."""
        disputed = " disputed" if self.tie.is_disputed else ""
        return f"edge {self.tie.way}{disputed}".strip()


@dataclass(frozen=True)
class Row:
    generation: int
    y: int


@dataclass(frozen=True)
class Entry:
    """One person in the list: from whom he or she learned."""

    person: Person
    learned: list[tuple[Person, Tie]]


@dataclass(frozen=True)
class Lineage:
    nodes: list[Node]
    edges: list[Edge]
    rows: list[Row]
    width: int
    height: int
    entries: list[tuple[int, list[Entry]]] = field(default_factory=list)
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT

    @property
    def ways(self) -> list[str]:
        """The ways of handing down that are drawn, for the legend."""
        return sorted({edge.tie.way for edge in self.edges if edge.tie.way})

    @property
    def has_dispute(self) -> bool:
        return any(edge.tie.is_disputed for edge in self.edges)


def build_lineage(people: Sequence[Person], ties: Sequence[Tie]) -> Lineage:
    """Lay people out by generation; ties to somebody who is not there are left out."""
    known = {person.id: person for person in people}
    kept = [tie for tie in ties if tie.master in known and tie.apprentice in known]
    rows = _rows(people, kept)
    centres = _centres([[p.id for p in row] for _, row in rows], kept)
    nodes: dict[int, Node] = {}
    for number, (_, row) in enumerate(rows):
        y = TOP + number * (BOX_HEIGHT + GAP_Y)
        for person in row:
            x = LEFT + round(centres[person.id])
            nodes[person.id] = Node(person, x, y)
    right = max((node.x + BOX_WIDTH for node in nodes.values()), default=LEFT)
    return Lineage(
        nodes=list(nodes.values()),
        edges=list(_edges(kept, nodes)),
        rows=[
            Row(generation, TOP + number * (BOX_HEIGHT + GAP_Y) + BOX_HEIGHT // 2)
            for number, (generation, _) in enumerate(rows)
        ],
        width=right + MARGIN,
        height=TOP + len(rows) * (BOX_HEIGHT + GAP_Y) - GAP_Y + MARGIN,
        entries=[
            (generation, [_entry(person, kept, known) for person in row])
            for generation, row in rows
        ],
    )


def _entry(person: Person, ties: Sequence[Tie], known: Mapping[int, Person]) -> Entry:
    own = [tie for tie in ties if tie.apprentice == person.id]
    return Entry(person, [(known[tie.master], tie) for tie in own])


def _rows(
    people: Sequence[Person], ties: Sequence[Tie]
) -> list[tuple[int, list[Person]]]:
    generations = _generations(people, ties)
    rows = [
        (generation, [p for p in people if generations[p.id] == generation])
        for generation in sorted(set(generations.values()))
    ]
    masters = _others(ties, lambda tie: (tie.apprentice, tie.master))
    pupils = _others(ties, lambda tie: (tie.master, tie.apprentice))
    places: dict[int, float] = {}
    for _, row in rows:
        _note_places(row, places)
    for sweep in range(SWEEPS):
        is_down = sweep % 2 == 0  # under one's masters first: elders keep their order
        near = masters if is_down else pupils
        for _, row in rows if is_down else reversed(rows):
            middle = {
                p.id: _mean([places[n] for n in near.get(p.id, [p.id])]) for p in row
            }
            row.sort(key=lambda p: middle[p.id])
            _note_places(row, places)
    return rows


def _note_places(row: Sequence[Person], places: dict[int, float]) -> None:
    places |= {person.id: (n + 0.5) / len(row) for n, person in enumerate(row)}


def _others(
    ties: Iterable[Tie], ends: Callable[[Tie], tuple[int, int]]
) -> dict[int, list[int]]:
    others: dict[int, list[int]] = {}
    for tie in ties:
        one, other = ends(tie)
        others.setdefault(one, []).append(other)
    return others


def _generations(people: Sequence[Person], ties: Sequence[Tie]) -> dict[int, int]:
    """Take the generation as recorded, else one after the latest master's."""
    found = {person.id: person.generation or 1 for person in people}
    guessed = {person.id for person in people if person.generation is None}
    # A ring of masters cannot hold us: nobody comes later than all in one line.
    last = max(found.values(), default=0) + len(people)
    for _ in people:
        for tie in ties:
            master, pupil = tie.master, tie.apprentice
            if pupil in guessed and found[pupil] <= found[master] < last:
                found[pupil] = found[master] + 1
    return found


def _centres(rows: Sequence[Sequence[int]], ties: Sequence[Tie]) -> dict[int, float]:
    """Give each person's place in its row; the leftmost stands at 0.

    Everybody is drawn towards masters and apprentices, as far as the neighbours allow.
    """
    widest = max((len(row) for row in rows), default=0)
    near = _others(
        [tie for one in ties for tie in (one, Tie(one.apprentice, one.master))],
        lambda tie: (tie.apprentice, tie.master),
    )
    at: dict[int, float] = {}
    for row in rows:
        start = (widest - len(row)) * PITCH / 2
        at |= {person: start + n * PITCH for n, person in enumerate(row)}
    for pull in range(PULLS):
        for row in rows if pull % 2 == 0 else list(reversed(rows)):
            wished = [_mean([at[n] for n in near.get(one, [one])]) for one in row]
            at |= dict(zip(row, _apart(wished), strict=True))
    left = min(at.values(), default=0.0)
    return {person: x - left for person, x in at.items()}


def _apart(wished: Sequence[float]) -> list[float]:
    """Keep neighbours `PITCH` apart, all as near to what is wished as that allows.

    Least squares under an order: pool adjacent violators, after Ayer and others, 1955.
    """
    pools: list[tuple[float, int]] = []
    for number, x in enumerate(wished):
        mean, size = x - number * PITCH, 1
        while pools and pools[-1][0] > mean:
            before, count = pools.pop()
            mean = (before * count + mean * size) / (count + size)
            size += count
        pools.append((mean, size))
    flat = [mean for mean, size in pools for _ in range(size)]
    return [x + number * PITCH for number, x in enumerate(flat)]


def _edges(ties: Sequence[Tie], nodes: Mapping[int, Node]) -> Iterable[Edge]:
    """Draw the lines; those that end in one box end side by side."""
    for pupil in dict.fromkeys(tie.apprentice for tie in ties):
        own = [tie for tie in ties if tie.apprentice == pupil]
        own.sort(key=lambda tie: nodes[tie.master].middle)
        for number, tie in enumerate(own):
            shift = round((number - (len(own) - 1) / 2) * PORT)
            last = number == len(own) - 1
            anchor = "start" if last else "end" if number == 0 else ""
            yield _edge(tie, nodes[tie.master], nodes[pupil], (shift, anchor))


def _edge(tie: Tie, master: Node, pupil: Node, end: tuple[int, str]) -> Edge:
    shift, anchor = end
    x0, y0, x1, y1 = (
        master.middle, master.bottom, pupil.middle + shift, pupil.y - ARROW,
    )  # fmt: skip
    bend = max(24, abs(y1 - y0) // 2)
    path = f"M{x0} {y0}C{x0} {y0 + bend} {x1} {y1 - bend} {x1} {y1}"
    title = f"{master.person.name} → {pupil.person.name}"
    told = f"{title}: {tie.words}" if tie.words else title
    return Edge(tie, path, told, x1 + (-8 if anchor == "end" else 8), y1 - 4, anchor)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
