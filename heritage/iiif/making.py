"""Make what a request asks for: a stored tile as it is, else a renderer's work, kept."""

import hashlib
import shutil
from pathlib import Path

from django.conf import settings

from scans.images.pyramid_file import TILE_PX
from scans.images.rendering import (
    Part,
    Renderers,
    RenderersBusy,
    RenderFailed,
)

from .cache import TileCache
from .errors import Busy, RenderingFailed
from .offered import Offered
from .parameters import Box, Request

WAIT_S = 10.0  # for a free renderer
VERSION = 2  # of how pictures are made: raise it and no kept one is used again

renderers = Renderers(
    settings.IIIF_RENDERERS,
    memory_bytes=settings.IMAGE_MEMORY_BYTES,
    time_s=settings.IIIF_TIME_S,
    wait_s=WAIT_S,
)


def picture_name(offered: Offered, request: Request) -> str:
    """Name the bytes of an answer: same pyramid and same request, same bytes."""
    told = f"{VERSION} {offered.image.stored_file.sha512} {offered.first} "
    return hashlib.sha256((told + request.canonical).encode()).hexdigest()[:32]


def make_picture(offered: Offered, request: Request) -> bytes:
    """Give the encoded picture; raise `RenderingFailed` or `Busy`."""
    tile = _stored_tile(offered, request)
    if tile is not None:
        return tile
    cache = TileCache(_tiles(), limit_bytes=settings.TILE_CACHE_BYTES)
    name = picture_name(offered, request)
    kept = cache.find(name)
    if kept is not None:
        return kept
    try:
        body = renderers.render(_part(offered, request))
    except RenderersBusy as error:
        raise Busy from error
    except RenderFailed as error:
        raise RenderingFailed from error
    cache.keep(name, body)
    return body


def empty_cache() -> None:
    """Remove every rendering: nothing tells which show what was erased by law."""
    shutil.rmtree(_tiles(), ignore_errors=True)


def _tiles() -> Path:
    return Path(settings.MEDIA_ROOT) / "tiles"


def _stored_tile(offered: Offered, request: Request) -> bytes | None:
    """Most of what a viewer asks for lies in the pyramid as a JPEG of its own."""
    is_plain = request.format == "jpg" and request.quality == "default"
    if not is_plain or request.mirror or request.rotation_deg:
        return None
    left, top, width, height = request.box
    side = width
    if request.size != (TILE_PX, TILE_PX) or width != height or side % TILE_PX:
        return None
    scale = side // TILE_PX
    level = scale.bit_length() - 1
    is_aligned = scale == 1 << level and not (left % side or top % side)
    if not is_aligned or level >= len(offered.levels):
        return None
    return offered.pyramid.stored_tile(offered.first + level, left // side, top // side)


def _part(offered: Offered, request: Request) -> Part:
    level = _level_for(offered, request)
    return Part(
        path=str(offered.pyramid.path),
        level=offered.first + level,
        level_box=_level_box(offered, request.box, level),
        size=request.size,
        mirror=request.mirror,
        rotation_deg=request.rotation_deg,
        quality=request.quality,
        format=request.format,
    )


def _level_for(offered: Offered, request: Request) -> int:
    """The smallest level that still holds every pixel asked for."""
    _left, _top, width, height = request.box
    reduction = min(width / request.size[0], height / request.size[1])
    level = max(int(reduction).bit_length() - 1, 0)
    return min(level, len(offered.levels) - 1)


def _level_box(offered: Offered, box: Box, level: int) -> Box:
    """The same part in pixels of a level, whole pixels, within it."""
    here, scale = offered.levels[level], 1 << level
    left = min(box[0] // scale, here.width - 1)
    top = min(box[1] // scale, here.height - 1)
    right = min(max(-(-(box[0] + box[2]) // scale), left + 1), here.width)
    bottom = min(max(-(-(box[1] + box[3]) // scale), top + 1), here.height)
    return left, top, right - left, bottom - top
