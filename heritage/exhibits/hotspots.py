"""The hotspots of relics as one person may see them, on the files that stand for each."""

from collections.abc import Iterable, Mapping

from heritage.catalogue.policy import Person, visible
from heritage.images.addresses import picture_address

from .addresses import Absolute
from .bound_facts import facts_for
from .frames import Matrix, Point, master_of, moved, turned, used_transform
from .hotspot_models import Hotspot
from .schemas import HotspotOut, Names
from .shown import Shown

PICTURE_PX = 768
DIGITS = 6  # micrometres


def hotspots_for(
    shown: Mapping[int, Shown], person: Person, absolute: Absolute
) -> dict[int, list[HotspotOut]]:
    """Give each relic's hotspots, by primary key, in the frame of its models.

    Those that were placed on another master wait until a person has placed them anew.
    """
    rows = Hotspot.objects.filter(relic__in=list(shown)).select_related(
        "relic__maker", "relic__find_batch", "image__image_set__relic"
    )
    found: dict[int, list[HotspotOut]] = {}
    for row in visible(rows, person).order_by("relic", "number", "pk"):
        run = shown[row.relic_id].run
        matrix = used_transform(run)
        if matrix is None or row.master_id != master_of(run).pk:
            continue
        mine = found.setdefault(row.relic_id, [])
        mine.append(_told(row, len(mine) + 1, matrix, person, absolute))
    return found


def waiting(rows: Iterable[Hotspot], shown: Shown) -> list[Hotspot]:
    """Name those that were placed on another master than the one that is shown."""
    return [row for row in rows if row.master_id != master_of(shown.run).pk]


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
        titles=_texts(row.title_zh, row.title_en),
        texts=_texts(row.text_zh, row.text_en),
        picture=absolute(picture) if picture else "",
        facts=facts_for(row, person, absolute),
    )


def _texts(chinese: str, english: str) -> Names:
    pairs = {"zh-Hans": chinese, "en": english}
    return {tag: text for tag, text in pairs.items() if text}


def _rounded(point: Point) -> Point:
    x, y, z = (round(value, DIGITS) + 0.0 for value in point)
    return x, y, z
