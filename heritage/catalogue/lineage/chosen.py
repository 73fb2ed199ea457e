"""What of an element's lineage a person may see, told in the reader's language."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from heritage.catalogue.fields import concept_label
from heritage.catalogue.models import Bearer, Element, Transmission
from heritage.catalogue.policy import Person as Asker
from heritage.catalogue.policy import allows, visible
from heritage.catalogue.spoken import span_label

from .layout import Lineage, Person, Tie, build_lineage

Address = Callable[[Bearer], str]


def lineage_of(
    element: Element, asker: Asker, *, address: Address, here: Bearer | None = None
) -> Lineage | None:
    """Give the lineage as `asker` may see it: who is not to be shown is not in it."""
    rows = Bearer.objects.filter(element=element).select_related("person")
    ordered = visible(rows, asker).order_by("generation", "recognised_year", "pk")
    bearers = [bearer for bearer in ordered if allows(asker, bearer, "lineage")]
    if not bearers:
        return None
    taught = Transmission.objects.filter(master__in=bearers, apprentice__in=bearers)
    return build_lineage(
        [_person(one, address(one), is_here=one == here) for one in bearers],
        [_tie(row) for row in visible(taught, asker).order_by("begin_year", "pk")],
    )


def _person(bearer: Bearer, address: str, *, is_here: bool) -> Person:
    return Person(
        id=bearer.pk,
        name=bearer.title,
        about=concept_label("ich-level", bearer.level),
        address=address,
        generation=bearer.generation,
        is_here=is_here,
    )


def _tie(row: Transmission) -> Tie:
    years = years_of(row)
    disputed = _("disputed") if row.is_disputed else ""
    way = concept_label("transmission-kind", row.way)
    return Tie(
        row.master_id,
        row.apprentice_id,
        years=years,
        words=" · ".join(part for part in (years, way, row.source, disputed) if part),
        way=row.way,
        is_disputed=row.is_disputed,
    )


def years_of(row: Transmission) -> str:
    years = span_label(row.begin_year, row.end_year)
    if years and row.is_approximate:
        return _("about %(years)s") % {"years": years}
    return years or row.period_text
