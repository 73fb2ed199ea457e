"""Image sets as pages show them: the public one, the relic's and the set's in the admin."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from heritage.captures.messages import sentence
from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person, allows, visible

from .addresses import picture_address, service_address
from .models import Image, ImageFile, ImageSet

THUMB_PX, POSTER_PX = 256, 1024


@dataclass(frozen=True)
class ShownImage:
    """One image by its addresses; `title` is its view or label, else its number."""

    image: Image
    title: str
    service: str
    thumb: str
    poster: str


@dataclass(frozen=True)
class ShownSet:
    image_set: ImageSet
    images: list[ShownImage]

    @property
    def is_right_to_left(self) -> bool:
        is_book = self.image_set.type == ImageSet.Type.PAGES
        return is_book and self.image_set.direction == "right-to-left"


@dataclass(frozen=True)
class ShownFile:
    """A file and how far it is; `sentence` says why it was refused.

    `told` and `private` are what it says of itself: standard, field, value.
    """

    file: ImageFile
    sentence: str
    notes: list[str]
    told: list[tuple[str, str, str]]
    private: list[tuple[str, str, str]]


def image_sets_for(relic: Relic, person: Person) -> list[ShownSet]:
    """Give the relic's sets with at least one image that this person may see."""
    return image_sets_of([relic], person).get(relic.pk, [])


def image_sets_of(relics: Iterable[Relic], person: Person) -> dict[int, list[ShownSet]]:
    """Give the sets of many relics, by primary key, in two queries, or one for none."""
    pks = [relic.pk for relic in relics]
    rows = visible(ImageSet.objects.filter(relic__in=pks), person)
    sets = list(rows.order_by("number", "pk"))
    if not sets:
        return {}
    images = visible(Image.objects.filter(image_set__in=sets), person).select_related(
        "image_set__relic", "stored_file"
    )
    by_set: dict[int, list[Image]] = {}
    for image in images.order_by("number", "file", "page"):
        by_set.setdefault(image.image_set_id, []).append(image)
    found: dict[int, list[ShownSet]] = {}
    for one in sets:
        if one.pk in by_set:
            shown = ShownSet(one, list(_shown(by_set[one.pk], person)))
            found.setdefault(one.relic_id, []).append(shown)
    return found


def files_of(image_set: ImageSet, person: Person) -> list[ShownFile]:
    """Give the set's files for those who work on it."""
    rows = image_set.files.select_related("stored_file").prefetch_related("images")
    return [
        ShownFile(
            file,
            sentence(file.error_code, file.error_facts) if file.error_code else "",
            sorted({sentence(n, {}) for i in file.images.all() for n in i.notes}),
            _fields(file.metadata),
            _fields(file.private_metadata)
            if allows(person, file, "private_metadata")
            else [],
        )
        for file in rows
    ]


def _fields(metadata: dict[str, dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [
        (standard.upper(), name, _told(value))
        for standard, fields in metadata.items()
        for name, value in sorted(fields.items())
    ]


def _told(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _shown(images: list[Image], person: Person) -> Iterator[ShownImage]:
    for number, image in enumerate(images, start=1):
        view = str(image.get_view_display()) if image.view else ""
        parts = [part for part in (view, image.label) if part]
        yield ShownImage(
            image=image,
            title=" · ".join(parts) or str(number),
            service=service_address(image, person),
            thumb=picture_address(image, person, side_px=THUMB_PX),
            poster=picture_address(image, person, side_px=POSTER_PX),
        )
