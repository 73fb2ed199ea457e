"""Collections: a tree from the museum down to the manifests, in parts that can be read."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from heritage.archive.institution import museum_names
from heritage.captures.models import Derivative
from heritage.captures.published import of_accepted
from heritage.catalogue.models import Collection, Record, Relic
from heritage.catalogue.policy import Person, allows, visible
from heritage.exhibits.models import Exhibit
from heritage.images.models import Image

from .about import CONTEXT, provider
from .canvases import Json
from .manifests import manifest_address
from .texts import TextMap, in_both, text_map

MUSEUM, EXHIBITS = "museum", "exhibits"
PART = 500  # manifests that one collection names


def museum_collection(person: Person, origin: str) -> Json:
    """Give the top: the exhibits, then each collection of relics."""
    items = [_link(EXHIBITS, _exhibits_label(), origin)]
    for collection in _collections(person):
        items.append(_link(f"{collection.pk}", _name(collection, person), origin))
    return _document(MUSEUM, text_map(museum_names().by_tag), items, origin)


def exhibit_collection(person: Person, origin: str) -> Json:
    rows = visible(Exhibit.objects.order_by("-released_at", "-pk"), person)
    return _document(EXHIBITS, _exhibits_label(), _manifests(rows, origin), origin)


def relic_collection(pk: int, part: int, person: Person, origin: str) -> Json | None:
    """Give a collection's relics with anything to look at, or its parts if they are many.

    `part` counts from 1; 0 is the whole. None for what this person may not see.
    """
    rows = showable(person).filter(collection=pk).order_by("register_no", "pk")
    count = rows.count()
    if not count or part * PART - PART >= count:
        return None
    collection = Collection.objects.get(pk=pk)
    label = _name(collection, person)
    if part:
        begin = (part - 1) * PART
        items = _manifests(rows[begin : begin + PART], origin)
        return _document(f"{pk}-{part}", _span(begin, count), items, origin)
    if count <= PART:
        return _document(f"{pk}", label, _manifests(rows, origin), origin)
    parts = [
        _link(f"{pk}-{number}", _span((number - 1) * PART, count), origin)
        for number in range(1, -(-count // PART) + 1)
    ]
    return _document(f"{pk}", label, parts, origin)


def showable(person: Person) -> QuerySet[Relic]:
    """Give the relics of which there is an image, or the picture of a model, to see."""
    images = visible(Image.objects.order_by(), person)
    pictures = visible(Derivative.objects.order_by(), person).filter(
        of_accepted("run__"), role=Derivative.Role.PICTURE
    )
    has_image = Exists(images.filter(image_set__relic=OuterRef("pk")))
    has_picture = Exists(pictures.filter(run__capture__relic=OuterRef("pk")))
    rows = visible(Relic.objects.all(), person)
    return rows.filter(has_image | has_picture)


def _name(collection: Collection, person: Person) -> TextMap:
    """Name a collection to those who may know its name; to others by its number."""
    if allows(person, collection):
        return text_map({"zh-Hans": collection.name_zh, "en": collection.name_en})
    return in_both(lambda: _("Collection %(number)s") % {"number": collection.pk})


def _collections(person: Person) -> QuerySet[Collection]:
    relics = showable(person).order_by().filter(collection=OuterRef("pk"))
    return Collection.objects.filter(Exists(relics)).order_by("pk")


def _document(name: str, label: TextMap, items: list[Json], origin: str) -> Json:
    return {
        "@context": CONTEXT,
        **_link(name, label, origin),
        "provider": [provider(origin)],
        "items": items,
    }


def _link(name: str, label: TextMap, origin: str) -> Json:
    address = f"{origin}{reverse('iiif-collection', args=[name])}"
    return {"id": address, "type": "Collection", "label": label}


def _manifests(records: Iterable[Record], origin: str) -> list[Json]:
    return [
        {
            "id": manifest_address(record.kind, record.key, origin),
            "type": "Manifest",
            "label": text_map(record.names, record.key),
        }
        for record in records
    ]


def _exhibits_label() -> TextMap:
    return in_both(lambda: _("Exhibits"))


def _span(begin: int, count: int) -> TextMap:
    return text_map({}, f"{begin + 1}–{min(begin + PART, count)}")
