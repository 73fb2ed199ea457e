"""Where immovable heritage lies, as exactly as its record lets the public know.

A place that is not shown exactly is moved to the middle of a square of a fixed grid: the
same site always gives the same middle, so that asking often tells no more.
"""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from .models import Datum, Place, Relic, Site
from .policy import STRANGER, Person, allows, policy_of

# Sides of the squares in degrees: about 5 and 20 km at our latitudes.
SQUARES_DEG: Final = {
    Site.Shown.TOWNSHIP: Decimal("0.05"),
    Site.Shown.COUNTY: Decimal("0.2"),
}
_WIDE: Final = frozenset(
    {
        Place.Level.COUNTY,
        Place.Level.PREFECTURE,
        Place.Level.PROVINCE,
        Place.Level.COUNTRY,
    }
)
LARGE_ENOUGH: Final[dict[str, frozenset[str]]] = {
    Relic.FindShown.COUNTY: _WIDE,
    Relic.FindShown.TOWNSHIP: _WIDE | {Place.Level.TOWNSHIP},
}
METRES_A_DEGREE: Final = 111_320
# What differs from WGS 84 by less than a map shows; the others are off by up to 1 km.
TRUE_DATUMS: Final = frozenset({Datum.WGS84, Datum.CGCS2000})
SHIFTED_M: Final = 1_000


@dataclass(frozen=True)
class ShownPlace:
    """Degrees and how far off they may be."""

    latitude_deg: Decimal
    longitude_deg: Decimal
    precision_m: int | None
    datum: str  # "" for the middle of a square

    @property
    def text(self) -> str:
        where = f"{self.latitude_deg}, {self.longitude_deg}"
        if self.datum:
            where = f"{where} ({Datum(self.datum).label})"
        if self.precision_m is None:
            return where
        if self.precision_m >= SHIFTED_M:
            far = _("within %(km)s km") % {"km": round(self.precision_m / 1000)}
        else:
            far = f"± {self.precision_m} m"
        return f"{where}, {far}"

    @property
    def is_on_the_map(self) -> bool:
        """It may be drawn as WGS 84 without lying."""
        return not self.datum or self.datum in TRUE_DATUMS


def shown_place(site: Site, person: Person = STRANGER) -> ShownPlace | None:
    """Give where the site lies as this person may know it, or None."""
    if site.latitude is None or site.longitude is None:
        return None
    latitude, longitude = (Decimal(repr(v)) for v in (site.latitude, site.longitude))
    if allows(person, site, "latitude"):
        precision = None if site.precision_m is None else round(site.precision_m)
        return ShownPlace(latitude, longitude, precision, site.datum)
    side = SQUARES_DEG.get(Site.Shown(site.shown_as))
    if side is None:
        return None
    return ShownPlace(
        _middle(latitude, side), _middle(longitude, side), _reach_m(side, site), ""
    )


def on_the_map(person: Person = STRANGER) -> Q:
    """Filter sites to those whose `shown_place` this person has, and may be drawn."""
    everything = Q(pk__isnull=False)
    rule = policy_of(Site).fields["latitude"]
    exactly = everything if person.is_administrator else rule.q(person)
    drawn = exactly & Q(datum__in=["", *TRUE_DATUMS])
    squared = ~exactly & Q(shown_as__in=list(SQUARES_DEG))
    return Q(latitude__isnull=False, longitude__isnull=False) & (drawn | squared)


def shown_find_place(relic: Relic, person: Person = STRANGER) -> Place | None:
    """Give where a relic was found, as exactly as this person may know it, or None.

    Nothing where that would tell where a hidden site lies.
    """
    place: Any = relic.find_place
    if place is None or not allows(person, relic, "find_area"):
        return None
    if not allows(person, relic, "find_place"):
        place = _around(place, relic.find_shown_as)
    return place if place is not None and allows(person, place) else None


def _around(place: Place | None, shown_as: str) -> Place | None:
    """Give the place itself or the nearest around it that is large enough to be told."""
    large = LARGE_ENOUGH.get(shown_as, frozenset())
    passed: set[int] = set()
    while place is not None and place.level not in large:
        if place.pk in passed:
            return None  # places that lie within one another
        passed.add(place.pk)
        place = place.within
    return place


def _middle(degrees: Decimal, side: Decimal) -> Decimal:
    squares = (degrees / side).to_integral_value(ROUND_FLOOR)
    return (squares * side + side / 2).quantize(side / 10)


def _reach_m(side: Decimal, site: Site) -> int:
    """From the middle of a square to its corner, and what datum and reading may be off."""
    corner = float(side) / 2 * METRES_A_DEGREE * 2**0.5
    shift = 0 if site.datum in TRUE_DATUMS else SHIFTED_M
    return round(corner + shift + (site.precision_m or 0))
