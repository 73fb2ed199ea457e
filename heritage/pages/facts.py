"""What a page says of a record, line by line, in the reader's language."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heritage.captures.models import CaptureFile, Run
from heritage.catalogue.fields import concept_label
from heritage.catalogue.models import Bearer, Dimension, Element, Record, Relic
from heritage.catalogue.policy import Person, allows
from heritage.catalogue.vocabularies import load
from heritage.pages.language import language_tag
from knowledge_graph.years import year_label


@dataclass(frozen=True)
class Fact:
    """One line: a label, one or more values, a quiet remark, a page it leads to."""

    label: str
    values: tuple[str, ...]
    note: str = ""
    address: str = ""


def relic_facts(relic: Relic, person: Person) -> list[Fact]:
    return _kept(
        [
            _fact(
                _("Register number"),
                relic.register_no,
                note=_label(relic, "register_type"),
            ),
            _fact(_("Other numbers"), *_other_numbers(relic)),
            _fact(_("Original name"), relic.original_name),
            _fact(_("Part of"), _title(relic.part_of, person), note=relic.part_number),
            _fact(_("Category"), _label(relic, "category")),
            _fact(_("Grade"), _label(relic, "grade")),
            _fact(_("Period"), *_dating(relic, person)),
            _fact(_("Dating as written"), relic.period_text),
            _fact(_("Material"), *(str(row) for row in relic.materials.all())),
            _fact(_("Themes"), *(str(row) for row in relic.facets.all())),
            *_book_facts(relic),
            _fact(_("Maker"), _title(relic.maker, person)),
            _fact(_("Made at"), _title(relic.made_at, person)),
            _fact(_("Found at"), _title(relic.find_place, person)),
            _fact(_("Count"), _count(relic)),
            _fact(
                _("Completeness"),
                _label(relic, "completeness"),
                note=relic.completeness_note,
            ),
            _fact(_("Preservation"), _label(relic, "preservation")),
            _fact(
                _("Acquired"),
                _label(relic, "source"),
                _year(relic.acquired_year) or _label(relic, "acquired_range"),
            ),
            _fact(_("Holder"), _title(relic.holder, person), note=relic.credit),
        ]
    )


def element_facts(element: Element, person: Person) -> list[Fact]:
    listed = _year(element.listed_year)
    batch = _("batch %(number)s") % {"number": element.batch} if element.batch else ""
    return _kept(
        [
            _fact(_("Code"), element.code),
            _fact(_("Category"), _label(element, "category")),
            _fact(_("Level"), _label(element, "level")),
            _fact(_("Listed"), listed, note=batch),
            _fact(_("Region"), _title(element.region, person)),
            _fact(_("Protection unit"), _title(element.protection_unit, person)),
        ]
    )


def bearer_facts(bearer: Bearer, person: Person) -> list[Fact]:
    life = ""
    if allows(person, bearer.person):
        life = span_label(bearer.person.birth_year, bearer.person.death_year)
    element = bearer.element if allows(person, bearer.element) else None
    craft = (
        Fact(
            _("Craft"), (element.title,), address=reverse("element", args=[element.key])
        )
        if element
        else _fact(_("Craft"))
    )
    return _kept(
        [
            craft,
            _fact(_("Generation"), str(bearer.generation or "")),
            _fact(_("Level"), _label(bearer, "level")),
            _fact(_("Recognised"), _year(bearer.recognised_year)),
            _fact(_("Status"), bearer.get_status_display()),
            _fact(_("Life"), life),
        ]
    )


def digitization_facts(run: Run) -> list[Fact]:
    """Tell how the model was made: date, technique, scans, points, accuracy."""
    capture = run.capture
    technique = concept_label("capture-technique", capture.technique)
    return _kept(
        [
            _fact(_("Captured"), date_format(capture.captured_on, "DATE_FORMAT")),
            _fact(_("Technique"), technique, note=capture.device),
            _fact(_("Scans"), _scans(run)),
            _fact(_("Points"), _points(run)),
            _fact(
                _("Fit of the scans"), _millimetres(_figure(run, "registration_rms_m"))
            ),
            _fact(_("Master"), _triangles(_figure(run, "triangles"))),
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
        return f"{_number(value)} {symbol}"
    digits = max(0, 1 - math.floor(math.log10(uncertainty)))
    return f"{value:.{digits}f} ± {uncertainty:.{digits}f} {symbol}"


def span_label(begin: int | None, end: int | None) -> str:
    if begin is None and end is None:
        return ""
    if begin is None:
        return _("until %(year)s") % {"year": _year(end)}
    if end is None:
        return _("from %(year)s") % {"year": _year(begin)}
    if begin == end:
        return _year(begin)
    return f"{_year(begin)} – {_year(end)}"


def _fact(label: str, *values: str, note: str = "") -> Fact:
    return Fact(label, tuple(value for value in values if value), note)


def _kept(facts: Iterable[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.values or fact.note]


def _label(record: Record, name: str) -> str:
    field: Any = record._meta.get_field(name)
    return concept_label(field.vocabulary, getattr(record, name))


def _title(record: Record | None, person: Person) -> str:
    """Name another record only to those who may see it."""
    return record.title if record is not None and allows(person, record) else ""


def _dating(relic: Relic, person: Person) -> tuple[str, str]:
    years = span_label(relic.begin_year, relic.end_year)
    if years and relic.is_approximate:
        years = _("about %(years)s") % {"years": years}
    return _title(relic.period, person), years


def _other_numbers(relic: Relic) -> list[str]:
    return [str(row) for row in (*relic.numbers.all(), *relic.identifiers.all())]


def _book_facts(relic: Relic) -> list[Fact]:
    book = getattr(relic, "book", None)
    if book is None:
        return []
    return [
        _fact(_("Author"), book.author),
        _fact(_("Edition"), book.edition),
        _fact(_("Volumes kept"), book.volumes),
    ]


def _year(year: int | None) -> str:
    return "" if year is None else year_label(year, language_tag())


def _count(relic: Relic) -> str:
    if relic.actual_count == 1:
        return ""
    return f"{relic.actual_count} ({_label(relic, 'count_kind')})"


def _number(value: float) -> str:
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
    return "" if metres is None else f"± {_number(metres * 1000)} mm"


def _figure(run: Run, name: str) -> float | None:
    value = _computed(run).report.get("figures", {}).get(name)
    return None if value is None else float(value)


def _computed(run: Run) -> Run:
    """The run that made the master: a delivery only packs it again."""
    return run.master_of or run
