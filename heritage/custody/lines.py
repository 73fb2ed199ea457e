"""What a line of the ledger says of a relic, in the museum's own language."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import override

from heritage.catalogue.fields import concept_label
from heritage.catalogue.models import Dimension, Relic
from heritage.catalogue.spoken import span_label, spoken_year
from heritage.catalogue.vocabularies import load

DIMENSIONS_TOLD = 4


def line_of(relic: Relic) -> dict[str, str]:
    """Write the cells of a relic's line from the register as it is now."""
    with override(settings.LANGUAGE_CODE):
        return {
            "register_no": relic.register_no,
            "class": concept_label("category", relic.category),
            "name": relic.name_zh or relic.name_en,
            "period": _period(relic),
            "count": _count(relic),
            "size": "；".join(_sizes(relic)),
            "material": "、".join(str(row) for row in relic.materials.all()),
            "completeness": concept_label("completeness", relic.completeness),
            "grade": concept_label("grade", relic.grade),
            "source": _source(relic),
            "note": relic.completeness_note,
        }


def _period(relic: Relic) -> str:
    named = relic.period.title if relic.period else ""
    span = span_label(relic.begin_year, relic.end_year)
    return relic.period_text or named or span


def _count(relic: Relic) -> str:
    actual = f"{relic.actual_count} {relic.count_unit}".strip()
    if relic.traditional_count is None:
        return actual
    return f"{relic.traditional_count} ({actual})"


def _sizes(relic: Relic) -> Iterator[str]:
    # What was measured by hand or read from a card: a scan never enters a ledger.
    rows = [
        row for row in relic.dimensions.all() if row.origin != Dimension.Origin.SCAN
    ]
    for row in rows[:DIMENSIONS_TOLD]:
        symbol = load("unit")[row.unit].notation or row.unit
        yield f"{concept_label('dimension', row.kind)} {row.value:g} {symbol}"
    if not rows and relic.size_text:
        yield relic.size_text
    if relic.mass_range:
        yield concept_label("mass-range", relic.mass_range)


def _source(relic: Relic) -> str:
    year = spoken_year(relic.acquired_year)
    parts = (concept_label("source", relic.source), year)
    return " ".join(part for part in parts if part)
