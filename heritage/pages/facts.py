"""What a page says of a record, line by line, in the reader's language."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heritage.captures.models import CaptureFile, Run
from heritage.catalogue.fields import concept_label
from heritage.catalogue.models import Dimension, Record, Relic
from heritage.catalogue.policy import Person, allows
from heritage.catalogue.spoken import span_label, spoken_year
from heritage.catalogue.vocabularies import load
from heritage.catalogue.whereabouts import shown_find_place


@dataclass(frozen=True)
class Fact:
    """One line: a label, one or more values, a quiet remark, a page it leads to."""

    label: str
    values: tuple[str, ...]
    note: str = ""
    address: str = ""


def relic_facts(relic: Relic, person: Person) -> list[Fact]:
    return kept(
        [
            fact(
                _("Register number"),
                relic.register_no,
                note=label_of(relic, "register_type"),
            ),
            numbers(relic, person),
            fact(_("Original name"), relic.original_name),
            fact(
                _("Part of"), title_for(relic.part_of, person), note=relic.part_number
            ),
            fact(_("Category"), label_of(relic, "category")),
            fact(_("Grade"), label_of(relic, "grade")),
            fact(_("Period"), *_dating(relic, person)),
            fact(_("Dating as written"), relic.period_text),
            fact(_("Material"), *(str(row) for row in relic.materials.all())),
            fact(_("Themes"), *(str(row) for row in relic.facets.all())),
            *_book_facts(relic),
            linked(_("Maker"), relic.maker, person),
            linked(_("Made at"), relic.made_at, person),
            linked(_("Found at"), shown_find_place(relic, person), person),
            *find_facts(relic, person),
            fact(_("Count"), _count(relic)),
            fact(
                _("Completeness"),
                label_of(relic, "completeness"),
                note=relic.completeness_note,
            ),
            fact(_("Preservation"), label_of(relic, "preservation")),
            fact(
                _("Acquired"),
                label_of(relic, "source"),
                spoken_year(relic.acquired_year) or label_of(relic, "acquired_range"),
            ),
            fact(_("Holder"), title_for(relic.holder, person), note=relic.credit),
        ]
    )


def digitization_facts(run: Run) -> list[Fact]:
    """Tell how the model was made: date, technique, scans, points, accuracy."""
    capture = run.capture
    technique = concept_label("capture-technique", capture.technique)
    return kept(
        [
            fact(_("Captured"), date_format(capture.captured_on, "DATE_FORMAT")),
            fact(_("Technique"), technique, note=capture.device),
            fact(_("Scans"), _scans(run)),
            fact(_("Points"), _points(run)),
            fact(
                _("Fit of the scans"), _millimetres(_figure(run, "registration_rms_m"))
            ),
            fact(_("Master"), _triangles(_figure(run, "triangles"))),
        ]
    )


def dimension_rows(relic: Relic) -> Iterator[dict[str, str]]:
    """Tell each measure with its spread and origin, in the vocabulary's order."""
    kinds = [concept.slug for concept in load("dimension").concepts]
    origins = [Dimension.Origin.CALIPER, Dimension.Origin.SCAN, Dimension.Origin.CARD]
    rows = sorted(
        relic.dimensions.all(),
        key=lambda row: (kinds.index(row.kind), origins.index(row.origin)),
    )
    for row in rows:
        yield {
            "kind": concept_label("dimension", row.kind),
            "value": measure_text(row.value, row.uncertainty, row.unit),
            "origin": row.get_origin_display(),
            "literal": row.literal,
        }


def measure_text(value: float, uncertainty: float | None, unit: str) -> str:
    """Write a measure to the digit that its uncertainty reaches: 35.96 ± 0.29 cm."""
    symbol = load("unit")[unit].notation or concept_label("unit", unit)
    if not uncertainty:
        return f"{number_text(value)} {symbol}"
    digits = max(0, 1 - math.floor(math.log10(uncertainty)))
    return f"{value:.{digits}f} ± {uncertainty:.{digits}f} {symbol}"


def fact(label: str, *values: str, note: str = "") -> Fact:
    return Fact(label, tuple(value for value in values if value), note)


def linked(label: str, record: Record | None, person: Person) -> Fact:
    """Name another record, with the way to its page, to those who may see it."""
    if record is None or not allows(person, record):
        return Fact(label, ())
    address = reverse(record.kind, args=[record.key])
    return Fact(label, (record.title,), address=address)


def kept(facts: Iterable[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.values or fact.note]


def numbers(record: Record, person: Person) -> Fact:
    """Tell the further numbers of its registers, and those that others have given it."""
    own = record.numbers.all() if isinstance(record, Relic) else ()
    prefetch_related_objects([record], "identifiers")  # the page's head tells them too
    given: Any = record
    rows = [*own, *(row for row in given.identifiers.all() if allows(person, row))]
    return fact(_("Other numbers"), *(str(row) for row in rows))


def label_of(record: Record, name: str) -> str:
    field: Any = record._meta.get_field(name)
    return concept_label(field.vocabulary, getattr(record, name))


def title_for(record: Record | None, person: Person) -> str:
    """Name another record only to those who may see it."""
    return record.title if record is not None and allows(person, record) else ""


def _dating(relic: Relic, person: Person) -> tuple[str, str]:
    years = span_label(relic.begin_year, relic.end_year)
    if years and relic.is_approximate:
        years = _("about %(years)s") % {"years": years}
    return title_for(relic.period, person), years


def find_facts(relic: Relic, person: Person) -> list[Fact]:
    """Lead from a find to its batch and site."""
    batch = relic.find_batch
    if batch is None or not allows(person, batch):
        return []
    site = batch.site if allows(person, batch.site) else None
    address = reverse("site", args=[site.key]) if site else ""
    names = (site.title, batch.title) if site else (batch.title,)
    return [Fact(_("Batch of finds"), names, note=batch.number, address=address)]


def _book_facts(relic: Relic) -> list[Fact]:
    book = getattr(relic, "book", None)
    if book is None:
        return []
    return [
        fact(_("Author"), book.author),
        fact(_("Edition"), book.edition),
        fact(_("Volumes kept"), book.volumes),
    ]


def _count(relic: Relic) -> str:
    if relic.actual_count == 1:
        return ""
    return f"{relic.actual_count} ({label_of(relic, 'count_kind')})"


def number_text(value: float) -> str:
    return f"{value:.4g}" if value < 1000 else f"{value:.0f}"


def _scans(run: Run) -> str:
    placed = _computed(run).report.get("placed")
    if isinstance(placed, list) and placed:
        count = len(placed)
    else:
        files = run.capture.files.filter(role=CaptureFile.Role.SCAN, is_left_out=False)
        count = files.count()
    return ngettext("%(count)s scan", "%(count)s scans", count) % {"count": count}


def _points(run: Run) -> str:
    inputs = _computed(run).report.get("inputs", [])
    total = sum(int(entry.get("points") or 0) for entry in inputs)
    return f"{total:,}" if total else ""


def _triangles(count: float | None) -> str:
    if not count:
        return ""
    return _("%(count)s triangles") % {"count": f"{int(count):,}"}


def _millimetres(metres: float | None) -> str:
    return "" if metres is None else f"± {number_text(metres * 1000)} mm"


def _figure(run: Run, name: str) -> float | None:
    value = _computed(run).report.get("figures", {}).get(name)
    return None if value is None else float(value)


def _computed(run: Run) -> Run:
    """The run that made the master: a delivery only packs it again."""
    return run.master_of or run
