"""What a record says of itself to harvesters, in the words of no format yet."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.urls import reverse

from heritage.captures.media import media_path
from heritage.captures.models import Derivative
from heritage.catalogue.mentions import is_public
from heritage.catalogue.models import Element, Record, Relic, Site
from heritage.catalogue.policy import STRANGER, visible
from heritage.catalogue.vocabularies import load
from heritage.catalogue.whereabouts import shown_find_place
from heritage.linked_data.graphs import museum_ids

Texts = dict[str, str]  # language → text
LANGUAGES: Final = ("zh-Hans", "en")
RELIC_ROWS: Final = (
    *("materials", "dimensions"),
    *("period", "maker", "holder", "made_at", "find_place", "find_batch__site"),
)


@dataclass(frozen=True)
class File:
    """A model or picture that the public may have."""

    address: str
    media_type: str
    size_bytes: int = 0
    is_model: bool = False  # else a picture
    triangles: int | None = None


@dataclass(frozen=True)
class Size:
    kind: Texts
    value: str
    unit: Texts


@dataclass
class Told:
    """The facts of one record; what is not known, or not public, is empty."""

    iri: str
    page: str
    kind: str
    names: Texts
    descriptions: Texts
    type: Texts = field(default_factory=dict)
    number: str = ""
    materials: list[Texts] = field(default_factory=list)
    sizes: list[Size] = field(default_factory=list)
    period_text: str = ""
    periods: list[Texts] = field(default_factory=list)
    years: tuple[int | None, int | None] = (None, None)
    makers: list[Texts] = field(default_factory=list)
    made_at: list[Texts] = field(default_factory=list)
    found_at: list[Texts] = field(default_factory=list)
    keepers: list[Texts] = field(default_factory=list)
    rights: str = ""
    files: list[File] = field(default_factory=list)


def told_of(records: Sequence[Record]) -> Iterator[Told]:
    """Give the facts of some records, with few questions to the database for all."""
    relics = [one for one in records if isinstance(one, Relic)]
    sites = [one for one in records if isinstance(one, Site)]
    elements = [one for one in records if isinstance(one, Element)]
    prefetch_related_objects(relics, *RELIC_ROWS)
    prefetch_related_objects(sites, "period", "keeper")
    prefetch_related_objects(elements, "region")
    files = _files(relics)
    for record in records:
        yield _told(record, files)


def _told(record: Record, files: Mapping[int, list[File]]) -> Told:
    facts = Told(
        iri=str(museum_ids().thing(record.kind, record.key)),
        page=f"{settings.BASE_IRI}{reverse(record.kind, args=[record.key])}",
        kind=record.kind,
        names=record.names,
        descriptions=record.descriptions,
    )
    if isinstance(record, Relic):
        _tell_relic(record, facts)
        facts.files = files.get(record.pk, [])
    elif isinstance(record, Site):
        facts.type = _term("site-kind", record.site_kind)
        facts.period_text, facts.periods = record.period_text, _names(record.period)
        facts.keepers = _names(record.keeper)
    elif isinstance(record, Element):
        facts.type = _term("ich-category", record.category)
        facts.number = record.code
        facts.made_at = _names(record.region)
    return facts


def _tell_relic(relic: Relic, facts: Told) -> None:
    facts.type = _term("category", relic.category)
    facts.number = relic.register_no
    facts.materials = [_term("material", row.material) for row in relic.materials.all()]
    facts.sizes = [
        Size(_term("dimension", row.kind), f"{row.value:g}", _term("unit", row.unit))
        for row in relic.dimensions.all()
    ]
    facts.period_text = relic.period_text
    facts.periods = _names(relic.period)
    facts.years = (relic.begin_year, relic.end_year)
    facts.makers, facts.keepers = _names(relic.maker), _names(relic.holder)
    facts.made_at = _names(relic.made_at)
    facts.found_at = _names(shown_find_place(relic))
    facts.rights = relic.rights


def _names(record: Record | None) -> list[Texts]:
    """Give the names of a record that the public may see, else nothing."""
    return [record.names] if record is not None and is_public(record) else []


def _term(vocabulary: str, slug: str) -> Texts:
    if not slug:
        return {}
    return {one: load(vocabulary).label(slug, one) for one in LANGUAGES}


def _files(relics: Sequence[Relic]) -> dict[int, list[File]]:
    roles = [Derivative.Role.MODEL, Derivative.Role.PICTURE]
    rows = Derivative.objects.filter(run__capture__relic__in=relics, role__in=roles)
    known: dict[int, list[File]] = defaultdict(list)
    shown = visible(rows, STRANGER).select_related("stored_file", "run__capture")
    for row in shown.order_by("pk"):
        file = File(
            f"{settings.BASE_IRI}{media_path(row)}",
            row.stored_file.media_type,
            row.stored_file.size_bytes,
            is_model=row.role == Derivative.Role.MODEL,
            triangles=row.triangles,
        )
        known[row.run.capture.relic_id].append(file)
    return known
