"""What strangers' tables may be matched with: types, candidates, properties.

W3C Reconciliation Service API 0.2. Everybody is a stranger here: a table in another house
learns nothing that is not released.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import Record, Relic
from heritage.catalogue.policy import STRANGER, allows
from heritage.catalogue.vocabularies import load
from heritage.catalogue.whereabouts import shown_find_place
from heritage.lib.folding import chinese_tokens, fold, word_tokens
from heritage.search.asking import Filters, Hit, Request, search
from heritage.search.building import TERM
from heritage.search.documents import RecordName, spelling
from heritage.search.pinyin import syllables
from heritage.search.seen import records_seen
from knowledge_graph.vocabulary import Concept

Value = dict[str, Any]
# What names and properties are read from, beside the record's own row.
READ_FROM: Final = {
    "relic": (
        "other_names", "materials", "period", "made_at", "maker", "find_place__within",
        "find_batch__site",
    ),
    "place": ("within",),
}  # fmt: skip
SURE: Final = 95  # of 100: the same name, however it is written
NAME_SHARE: Final = 0.7  # of a score, where properties are given as well


@dataclass(frozen=True)
class Kind:
    """A type of things that names are matched with."""

    id: str
    title: Any
    kind: str
    vocabulary: str = ""

    @property
    def filters(self) -> Filters:
        facets = {"kind": frozenset({f"kind:{self.kind}"})}
        if self.vocabulary:
            facets["category"] = frozenset({f"vocabulary:{self.vocabulary}"})
        return Filters(facets)

    @property
    def document(self) -> dict[str, str]:
        return {"id": self.id, "name": str(self.title)}


KINDS: Final = {
    one.id: one
    for one in (
        Kind("relic", _("relic"), "relic"),
        Kind("agent", _("person or group"), "agent"),
        Kind("place", _("place"), "place"),
        Kind("period", _("period"), TERM, "period"),
        Kind("material", _("material"), TERM, "material"),
    )
}


@dataclass(frozen=True)
class Thing:
    """A released record or a term of a vocabulary."""

    id: str
    type: Kind
    subject: Record | Concept

    @property
    def names(self) -> list[str]:
        if isinstance(self.subject, Concept):
            return [*self.subject.labels.values(), *self.subject.other_names]
        others = self.subject.other_names.all() if self.type.id == "relic" else ()  # type: ignore[attr-defined]
        both = [self.subject.name_zh, self.subject.name_en]
        return [name for name in (*both, *(row.name for row in others)) if name]

    def name(self, language: str) -> str:
        if isinstance(self.subject, Concept):
            return self.subject.label(language)
        first, second = self.subject.name_zh, self.subject.name_en
        english = language.startswith("en")
        return (second or first) if english else (first or second)

    def description(self, language: str) -> str:
        if isinstance(self.subject, Concept):
            return ""
        text = self.subject.descriptions.get("en" if language == "en" else "zh-Hans")
        return (text or self.subject.description)[:200]


@dataclass(frozen=True)
class Candidate:
    thing: Thing
    score: float
    features: Mapping[str, float]


@dataclass(frozen=True)
class Query:
    """One line of a table: a name, what it is, and what else is known of it."""

    text: str
    kinds: tuple[Kind, ...]
    limit: int = 10
    properties: tuple[tuple[str, tuple[str, ...]], ...] = field(default_factory=tuple)


def candidates(query: Query) -> list[Candidate]:
    """Give what a line may mean, the likeliest first. Raises `NoIndex`."""
    text = query.text or next((v for _pid, each in query.properties for v in each), "")
    found: dict[str, Candidate] = {}
    for kind in query.kinds:
        asked = Request(text, STRANGER, kind.filters, size=2 * query.limit)
        hits = search(asked).hits if text else ()
        things = [one for hit in hits if (one := _thing_of(hit, kind)) is not None]
        _fetch(things)
        found |= {thing.id: _judge(thing, query) for thing in things}
    ordered = sorted(found.values(), key=lambda one: (-one.score, one.thing.id))
    return ordered[: query.limit]


def is_sure(one: Candidate, others: list[Candidate]) -> bool:
    """Tell whether this is it: the same name, and no other of that name."""
    best = [other for other in others if other.score >= SURE]
    return best == [one]


def find_thing(identifier: str) -> Thing | None:
    """Give the thing of an identifier, if it is public."""
    return find_things([identifier]).get(identifier)


def find_things(identifiers: Iterable[str]) -> dict[str, Thing]:
    """Give the things of these identifiers that are public, with all that they tell."""
    found: dict[str, Thing] = {}
    names: dict[RecordName, str] = {}
    for identifier in identifiers:
        head, _slash, rest = identifier.partition("/")
        name, _slash, key = rest.partition("/")
        kind = KINDS.get(name)
        if kind is not None and kind.kind == TERM:
            if head == "vocab" and key in load(name):
                found[identifier] = Thing(identifier, kind, load(name)[key])
        elif kind is not None and head == "id":
            names[RecordName(name, key)] = identifier
    for record_name, record in records_seen(names, STRANGER).items():
        identifier = names[record_name]
        found[identifier] = Thing(identifier, KINDS[record_name.kind], record)
    _fetch(found.values())
    return found


def _fetch(things: Iterable[Thing]) -> None:
    """Fetch for all of them at once what names and properties are read from."""
    by_kind: dict[str, list[Record]] = {}
    for thing in things:
        if isinstance(thing.subject, Record):
            by_kind.setdefault(thing.type.id, []).append(thing.subject)
    for kind, records in by_kind.items():
        prefetch_related_objects(records, *READ_FROM.get(kind, ()))


def _thing_of(hit: Hit, kind: Kind) -> Thing | None:
    if hit.record is not None:
        return Thing(f"id/{hit.name.kind}/{hit.name.key}", kind, hit.record)
    vocabulary, _slash, slug = hit.name.key.partition("/")
    known = load(vocabulary)
    return Thing(f"vocab/{hit.name.key}", kind, known[slug]) if slug in known else None


def _judge(thing: Thing, query: Query) -> Candidate:
    features = {"name": likeness(query.text, thing.names) if query.text else 0.0}
    told = [
        1.0 if _agrees(thing, pid, values) else 0.0 for pid, values in query.properties
    ]
    score = features["name"]
    if told:
        features["properties"] = 100 * sum(told) / len(told)
        share = NAME_SHARE if query.text else 0.0
        score = share * score + (1 - share) * features["properties"]
    return Candidate(thing, round(score, 1), features)


def _agrees(thing: Thing, pid: str, values: tuple[str, ...]) -> bool:
    known = [
        str(part)
        for value in values_of(thing, pid, "zh-Hans") + values_of(thing, pid, "en")
        for part in value.values()
    ]
    return any(likeness(value, known) >= SURE for value in values if known)


def likeness(text: str, names: list[str]) -> float:
    """Give how like the nearest name a text is, of 100; 100 is the same but for script."""
    return max((_likeness(fold(text), fold(name)) for name in names), default=0.0)


def _likeness(first: str, second: str) -> float:
    if spelling(first) == spelling(second):
        return 100.0
    # Letters and characters; two names in characters may sound alike and be two people.
    if first.isascii() != second.isascii() and _sound(first) == _sound(second) != "":
        return 96.0
    mine, theirs = _tokens(first), _tokens(second)
    if not (mine and theirs):
        return 0.0
    return 90 * 2 * len(mine & theirs) / (len(mine) + len(theirs))


def _tokens(folded: str) -> set[str]:
    return {*chinese_tokens(folded), *word_tokens(folded)}


def _sound(folded: str) -> str:
    """Write what may be pinyin and what is Chinese alike: 浮梁, fuliang, Fu Liang."""
    if any(one.isdigit() for one in folded):
        return ""
    each = (
        (one,) if one.isascii() else syllables(one) for one in folded if one.isalpha()
    )
    return "".join(part for parts in each for part in parts)


Reader = Callable[[Any, str], list[Value]]


def _texts(*values: Any) -> list[Value]:
    return [{"str": str(one)} for one in values if one not in (None, "")]


def _numbers(*values: Any) -> list[Value]:
    return [{"float": one} for one in values if one is not None]


def _terms(vocabulary: str, slugs: list[str], language: str) -> list[Value]:
    known = load(vocabulary)
    return [
        {"id": f"vocab/{vocabulary}/{slug}", "name": known.label(slug, language)}
        for slug in slugs
        if slug
    ]


def _record(record: Record | None, language: str) -> list[Value]:
    """Name another record, if it is public too."""
    if record is None or not allows(STRANGER, record):
        return []
    english = language.startswith("en")
    name = record.name_en if english and record.name_en else record.name_zh
    return [{"id": f"id/{record.kind}/{record.key}", "name": name or record.name_en}]


def _told(thing: Record, name: str) -> Any:
    return getattr(thing, name) if allows(STRANGER, thing, name) else None


NAMES: Final[dict[str, tuple[Any, Reader]]] = {
    "name_zh": (_("name (Chinese)"), lambda one, _l: _texts(one.name_zh)),
    "name_en": (_("name (English)"), lambda one, _l: _texts(one.name_en)),
}
YEARS: Final[dict[str, tuple[Any, Reader]]] = {
    "begin_year": (_("begins"), lambda one, _l: _numbers(one.begin_year)),
    "end_year": (_("ends"), lambda one, _l: _numbers(one.end_year)),
}


def _materials(relic: Relic, language: str) -> list[Value]:
    return _terms("material", [r.material for r in relic.materials.all()], language)


def _relic_period(relic: Relic, language: str) -> list[Value]:
    period = relic.period
    slugs = [period.slug] if period and allows(STRANGER, period) else []
    return _terms("period", slugs, language)


def _lives(name: str) -> Reader:
    return lambda agent, _language: _numbers(_told(agent, name))


PROPERTIES: Final[dict[str, dict[str, tuple[Any, Reader]]]] = {
    "relic": {
        **NAMES,
        "register_no": (_("register number"), lambda r, _l: _texts(r.register_no)),
        "category": (_("category"), lambda r, lang: _terms("category", [r.category], lang)),
        "material": (_("material"), _materials),
        "period": (_("period"), _relic_period),
        "dating": (_("dating as written"), lambda r, _l: _texts(r.period_text)),
        **YEARS,
        "made_at": (_("place of making"), lambda r, lang: _record(r.made_at, lang)),
        "find_place": (_("find place"), lambda r, lang: _record(shown_find_place(r), lang)),
        "maker": (_("maker"), lambda r, lang: _record(r.maker, lang)),
        "rights": (_("rights statement"), lambda r, _l: _texts(r.rights)),
        "credit": (_("credit line"), lambda r, _l: _texts(r.credit)),
    },
    "agent": {
        **NAMES,
        "birth_year": (_("year of birth"), _lives("birth_year")),
        "death_year": (_("year of death"), _lives("death_year")),
    },
    "place": {
        **NAMES,
        "latitude": (_("latitude"), lambda p, _l: _numbers(p.latitude)),
        "longitude": (_("longitude"), lambda p, _l: _numbers(p.longitude)),
        "within": (_("lies within"), lambda p, lang: _record(p.within, lang)),
    },
}  # fmt: skip
LABELS: Final[dict[str, tuple[Any, Reader]]] = {
    tag: (title, lambda concept, _l, tag=tag: _texts(concept.label(tag)))  # type: ignore[misc]
    for tag, title in (
        ("zh-Hans", _("label (simplified)")),
        ("zh-Hant", _("label (traditional)")),
        ("en", _("label (English)")),
    )
}
PROPERTIES["material"] = {**LABELS}
PROPERTIES["period"] = {**LABELS, **YEARS}


def properties_of(type_id: str) -> Iterator[dict[str, str]]:
    for pid, (title, _read) in PROPERTIES.get(type_id, {}).items():
        yield {"id": pid, "name": str(title)}


def property_name(pid: str) -> str:
    known = (each[pid][0] for each in PROPERTIES.values() if pid in each)
    return str(next(known, pid))


def values_of(thing: Thing, pid: str, language: str) -> list[Value]:
    """Give a property's values as the protocol has them; none where there are none."""
    found = PROPERTIES[thing.type.id].get(pid)
    return found[1](thing.subject, language) if found else []


def address_of(identifier: str) -> str:
    return f"{settings.BASE_IRI}/{identifier}"
