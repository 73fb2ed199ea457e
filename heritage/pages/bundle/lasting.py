"""How long a bundle may be shown: until the first day on which anything in it ends."""

from datetime import date

from heritage.catalogue.models import Record
from heritage.catalogue.policy import STRANGER, visible
from heritage.exhibits.bound_facts import records_behind
from heritage.exhibits.models import Exhibit, ExhibitItem, Hotspot

PICTURED = ("image__image_set__relic",)


def last_day(exhibit: Exhibit) -> date | None:
    """Give the first day on which anything that a bundle tells is to be withdrawn."""
    rows = visible(ExhibitItem.objects.filter(exhibit=exhibit), STRANGER)
    items = list(rows.select_related("relic__period", "element"))
    named: list[Record | None] = [exhibit, *(item.thing for item in items)]
    relics = [item.relic for item in items if item.relic]
    named += [relic.period for relic in relics]
    rooms = exhibit.rooms.select_related("backdrop__image_set__relic")
    named += [room.backdrop.image_set.relic for room in rooms if room.backdrop]
    spots = visible(Hotspot.objects.filter(relic__in=relics), STRANGER)
    for spot in spots.select_related("relic__maker", "relic__find_batch", *PICTURED):
        named += records_behind(spot, STRANGER)
        if spot.image:
            named.append(spot.image.image_set.relic)
    days = [record.withdraw_on for record in named if record and record.withdraw_on]
    return min(days, default=None)
