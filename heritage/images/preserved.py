"""The rows about a relic's images, as part of its record in the archive."""

from django.db.models import Q

from heritage.archive.records import Kind, Part, declare
from heritage.catalogue.models import Relic

from .models import Image, ImageFile, ImageSet

OVER = ("ready", "refused")


def preserve_images() -> None:
    parts = (
        Part(ImageSet, "relic"),
        Part(ImageFile, "image_set__relic", Q(state__in=OVER)),
        Part(Image, "image_set__relic"),
    )
    declare(Kind(Relic.kind, Relic, parts))
