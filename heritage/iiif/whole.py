"""A whole picture as bytes, as the Image API would give it."""

from django.conf import settings

from heritage.catalogue.policy import Person
from heritage.images.addresses import best_identifier
from heritage.images.models import Image
from heritage.images.rendered import NotRendered

from .errors import IiifError
from .making import make_picture
from .offered import find_offered
from .parameters import Limits, Words, parse


def whole_picture(image: Image, person: Person, side_px: int) -> bytes:
    """Give a JPEG that fits a square, never larger than the image. Raises `NotRendered`."""
    try:
        offered = find_offered(best_identifier(image, person) or image.key, person)
        fits = max(offered.size) <= side_px
        asked = parse(
            Words(
                "full",
                "max" if fits else f"!{side_px},{side_px}",
                "0",
                "default",
                "jpg",
            ),
            image=offered.size,
            bands=offered.pyramid.bands,
            limits=Limits(pixels=settings.IIIF_MEGAPIXELS * 10**6),
        )
        return make_picture(offered, asked)
    except IiifError as error:
        raise NotRendered from error
