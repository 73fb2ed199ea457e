"""Pictures of relics for lists: the first image of each that its reader may see."""

from django.db.models import OuterRef, Subquery

from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person, visible

from .addresses import picture_address
from .models import Image

SIDE_PX = 96  # drawn at half of it: sharp on screens of two pixels a point


def first_images(relics: list[Relic], person: Person) -> dict[int, str]:
    """Give the first image of each relic's first set, small, in one query."""
    of_relic = Image.objects.filter(image_set__relic=OuterRef("pk"))
    first = visible(of_relic, person).order_by(
        "image_set__number", "image_set", "number", "file", "page"
    )
    chosen = Relic.objects.filter(pk__in=[relic.pk for relic in relics]).values_list(
        Subquery(first.values("pk")[:1]), flat=True
    )
    rows = Image.objects.filter(pk__in=chosen).select_related(
        "image_set__relic", "stored_file__deposit", "file__stored_file__deposit"
    )
    return {
        row.image_set.relic_id: picture_address(row, person, side_px=SIDE_PX)
        for row in rows
    }
