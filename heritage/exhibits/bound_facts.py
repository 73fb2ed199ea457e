"""What the register knows about what a hotspot points at, for one person, when asked.

Nothing is copied: a dating that is changed, or a craft that is withdrawn, changes here too.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from django.urls import reverse
from django.utils.translation import gettext as _

from heritage.catalogue.models import DatingOpinion, Record, Relic, TechniqueOf
from heritage.catalogue.policy import Person, allows, visible
from heritage.catalogue.spoken import span_label
from heritage.catalogue.vocabularies import load
from heritage.lib.languages import LANGUAGES, in_both

from .addresses import Absolute
from .hotspot_models import Hotspot
from .schemas import FactOut, Names

Fact = Hotspot.Fact
MOST_RELATED = 6


@dataclass(frozen=True)
class Bound:
    """A fact, and the record that it names, if it names one."""

    labels: Names
    values: Names
    record: Record | None = None
    has_page: bool = False


def facts_for(hotspot: Hotspot, person: Person, absolute: Absolute) -> list[FactOut]:
    return [
        FactOut(labels=bound.labels, values=bound.values, link=_page(bound, absolute))
        for bound in _bound(hotspot, person)
    ]


def records_behind(hotspot: Hotspot, person: Person) -> list[Record]:
    """Give the records that a hotspot's facts name: their days are its days."""
    return [bound.record for bound in _bound(hotspot, person) if bound.record]


def _bound(hotspot: Hotspot, person: Person) -> Iterator[Bound]:
    make = BOUND.get(hotspot.fact)
    return make(hotspot.relic, person) if make else iter(())


def _page(bound: Bound, absolute: Absolute) -> str:
    if bound.record is None or not bound.has_page:
        return ""
    return absolute(reverse(bound.record.kind, args=[bound.record.key]))


def _materials(relic: Relic, person: Person) -> Iterator[Bound]:
    known = load("material")
    for row in relic.materials.all():
        yield Bound(
            labels=in_both(lambda: _("Material")),
            values={tag: known.label(row.material, tag) for tag, _l in LANGUAGES},
        )


def _crafts(relic: Relic, person: Person) -> Iterator[Bound]:
    rows = TechniqueOf.objects.filter(relic=relic).select_related("element")
    for row in visible(rows, person):
        yield _record(row.element, lambda: _("Craft"))


def _makers(relic: Relic, person: Person) -> Iterator[Bound]:
    maker = relic.maker
    if maker is not None and allows(person, maker):
        yield Bound(in_both(lambda: _("Maker")), maker.names, maker)


def _datings(relic: Relic, person: Person) -> Iterator[Bound]:
    """Give the dating that holds, then the others that were never struck through."""
    rows = DatingOpinion.objects.filter(relic=relic, struck_at=None)
    standing = list(visible(rows.select_related("period"), person))
    for number, row in enumerate(reversed(standing)):
        yield _dating(row, person, holds=number == 0)


def _related(relic: Relic, person: Person) -> Iterator[Bound]:
    """Give relics by the same maker, then of the same find, then of the same craft."""
    seen = {relic.pk}
    reasons: tuple[tuple[Callable[[], str], Iterable[Relic]], ...] = (
        (lambda: _("By the same maker"), _sharing(relic, person, "maker")),
        (lambda: _("From the same find"), _sharing(relic, person, "find_batch")),
        (lambda: _("Made with the same craft"), _same_craft(relic, person)),
    )
    told = chain.from_iterable(
        ((reason, other) for other in others) for reason, others in reasons
    )
    for reason, other in told:
        if other.pk in seen:
            continue
        seen.add(other.pk)
        yield _record(other, reason)
        if len(seen) > MOST_RELATED:
            return


def _sharing(relic: Relic, person: Person, name: str) -> Iterable[Relic]:
    common = getattr(relic, name)
    if common is None or not allows(person, common):
        return ()
    rows = visible(Relic.objects.filter(**{name: common}), person)
    return rows.order_by("pk")[: MOST_RELATED + 1]


def _same_craft(relic: Relic, person: Person) -> Iterable[Relic]:
    crafts = visible(TechniqueOf.objects.filter(relic=relic), person)
    rows = TechniqueOf.objects.filter(element__in=crafts.values("element"))
    links = visible(rows.select_related("relic").order_by("pk"), person)
    return [link.relic for link in links[: 2 * MOST_RELATED]]


def _record(record: Record, label: Callable[[], str]) -> Bound:
    return Bound(in_both(label), record.names, record, has_page=True)


def _dating(row: DatingOpinion, person: Person, *, holds: bool) -> Bound:
    period = row.period if row.period and allows(person, row.period) else None

    def speak() -> str:
        years = span_label(row.begin_year, row.end_year)
        parts = (period.title if period else "", row.period_text, years, row.evidence)
        return " · ".join(part for part in parts if part)

    label = in_both(lambda: _("Dating") if holds else _("Another dating"))
    return Bound(label, in_both(speak), period)


BOUND: dict[str, Callable[[Relic, Person], Iterator[Bound]]] = {
    Fact.MATERIAL: _materials,
    Fact.TECHNIQUE: _crafts,
    Fact.MAKER: _makers,
    Fact.DATING: _datings,
    Fact.RELATED: _related,
}
