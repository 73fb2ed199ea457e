"""What the register would still like to know of a relic: hints, which hinder nothing.

The minimum profile is that of the national census in substance (docs/reference/register.md).
"""

from collections.abc import Iterator
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heritage.lib.languages import text_tag
from knowledge_graph.dating import read_dating, write_dating

from .models import Relic
from .vocabularies import load

# Upper limits of the mass ranges in kilograms, in the order of the vocabulary.
MASS_LIMITS_KG: Final = (0.01, 1.0, 50.0, 100.0, 1000.0)
NO_SIZES: Final = {"mass", "count", "traditional-count"}
KILOGRAMS: Final = {"kg": 1.0, "g": 0.001}
FIRST_YEARS: Final = {
    "1949-1965": 1949, "1966-1976": 1966, "1977-2000": 1977, "since-2001": 2001,
}  # fmt: skip


def find_profile_gaps(relic: Relic) -> list[str]:
    """Name the fields of the minimum profile that are empty, in the reader's words."""
    field = relic._meta.get_field
    names = ("holder", "completeness", "preservation", "source", "acquired_range")
    gaps = [str(field(n).verbose_name) for n in names if not getattr(relic, n)]  # type: ignore[union-attr]
    if relic.period_id is None and not relic.period_text:
        gaps.append(_("period"))
    if not relic.materials.exists():
        gaps.append(_("material"))
    sizes = set(relic.dimensions.values_list("kind", flat=True))
    if relic.is_measurable and not sizes - NO_SIZES and not relic.size_text:
        gaps.append(_("size, or that it cannot be measured"))
    if "mass" not in sizes and not relic.mass_range:
        gaps.append(_("mass or mass range"))
    return gaps


def find_doubts(relic: Relic) -> list[str]:
    """Tell what does not fit together, each as a sentence with a way out."""
    return [*_dating_doubts(relic), *_mass_doubts(relic), *_other_doubts(relic)]


def mass_range_of(kilograms: float) -> str:
    """Give the slug of the range that a mass lies in."""
    slugs = [concept.slug for concept in load("mass-range").concepts]
    return slugs[sum(kilograms >= limit for limit in MASS_LIMITS_KG)]


def acquired_range_of(year: int) -> str:
    """Give the slug of the range of a year; 1949 itself is on both sides of October."""
    fitting = [slug for slug, first in FIRST_YEARS.items() if first <= year]
    return fitting[-1] if fitting else "before-1949"


def _dating_doubts(relic: Relic) -> Iterator[str]:
    told = read_dating(relic.period_text)
    facts = {
        "text": relic.period_text,
        "era": told.era,
        "proposals": ", ".join(write_dating(one, text_tag()) for one in told.proposals),
    }
    if relic.dating_doubt:
        yield _sentence(relic.dating_doubt) % facts


def _sentence(doubt: str) -> str:
    return {
        "unreadable": _(
            "The dating “%(text)s” cannot be read. It is kept; give the years beside it."
        ),
        "ambiguous": _(
            "The dating “%(text)s” may mean several things: %(proposals)s. Name the "
            "dynasty in it, or give the years."
        ),
        "no-years": _(
            "“%(text)s” is a period without years in our scheme. Give years if you know them."
        ),
        "out-of-reign": _(
            "The era %(era)s has no such year as “%(text)s”. Check the number, or give the years."
        ),
        "cycle-alone": _(
            "“%(text)s” comes again every sixty years. Name the reign or the dynasty."
        ),
        "before-or-after-christ": _(
            "In “%(text)s” it is not clear which years are before Christ. Write 前 or 公元 with both."
        ),
        "backwards": _("“%(text)s” ends before it begins. Check its two ends."),
        "disagrees": _(
            "The dating “%(text)s” and the years given do not agree. Correct one of them."
        ),
    }[doubt]


def _mass_doubts(relic: Relic) -> Iterator[str]:
    for row in relic.dimensions.all():
        if row.kind == "mass" and row.unit in KILOGRAMS and relic.mass_range:
            found = mass_range_of(row.value * KILOGRAMS[row.unit])
            if found != relic.mass_range:
                yield _(
                    "The mass lies in another range than the one chosen: %(range)s."
                ) % {"range": load("mass-range").label(found, get_language() or "")}


def _other_doubts(relic: Relic) -> Iterator[str]:
    year, chosen = relic.acquired_year, relic.acquired_range
    if year and chosen and year != 1949 and acquired_range_of(year) != chosen:
        yield _("The year of acquisition does not lie in the range chosen.")
    if relic.count_kind == "single" and relic.actual_count > 1:
        yield _("A single piece has an actual count of more than one.")
    if relic.name_zh and not any(
        read_dating(relic.name_zh[:n]).span for n in (1, 2, 3, 4)
    ):
        yield _(
            "A relic's name usually begins with its period: period, feature, form, as "
            "明代青花缠枝莲纹瓶."
        )
