"""Ask the index: hits that this person may see now, with what they can be narrowed by.

The index proposes; every hit is read from its record again, through the one visibility
function, before anybody is told of it. A record whose document is out of date is asked
whether it still answers, from what this person may read of it at this moment.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from heritage.catalogue.models import Collection as MuseumCollection
from heritage.catalogue.models import Period, Record
from heritage.catalogue.policy import Person, visible
from heritage.lib.folding import fold

from .asked import Between, Facet, Node, OneOf, Token, any_of, is_met
from .building import TERM, describe, reading_tier, working_tier
from .documents import FACETS, SAMPLES, RecordName, spelling
from .index import searcher
from .lexicon import lexicon
from .models import IndexChange
from .registry import sources
from .seen import KEY, is_number, keys_seen, records_seen
from .understanding import Knowledge, Meaning, begins_a_number, understand
from .wanted import ADMINISTRATOR, ANYBODY, Found, Page, Searcher, Sight, Wanted

DEEPEST: Final = 10_000  # hits: beyond, nobody reads and counting costs
EXACT_UP_TO: Final = 10_000
FACET_VALUES: Final = 60
PENDING: Final = 1_000  # changes under way that a question looks through
NOTHING: Final = frozenset({"nothing"})
OF_RECORDS: Final = ("agent", "element", "place")  # values that name records by key
NAMED_KINDS: Final = ("agent", "element", "period", "place")


@dataclass(frozen=True)
class Filters:
    """What hits are narrowed to: values by facet, years, and when it was changed."""

    facets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    begin_year: int | None = None
    end_year: int | None = None
    changed_since: int | None = None

    def without(self, name: str) -> "Filters":
        rest = {key: values for key, values in self.facets.items() if key != name}
        return replace(self, facets=rest)

    @property
    def nodes(self) -> list[Node]:
        nodes: list[Node] = [Facet(name, v) for name, v in self.facets.items() if v]
        if self.begin_year is not None or self.end_year is not None:
            nodes.append(Between(self.begin_year, self.end_year))
        return nodes


@dataclass(frozen=True)
class Request:
    """One question: what was typed, who asks, and which part of the answer."""

    text: str
    person: Person
    filters: Filters = field(default_factory=Filters)
    size: int = 20
    offset: int = 0
    counts: tuple[str, ...] = ()  # facets to count
    most_values: int = FACET_VALUES  # of each of these, the most frequent first


@dataclass(frozen=True)
class Hit:
    """One record that answers; `record` is as this person may see it, None for a term."""

    name: RecordName
    score: float
    record: Record | None


@dataclass(frozen=True)
class Counts:
    """How many hits have each value of one facet."""

    values: tuple[tuple[str, int], ...]
    is_about: bool = False


@dataclass(frozen=True)
class Answer:
    hits: tuple[Hit, ...]
    total: int  # of what is found, less what this page showed to be gone
    counts: Mapping[str, Counts]
    meaning: Meaning
    proposed: int = 0  # by the index, before each hit was looked at again
    is_about: bool = False  # the total is an estimate
    is_loose: bool = False  # nothing answers every word; these answer most
    next_offset: int | None = None


@dataclass(frozen=True)
class _Desk:
    """The index at the moment of a question, and what of it this person may touch."""

    searcher: Searcher
    person: Person
    pending: frozenset[RecordName]
    hidden: frozenset[RecordName]

    def wanted(
        self, node: Node | None, filters: Filters, samples: int = SAMPLES
    ) -> Wanted:
        return Wanted(
            sight=_sight(self.person),
            node=node,
            filters=tuple(filters.nodes),
            changed_since=filters.changed_since,
            hidden=self.hidden,
            samples=samples,
        )


def _sight(person: Person) -> Sight:
    """Whose documents this person may find: the policy, as the index has it."""
    if person.is_administrator:
        return ADMINISTRATOR
    if not person.reads_in:
        return ANYBODY
    tiers = [working_tier(pk) for pk in sorted(person.works_in)]
    tiers += [reading_tier(pk) for pk in sorted(person.reads_in - person.works_in)]
    own = frozenset(f"collection:{pk}" for pk in person.reads_in)
    return Sight(tuple(tiers), own)


def search(request: Request) -> Answer:
    """Answer a question. Raises `NoIndex` while there is none."""
    desk = _desk(request.person)
    request = replace(
        request,
        filters=_allowed(request.filters, request.person),
        offset=max(0, min(request.offset, DEEPEST)),
    )
    meaning = understand(request.text, _knowledge(desk))
    node, is_loose = meaning.strict, False
    if request.text.strip() and node is None:
        return Answer((), 0, {}, meaning)
    found = _find(desk, request, node)
    if not found.total and meaning.loose is not None:
        node, is_loose = meaning.loose, True
        found = _find(desk, request, node)
    hits, total = _seen(found.hits, desk, node, request.filters), found.total
    after = request.offset + request.size
    return Answer(
        hits=tuple(hits),
        total=max(0, total - (len(found.hits) - len(hits))),
        counts=_count(desk, node, request, total),
        meaning=meaning,
        proposed=total,
        is_about=found.is_about,
        is_loose=is_loose and total > 0,
        next_offset=after if after < _last_offset(found) else None,
    )


def _last_offset(found: Found) -> int:
    """Give how far a question may be paged through: beyond, there are no hits."""
    reach = found.total if found.reach is None else found.reach
    return min(found.total, reach, DEEPEST)


def names_found(
    request: Request,
) -> tuple[list[RecordName], int, frozenset[RecordName]]:
    """Name what the index proposes, how many that are, and what it has yet to read.

    By the beginning of a number as well. For whoever fetches the records through the one
    visibility function. Raises `NoIndex`.
    """
    desk = _desk(request.person)
    meaning = understand(request.text, _knowledge(desk)).strict
    nodes = [one for one in (meaning, begins_a_number(request.text)) if one is not None]
    if not nodes:
        return [], 0, desk.pending
    found = _find(desk, request, any_of(nodes))
    return [name for name, _score in found.hits], found.total, desk.pending


def is_behind() -> bool:
    """Tell whether more changes wait than a question looks through."""
    return IndexChange.objects.order_by("pk")[PENDING : PENDING + 1].exists()


def _allowed(filters: Filters, person: Person) -> Filters:
    """Take out values that this person may not know: nobody narrows down to a secret."""
    facets = dict(filters.facets)
    for name in {*NAMED_KINDS, "collection"} & facets.keys():
        known = frozenset(_values_seen(facets[name], person))
        facets[name] = known or (facets[name] and NOTHING)
    return replace(filters, facets=facets)


def _values_seen(values: frozenset[str], person: Person) -> Iterator[str]:
    names = [RecordName(*value.partition(":")[::2]) for value in values]
    seen = keys_seen([n for n in names if n.kind in OF_RECORDS], person)
    yield from (f"{name.kind}:{name.key}" for name in seen)
    keys = [int(n.key) for n in names if n.kind == "collection" and is_number(n.key)]
    rows = visible(MuseumCollection.objects.filter(pk__in=keys), person)
    yield from (f"collection:{pk}" for pk in rows.values_list("pk", flat=True))
    slugs = [n.key for n in names if n.kind == "period" and KEY.fullmatch(n.key)]
    periods = visible(Period.objects.filter(slug__in=slugs), person)
    yield from (f"period:{slug}" for slug in periods.values_list("slug", flat=True))


def _desk(person: Person) -> _Desk:
    opened = searcher()
    pending = frozenset(
        RecordName(kind, key)
        for kind, key in IndexChange.objects.order_by("-pk").values_list("kind", "key")[
            :PENDING
        ]
        if kind in sources()
    )
    seen = keys_seen(pending, person) if pending else set()
    return _Desk(opened, person, pending, pending - seen)


def _knowledge(desk: _Desk) -> Knowledge:
    return Knowledge(
        lexicon(),
        lambda spellings: _named(desk, spellings),
        lambda name, token: _stands(desk, Token(name, token)),
    )


def _stands(desk: _Desk, token: Token) -> bool:
    """Tell whether a token stands in what this person may find: not in any draft."""
    return bool(desk.searcher.name(desk.wanted(token, Filters()), 1))


def _named(desk: _Desk, spellings: set[str]) -> dict[str, dict[str, set[str]]]:
    """Look up which of these words are names of places, people, crafts and periods."""
    if not spellings:
        return {}
    kinds = frozenset(f"kind:{kind}" for kind in NAMED_KINDS)
    wanted = desk.wanted(OneOf("exact", frozenset(spellings)), Filters({"kind": kinds}))
    names = desk.searcher.name(wanted, FACET_VALUES)
    found: dict[str, dict[str, set[str]]] = {}
    for name, record in records_seen(names, desk.person).items():
        value = f"period:{record.slug}" if name.kind == "period" else str(name)  # type: ignore[attr-defined]
        own = {spelling(fold(name)) for name in (record.name_zh, record.name_en)}
        for one in spellings & own:
            facets = found.setdefault(one, {})
            facets.setdefault(name.kind, set()).add(value.replace("/", ":", 1))
    return found


def _find(desk: _Desk, request: Request, node: Node | None) -> Found:
    page = Page(
        size=max(1, min(request.size, DEEPEST - request.offset)),
        offset=request.offset,
        newest_by="changed" if request.filters.changed_since is not None else "released",
    )  # fmt: skip
    return desk.searcher.find(desk.wanted(node, request.filters), page)


def _seen(
    found: Sequence[tuple[RecordName, float]],
    desk: _Desk,
    node: Node | None,
    filters: Filters,
) -> list[Hit]:
    """Keep what this person may see now, and what still answers."""
    records = records_seen(
        [name for name, _ in found if name.kind != TERM], desk.person
    )
    hits: list[Hit] = []
    for name, score in found:
        record = records.get(name)
        if name.kind == TERM:
            hits.append(Hit(name, score, None))
        elif record is not None and (
            name not in desk.pending or _still_answers(record, desk, node, filters)
        ):
            hits.append(Hit(name, score, record))
    return hits


def _still_answers(
    record: Record, desk: _Desk, node: Node | None, filters: Filters
) -> bool:
    whole = sources()[record.kind].rows([record.key]).first()
    if whole is None:  # deleted in this very moment
        return False
    document = describe(whole, desk.person)
    nodes = [*filters.nodes, *([node] if node is not None else [])]
    return all(is_met(one, document) for one in nodes)


def _count(
    desk: _Desk, node: Node | None, request: Request, total: int
) -> dict[str, Counts]:
    """Count the values of each facet; where many hits are, from a share of them.

    A facet that is filtered by is counted as if it were not: what else could be chosen.
    """
    if not request.counts or not (total or request.filters.facets):
        return {}
    samples = _samples(total)
    plain = [n for n in request.counts if not request.filters.facets.get(n)]
    most = request.most_values
    wanted = desk.wanted(node, request.filters, samples)
    found = _values(desk, wanted, plain, most)
    for name in set(request.counts) - set(plain):
        others = request.filters.without(name)
        wider = desk.searcher.count(desk.wanted(node, others)).total
        wanted = desk.wanted(node, others, _samples(wider))
        found |= _values(desk, wanted, [name], most)
    return {name: found[name] for name in request.counts if name in found}


def _samples(total: int) -> int:
    """Give how many of the shares must be looked at to see some ten thousand hits."""
    if total <= EXACT_UP_TO:
        return SAMPLES
    return max(1, round(SAMPLES * EXACT_UP_TO / total))


def _values(
    desk: _Desk, wanted: Wanted, names: Collection[str], most: int
) -> dict[str, Counts]:
    if not names:
        return {}
    counted = desk.searcher.count_values(wanted, names, most)
    share = SAMPLES / wanted.samples
    return {
        name: Counts(
            tuple((value, round(count * share)) for value, count in counted[name]),
            is_about=wanted.samples < SAMPLES,
        )
        for name in FACETS
        if name in names
    }
