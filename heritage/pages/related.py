"""What else is like a relic, and in what: each group tells its reason.

The most telling reason first; a relic that has been named stands under no second one.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from heritage.catalogue.fields import concept_label
from heritage.catalogue.models import MotifTag, Relic, RelicTechnique, TechniqueOf
from heritage.catalogue.policy import Person, allows, visible
from heritage.exhibits.shown import Shown, shown_for

IN_A_GROUP: Final = 4
LOOKED_THROUGH: Final = (
    40  # of one reason, the newest: enough to find some released ones
)


@dataclass(frozen=True)
class Reason:
    """In what they agree: a sentence, where there is more of it, and which they are."""

    sentence: str
    address: str
    relics: Iterable[Relic]


@dataclass(frozen=True)
class Group:
    sentence: str
    address: str
    cards: list[tuple[Relic, Shown | None]]


def related_to(relic: Relic, person: Person) -> list[Group]:
    """Give groups of related relics that this person may see."""
    seen = {relic.pk}
    chosen: list[tuple[Reason, list[Relic]]] = []
    for find in REASONS:
        for reason in find(relic, person):
            mine = [one for one in reason.relics if one.pk not in seen][:IN_A_GROUP]
            seen |= {one.pk for one in mine}
            if mine:
                chosen.append((reason, mine))
    shown = shown_for([one for _reason, mine in chosen for one in mine], person)
    return [
        Group(
            reason.sentence,
            reason.address,
            [(one, shown.get(one.pk)) for one in mine],
        )
        for reason, mine in chosen
    ]


def _same_craft(relic: Relic, person: Person) -> Iterator[Reason]:
    rows = TechniqueOf.objects.filter(relic=relic).select_related("element")
    for element in dict.fromkeys(row.element for row in visible(rows, person)):
        others = visible(TechniqueOf.objects.filter(element=element), person)
        yield Reason(
            _("By the same craft: %(name)s") % {"name": element.title},
            reverse("element", args=[element.key]),
            _named_by(others, relic, person),
        )


def _same_technique(relic: Relic, person: Person) -> Iterator[Reason]:
    for row in visible(RelicTechnique.objects.filter(relic=relic), person):
        others = RelicTechnique.objects.filter(technique=row.technique)
        name = concept_label("technique", row.technique)
        sentence = _("By the same technique: %(name)s") % {"name": name}
        yield Reason(sentence, "", _named_by(others, relic, person))


def _same_motif(relic: Relic, person: Person) -> Iterator[Reason]:
    rows = visible(MotifTag.objects.filter(relic=relic), person)
    for motif in dict.fromkeys(row.motif for row in rows):
        others = MotifTag.objects.filter(motif=motif)
        sentence = _("With the same motif: %(name)s") % {
            "name": concept_label("motif", motif)
        }
        yield Reason(sentence, "", _named_by(others, relic, person))


def _same_maker(relic: Relic, person: Person) -> Iterator[Reason]:
    maker = relic.maker
    if maker is not None and allows(person, maker):
        sentence = _("By the same maker: %(name)s") % {"name": maker.title}
        address = reverse("agent", args=[maker.key])
        yield Reason(sentence, address, _sharing(relic, person, Q(maker=maker)))


def _same_find(relic: Relic, person: Person) -> Iterator[Reason]:
    batch = relic.find_batch
    if batch is not None and allows(person, batch):
        sentence = _("From the same find: %(name)s") % {"name": batch.title}
        yield Reason(sentence, "", _sharing(relic, person, Q(find_batch=batch)))


def _same_place(relic: Relic, person: Person) -> Iterator[Reason]:
    place = relic.made_at
    if place is not None and allows(person, place):
        sentence = _("Made at the same place: %(name)s") % {"name": place.title}
        address = reverse("place", args=[place.key])
        yield Reason(sentence, address, _sharing(relic, person, Q(made_at=place)))


def _same_period(relic: Relic, person: Person) -> Iterator[Reason]:
    period = relic.period
    if period is not None and allows(person, period):
        sentence = _("Of the same period: %(name)s") % {"name": period.title}
        query = urlencode({"period": f"period:{period.slug}"})
        address = f"{reverse('search')}?{query}"
        yield Reason(sentence, address, _sharing(relic, person, Q(period=period)))


def _sharing(relic: Relic, person: Person, what: Q) -> Iterable[Relic]:
    # By primary key: the index of the foreign key gives that order without sorting.
    rows = visible(Relic.objects.filter(what), person).exclude(pk=relic.pk)
    return rows.order_by("-pk")[: 2 * IN_A_GROUP]


def _named_by(rows: Any, relic: Relic, person: Person) -> list[Relic]:
    newest = rows.exclude(relic=relic).order_by("-pk").values_list("relic", flat=True)
    pks = list(newest[:LOOKED_THROUGH])
    found = visible(Relic.objects.filter(pk__in=pks), person).order_by("-pk")
    return list(found[: 2 * IN_A_GROUP])


Find = Callable[[Relic, Person], Iterator[Reason]]
REASONS: Final[tuple[Find, ...]] = (
    _same_maker, _same_find, _same_craft, _same_technique, _same_motif, _same_place,
    _same_period,
)  # fmt: skip
