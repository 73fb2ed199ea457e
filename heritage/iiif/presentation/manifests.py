"""Manifests of relics, of their image sets and books, and of exhibits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person, visible
from heritage.exhibits.models import Exhibit, ExhibitItem
from heritage.exhibits.shown import SIDES, Shown, shown_for
from heritage.images.models import ImageSet
from heritage.images.shown import (
    ShownImage,
    ShownSet,
    image_sets_for,
    image_sets_of,
)

from .about import facts_of, head, homepage, renderings, rights_of
from .canvases import (
    Json,
    image_canvas,
    image_label,
    panel_canvas,
    picture_canvas,
    ranges,
    thumbnail,
)
from .texts import TextMap, in_both, text_map

FACTS = ("materials", "dimensions")


@dataclass(frozen=True)
class _Pictured:
    """What there is to show of a thing in an exhibit: its model, its sets of images."""

    shown: Shown | None
    sets: Sequence[ShownSet]


def manifest_address(kind: str, key: str, origin: str) -> str:
    """Give the address, and lasting name, of a manifest."""
    return f"{origin}{reverse('iiif-manifest', args=[kind, key])}"


def relic_manifest(relic: Relic, person: Person, origin: str) -> Json:
    """Give all images of a relic; of none, the pictures of its model."""
    prefetch_related_objects([relic], *FACTS)
    address = manifest_address(relic.kind, relic.key, origin)
    shown = shown_for([relic], person).get(relic.pk)
    sets = image_sets_for(relic, person)
    document = head(relic, address, origin) | _of_relic(relic, shown, person, origin)
    images = [image for one in sets for image in one.images]
    document["items"] = _images(address, images, person, origin) or _pictures(
        address, shown, origin
    )
    if images:
        document["thumbnail"] = [thumbnail(images[0].image, person, origin)]
    if len(sets) > 1:
        document["structures"] = [_set_range(address, one) for one in sets]
    elif sets and any(one.image.section for one in images):
        document["structures"] = ranges(address, images)
    return document


def set_manifest(image_set: ImageSet, person: Person, origin: str) -> Json | None:
    """Give one set; a book in its own direction. None if nothing of it may be seen."""
    relic = image_set.relic
    prefetch_related_objects([relic], *FACTS)
    found = [s for s in image_sets_for(relic, person) if s.image_set.pk == image_set.pk]
    if not found:
        return None
    (shown,) = found
    address = manifest_address(image_set.kind, image_set.key, origin)
    document = head(relic, address, origin) | _of_relic(relic, None, person, origin)
    titles = {"zh-Hans": image_set.title_zh, "en": image_set.title_en}
    document["label"] = text_map(titles) or document["label"]
    document["partOf"] = [_reference(relic, origin)]
    document["items"] = _images(address, shown.images, person, origin)
    document["thumbnail"] = [thumbnail(shown.images[0].image, person, origin)]
    if image_set.type == ImageSet.Type.PAGES:
        document["behavior"] = ["paged"]
        document["viewingDirection"] = image_set.direction
        sections = ranges(address, shown.images)
        document |= {"structures": sections} if sections else {}
    return document


def exhibit_manifest(exhibit: Exhibit, person: Person, origin: str) -> Json:
    """Give an exhibit: a canvas for each thing in it, in the curator's order."""
    address = manifest_address(exhibit.kind, exhibit.key, origin)
    rows = visible(ExhibitItem.objects.filter(exhibit=exhibit), person)
    items = list(rows.select_related("relic", "element").order_by("number", "pk"))
    relics = [item.relic for item in items if item.relic]
    shown, sets = shown_for(relics, person), image_sets_of(relics, person)
    document = head(exhibit, address, origin)
    document["items"] = [
        _item(
            address,
            item,
            _Pictured(shown.get(item.relic_id or 0), sets.get(item.relic_id or 0, [])),
            person,
            origin,
        )
        for item in items
    ]
    return document


def _of_relic(relic: Relic, shown: Shown | None, person: Person, origin: str) -> Json:
    found: Json = rights_of(relic)
    lines = facts_of(relic, person)
    if lines:
        found["metadata"] = lines
    models = renderings(relic, shown, person, origin)
    if models:
        found["rendering"] = models
    return found


def _images(
    address: str, images: Sequence[ShownImage], person: Person, origin: str
) -> list[Json]:
    return [
        image_canvas(
            f"{address}/canvas/{one.image.key}",
            one.image,
            image_label(one.image, number),
            person,
            origin,
        )
        for number, one in enumerate(images, start=1)
    ]


def _pictures(address: str, shown: Shown | None, origin: str) -> list[Json]:
    """Give the pictures of the model, by the side they show."""
    there = shown.pictures if shown else {}
    return [
        picture_canvas(
            f"{address}/canvas/{name}", there[name], _side_label(number), origin
        )
        for number, name in enumerate(SIDES, start=1)
        if name in there
    ]


def _side_label(number: int) -> TextMap:
    return in_both(lambda: _("Picture of the 3D model %(n)s") % {"n": number})


def _set_range(address: str, shown: ShownSet) -> Json:
    image_set = shown.image_set
    parts: Sequence[Json] = ranges(address, shown.images)
    return {
        "id": f"{address}/range/{image_set.key}",
        "type": "Range",
        "label": in_both(lambda: image_set.title),
        "items": [*parts] or list(_canvases(address, shown.images)),
    }


def _canvases(address: str, images: Iterable[ShownImage]) -> Iterable[Json]:
    for one in images:
        yield {"id": f"{address}/canvas/{one.image.key}", "type": "Canvas"}


def _item(
    address: str, item: ExhibitItem, pictured: _Pictured, person: Person, origin: str
) -> Json:
    """Give what stands for one thing: its first image, its model's picture, its text."""
    thing = item.thing
    label = text_map({"zh-Hans": item.label_zh, "en": item.label_en})
    label = label or text_map(thing.names, thing.key)
    canvas = _canvas(
        f"{address}/canvas/{item.key}", item, pictured, label, person, origin
    )
    canvas["homepage"] = [homepage(thing, origin)]
    if isinstance(thing, Relic):
        canvas |= rights_of(thing)
        canvas["seeAlso"] = [_reference(thing, origin) | {"type": "Dataset"}]
    return canvas


def _canvas(
    canvas_id: str,
    item: ExhibitItem,
    pictured: _Pictured,
    label: TextMap,
    person: Person,
    origin: str,
) -> Json:
    shown, sets = pictured.shown, pictured.sets
    if sets:
        return image_canvas(canvas_id, sets[0].images[0].image, label, person, origin)
    picture = shown and next(filter(None, map(shown.pictures.get, SIDES)), None)
    if picture:
        return picture_canvas(canvas_id, picture, label, origin)
    return panel_canvas(canvas_id, label, text_map(item.thing.descriptions))


def _reference(relic: Relic, origin: str) -> Json:
    return {
        "id": manifest_address(relic.kind, relic.key, origin),
        "type": "Manifest",
        "label": text_map(relic.names, relic.key),
        "format": "application/ld+json",
    }
