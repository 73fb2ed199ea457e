"""`python -m scans.images.renderer MEMORY_BYTES`: cut, scale, turn and encode.

What is see-through, and the corners beside a turned picture, stay so in PNG and WebP; in
a JPEG white lies behind them.
Reads one `Part` a line from standard input and writes, for each, a line of JSON and the
encoded picture. Ends with its input. Only pyramids of our own making come here.
"""

import json
import resource
import sys
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import pyvips

from scans.images.rendering import Part

MOST_OPEN = 16  # pyramids kept open
JPEG_QUALITY = 85
WEBP_QUALITY = 82
WHITE = 255
MIDDLE_GREY = 128
ENCODERS: dict[str, Callable[[pyvips.Image], bytes]] = {
    "jpg": lambda image: image.jpegsave_buffer(Q=JPEG_QUALITY, keep="none"),
    "png": lambda image: image.pngsave_buffer(compression=4, keep="none"),
    "webp": lambda image: image.webpsave_buffer(Q=WEBP_QUALITY, keep="none"),
}
_open: OrderedDict[tuple[str, int], pyvips.Image] = OrderedDict()


def main() -> None:
    memory_bytes = int(sys.argv[1])
    if memory_bytes:
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pyvips.cache_set_max(0)
    for line in sys.stdin.buffer:
        _answer(Part(**json.loads(line)))


def render(part: Part) -> bytes:
    """Give the encoded picture; raise pyvips.Error for a damaged pyramid."""
    image = _level(part.path, part.level).crop(*part.level_box)
    if part.format == "jpg" and image.hasalpha():
        image = image.flatten(background=WHITE)
    image = _scaled(image, part.size)
    if part.mirror:
        image = image.fliphor()
    image = _turned(image, part)
    return ENCODERS[part.format](_with_quality(image, part.quality))


def _answer(part: Part) -> None:
    answer: dict[str, Any]
    try:
        body = render(part)
        answer = {"bytes": len(body)}
    except (pyvips.Error, MemoryError) as error:
        body, answer = b"", {"error": str(error)[:500]}
        _open.clear()
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + body)
    sys.stdout.buffer.flush()


def _level(path: str, level: int) -> pyvips.Image:
    key = (path, level)
    if key not in _open:
        _open[key] = pyvips.Image.tiffload(path, page=level, access="random")
        if len(_open) > MOST_OPEN:
            _open.popitem(last=False)
    _open.move_to_end(key)
    return _open[key]


def _scaled(image: pyvips.Image, size: tuple[int, int]) -> pyvips.Image:
    width, height = size
    if (image.width, image.height) == (width, height):
        return image
    across, down = width / image.width, height / image.height
    if (
        image.hasalpha()
    ):  # else the colour of what nobody sees would bleed into the rest
        scaled = image.premultiply().resize(across, vscale=down)
        scaled = scaled.unpremultiply().rint().cast("uchar")
    else:
        scaled = image.resize(across, vscale=down)
    # The product of size and scale may round to one pixel too few.
    if (scaled.width, scaled.height) != (width, height):
        scaled = scaled.gravity("north-west", width, height, extend="copy")
    return scaled


def _turned(image: pyvips.Image, part: Part) -> pyvips.Image:
    quarters, rest = divmod(part.rotation_deg, 90)
    if not rest:
        return image.rot(f"d{int(quarters) * 90 % 360}")
    if part.format == "jpg":
        return image.similarity(
            angle=part.rotation_deg, background=[WHITE] * image.bands
        )
    if not image.hasalpha():
        image = image.addalpha()
    return image.similarity(angle=part.rotation_deg, background=[0] * image.bands)


def _with_quality(image: pyvips.Image, quality: str) -> pyvips.Image:
    if quality in {"default", "color"}:
        return image
    grey = image.colourspace("b-w")
    if quality == "gray":
        return grey
    two = grey[0] > MIDDLE_GREY
    return two.bandjoin(grey[1]) if grey.hasalpha() else two


if __name__ == "__main__":
    main()
