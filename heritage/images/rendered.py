"""Whole pictures as bytes, for who carries them away; a room above renders them."""

from collections.abc import Callable

from heritage.catalogue.policy import Person

from .models import Image

# Gives a JPEG that fits a square, of the largest size that this person may have.
Renderer = Callable[[Image, Person, int], bytes]
_renderers: list[Renderer] = []


class NotRendered(Exception):
    """The picture could not be made: its pyramid is damaged, or nobody renders."""


def declare_renderer(renderer: Renderer) -> None:
    if renderer not in _renderers:
        _renderers.append(renderer)


def render_whole(image: Image, person: Person, *, side_px: int) -> bytes:
    """Give the picture. Raises `NotRendered`."""
    for renderer in _renderers:
        return renderer(image, person, side_px)
    raise NotRendered
