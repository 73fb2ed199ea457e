"""The hotspots of relics as one person may see them, on the files that stand for each."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache

from heritage.captures.models import Run
from heritage.captures.motions import way_between
from heritage.catalogue.policy import Person, visible
from heritage.images.addresses import picture_address
from heritage.lib.languages import texts_by_tag

from .addresses import Absolute
from .bound_facts import facts_for
from .frames import Matrix, Point, master_of, moved, turned, used_transform
from .hotspot_models import Hotspot
from .schemas import HotspotOut
from .shown import Shown

PICTURE_PX = 768
DIGITS = 6  # micrometres
Way = Callable[[int, int], Matrix | None]


def hotspots_for(
    shown: Mapping[int, Shown], person: Person, absolute: Absolute
) -> dict[int, list[HotspotOut]]:
    """Give each relic's hotspots, by primary key, in the frame of its models.

    Those that were placed on an earlier master follow where the way from there is known,
    else they wait until a person has placed them anew.
    """
    rows = (
        Hotspot.objects.filter(relic__in=list(shown))
        .select_related("relic__maker", "relic__find_batch", "image__image_set__relic")
        .prefetch_related("relic__materials")
    )
    way = cache(way_between)  # many stand on the same master
    found: dict[int, list[HotspotOut]] = {}
    for row in visible(rows, person).order_by("relic", "number", "pk"):
        run = shown[row.relic_id].run
        matrix = used_transform(run)
        if matrix is None or not follow(row, master_of(run), way):
            continue
        mine = found.setdefault(row.relic_id, [])
        mine.append(_told(row, len(mine) + 1, matrix, person, absolute))
    return found


def waiting(rows: Iterable[Hotspot], shown: Shown) -> list[Hotspot]:
    """Name those that were placed on a master from which no way leads to what is shown."""
    master, way = master_of(shown.run), cache(way_between)
    return [row for row in rows if not follow(row, master, way)]


def follow(row: Hotspot, master: Run, way_to: Way = way_between) -> bool:
    """Put a hotspot where it is on this master, in memory only; tell whether it is known.

    Its row keeps the master that it was placed on until a person saves it here.
    """
    if row.master_id == master.pk:
        return True
    way = way_to(row.master_id, master.pk)
    if way is None:
        return False
    row.x_m, row.y_m, row.z_m = moved(way, row.position)
    row.normal_x, row.normal_y, row.normal_z = turned(way, row.normal)
    row.master = master
    return True


def _told(
    row: Hotspot, number: int, matrix: Matrix, person: Person, absolute: Absolute
) -> HotspotOut:
    picture = (
        picture_address(row.image, person, side_px=PICTURE_PX) if row.image else ""
    )
    return HotspotOut(
        key=row.key,
        number=number,
        position=_rounded(moved(matrix, row.position)),
        normal=_rounded(turned(matrix, row.normal)),
        titles=texts_by_tag(row.title_zh, row.title_en),
        texts=texts_by_tag(row.text_zh, row.text_en),
        picture=absolute(picture) if picture else "",
        facts=facts_for(row, person, absolute),
    )


def _rounded(point: Point) -> Point:
    x, y, z = (round(value, DIGITS) + 0.0 for value in point)
    return x, y, z
