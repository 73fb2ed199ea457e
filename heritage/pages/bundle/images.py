"""Panoramas and the pictures of hotspots, rendered whole and taken into a bundle."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from heritage.catalogue.policy import STRANGER, visible
from heritage.exhibits.backdrops import SIDE_PX
from heritage.exhibits.hotspots import PICTURE_PX
from heritage.exhibits.models import Exhibit, Hotspot
from heritage.exhibits.schemas import Scene
from heritage.images.addresses import (
    best_identifier,
    offered_size,
    picture_address,
)
from heritage.images.models import Image
from heritage.images.rendered import NotRendered, render_whole

from .parts import Parts

FOLDER = "images"
WITH = ("image_set__relic", "stored_file__deposit", "file__stored_file__deposit")


class PictureDamaged(Exception):
    """A picture that is to go in cannot be rendered."""

    def __init__(self, image: Image) -> None:
        super().__init__(image.key)
        self.image = image


@dataclass(frozen=True)
class Wanted:
    image: Image
    side_px: int


def take_images(
    exhibit: Exhibit,
    scenes: Sequence[Scene],
    parts: Parts,
    absolute: Callable[[str], str],
) -> None:
    """Point the scenes at pictures within the bundle, and take those in.

    Raises `PictureDamaged`.
    """
    wanted = {}
    for one in _wanted(exhibit):
        address = picture_address(one.image, STRANGER, side_px=one.side_px)
        wanted[absolute(address)] = one
    kept: dict[str, str] = {}

    def keep(address: str) -> str:
        if address in kept.values():
            return address  # what stands twice is pointed at once
        if address not in wanted:
            return ""  # none, or nothing that a stranger may see
        if address not in kept:
            kept[address] = _keep(wanted[address], parts)
        return kept[address]

    for scene in scenes:
        for room in scene.rooms:
            room.backdrop = keep(room.backdrop)
        for thing in scene.objects:
            for spot in thing.hotspots:
                spot.picture = keep(spot.picture)


def _wanted(exhibit: Exhibit) -> Iterator[Wanted]:
    rooms = exhibit.rooms.exclude(backdrop=None).values("backdrop")
    for image in _public(rooms):
        yield Wanted(image, SIDE_PX)
    relics = exhibit.items.exclude(relic=None).values("relic")
    spots = Hotspot.objects.filter(relic__in=relics, image__isnull=False)
    for image in _public(spots.values("image")):
        yield Wanted(image, PICTURE_PX)


def _public(chosen: Any) -> list[Image]:
    rows = Image.objects.filter(pk__in=chosen).select_related(*WITH)
    return list(visible(rows, STRANGER).order_by("pk"))


def _keep(one: Wanted, parts: Parts) -> str:
    held_px = min(one.side_px, given_px(one.image))
    path = f"{FOLDER}/{one.image.stored_file.sha512[:16]}-{held_px}.jpg"
    try:
        parts.texts[path] = render_whole(one.image, STRANGER, side_px=one.side_px)
    except NotRendered as error:
        raise PictureDamaged(one.image) from error
    parts.belongs(path, kind=one.image.kind, key=one.image.key)
    return path


def given_px(image: Image) -> int:
    """Give the longer side of the largest picture that a stranger may have; 0 for none."""
    identifier = best_identifier(image, STRANGER)
    return max(offered_size(image, identifier)) if identifier else 0


def narrowed(files: Mapping[str, set[str]]) -> set[str]:
    """Give the pictures that are larger in a bundle than a stranger may have them now.

    Takes paths with the names of whose they are, as `kind/key`.
    """
    held = {path for path in files if path.startswith(f"{FOLDER}/")}
    keys = {name.partition("/")[2] for path in held for name in files[path]}
    rows = Image.objects.filter(key__in=keys).select_related(*WITH)
    given = {f"{row.kind}/{row.key}": _allowed_px(row) for row in rows}
    return {
        path for path in held
        if _px(path) > max((given.get(name, 0) for name in files[path]), default=0)
    }  # fmt: skip


def _allowed_px(image: Image) -> float:
    """Give the longer side that may be held: any, where the whole image is given."""
    given = given_px(image)
    return given if given < max(image.width, image.height) else inf


def _px(path: str) -> int:
    return int(path.rpartition("-")[2].partition(".")[0])
