"""The addresses at which people and viewers find images."""

from django.conf import settings
from django.urls import reverse

from heritage.catalogue.policy import STRANGER, Person, allows

from .models import Image
from .rules import SIZE_PX

LARGEST_FIRST = ("full", "screen", "small")


def best_identifier(image: Image, person: Person) -> str | None:
    """Name the image in the largest size this person may have; None for none."""
    for size in LARGEST_FIRST:
        if allows(person, image, size):
            return f"{image.key}~{SIZE_PX[size]}" if size in SIZE_PX else image.key
    return None


def service_address(image: Image, person: Person) -> str:
    """Give the base of the image's addresses for this person; empty for none.

    On the media server if everybody may have it; what is for staff stays with the web
    process, for the media server's origin does not get their session.
    """
    identifier = best_identifier(image, person)
    if identifier is None:
        return ""
    is_public = identifier == best_identifier(image, STRANGER)
    origin = settings.MEDIA_ORIGIN if is_public else ""
    return f"{origin}{reverse('iiif-base', args=[identifier])}"


def picture_address(image: Image, person: Person, *, side_px: int) -> str:
    """Give the address of a picture that fits a square, never larger than the image."""
    base = service_address(image, person)
    if not base:
        return ""
    largest = max(offered_size(image, best_identifier(image, person) or image.key))
    size = f"!{side_px},{side_px}" if largest > side_px else "max"
    return f"{base}/full/{size}/0/default.jpg"


def offered_size(image: Image, identifier: str) -> tuple[int, int]:
    """Give width and height under an identifier: halved, as in the pyramid, to fit."""
    limit = int(identifier.partition("~")[2] or 0)
    width, height = image.width, image.height
    while limit and max(width, height) > limit:
        width, height = max(width // 2, 1), max(height // 2, 1)
    return width, height
