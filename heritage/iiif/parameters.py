"""Image requests: parsed by section 4 of the Image API 3.0, then computed to pixels."""

import math
import re
from dataclasses import dataclass, replace

from .errors import BadParameter, FormatNotOffered

QUALITIES = ("default", "color", "gray", "bitonal")
MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
SIDE_PX = 65_500  # as much as libjpeg writes
SIDES_PX = {"webp": 16_383}  # of formats that hold less: 14 bits
KNOWN_FORMATS = {"tif", "gif", "jp2", "pdf"}
NUMBER = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)\Z", re.ASCII)
WHOLE = re.compile(r"\d{1,9}\Z", re.ASCII)

Box = tuple[int, int, int, int]
Size = tuple[int, int]


@dataclass(frozen=True)
class Limits:
    """The largest picture that is given at once: its area, and its longer side."""

    pixels: int
    side_px: int = SIDE_PX

    def of_format(self, name: str) -> "Limits":
        return replace(self, side_px=min(self.side_px, SIDES_PX.get(name, SIDE_PX)))

    def allows(self, size: Size) -> bool:
        return size[0] * size[1] <= self.pixels and max(size) <= self.side_px

    def confine(self, size: Size) -> Size:
        """Scale a size down until it is within the limits."""
        return size if self.allows(size) else self.largest(size)

    def largest(self, shape: Size) -> Size:
        """Give the largest size of about this shape."""
        width, height = shape
        scale = min(
            math.sqrt(self.pixels / (width * height)), self.side_px / max(shape)
        )
        return max(1, int(width * scale)), max(1, int(height * scale))


@dataclass(frozen=True)
class Request:
    """What is asked for, in pixels of the image as it is offered."""

    box: Box
    size: Size
    mirror: bool
    rotation_deg: float
    quality: str
    format: str
    image: Size
    limits: Limits

    @property
    def canonical(self) -> str:
        """The one address of this picture: section 4.7."""
        left, top, width, height = self.box
        whole = self.box == (0, 0, *self.image)
        region = "full" if whole else f"{left},{top},{width},{height}"
        is_max = self.size == self.limits.confine((width, height))
        larger = self.size[0] > width or self.size[1] > height
        size = "max" if is_max else f"{'^' * larger}{self.size[0]},{self.size[1]}"
        turn = f"{'!' * self.mirror}{self.rotation_deg:.6g}"
        return f"{region}/{size}/{turn}/{self.quality}.{self.format}"


@dataclass(frozen=True)
class Words:
    """The parts of an address, as they came."""

    region: str
    size: str
    rotation: str
    quality: str
    format: str


def parse(words: Words, *, image: Size, bands: int, limits: Limits) -> Request:
    """Compute what is asked for; raise `BadParameter` or `FormatNotOffered`."""
    box = parse_region(words.region, image)
    mirror, rotation_deg = parse_rotation(words.rotation)
    form = _parse_format(words.format)
    limits = limits.of_format(form)
    size = parse_size(words.size, (box[2], box[3]), limits)
    turned = turned_size(size, rotation_deg)
    if not limits.allows(turned):
        told = f"{turned[0]} x {turned[1]} pixels once turned, which is too much"
        raise BadParameter("rotation", words.rotation, told)
    return Request(
        box=box,
        size=size,
        mirror=mirror,
        rotation_deg=rotation_deg,
        quality=_parse_quality(words.quality, bands),
        format=form,
        image=image,
        limits=limits,
    )


def parse_region(text: str, image: Size) -> Box:
    """Give left, top, width, height within the image: section 4.1."""
    width, height = image
    if text == "full":
        return 0, 0, width, height
    if text == "square":
        side = min(image)
        return (width - side) // 2, (height - side) // 2, side, side
    if text.startswith("pct:"):
        shares = [_number("region", text, one) / 100 for one in text[4:].split(",")]
        if len(shares) != 4:
            raise BadParameter("region", text, "pct:x,y,w,h")
        sides = (width, height, width, height)
        asked = [round(share * side) for share, side in zip(shares, sides, strict=True)]
    else:
        asked = [_whole("region", text, one) for one in text.split(",")]
    if len(asked) != 4:
        raise BadParameter("region", text, "x,y,w,h")
    left, top, wide, high = asked
    if wide < 1 or high < 1 or left >= width or top >= height:
        raise BadParameter("region", text, "nothing of the image lies there")
    return left, top, min(wide, width - left), min(high, height - top)


def parse_size(text: str, region: Size, limits: Limits) -> Size:
    """Give width and height of the answer: section 4.2."""
    enlarge, plain = text.startswith("^"), text.removeprefix("^")
    if plain == "max":
        return limits.largest(region) if enlarge else limits.confine(region)
    size = _scaled(text, plain, region, enlarge=enlarge)
    if min(size) < 1:
        raise BadParameter("size", text, "less than one pixel")
    if not enlarge and (size[0] > region[0] or size[1] > region[1]):
        raise BadParameter("size", text, "larger than the region; ^ enlarges")
    if size[0] * size[1] > limits.pixels:
        raise BadParameter("size", text, f"more than {limits.pixels} pixels")
    if max(size) > limits.side_px:
        raise BadParameter("size", text, f"a side of more than {limits.side_px} pixels")
    return size


def parse_rotation(text: str) -> tuple[bool, float]:
    """Tell whether to mirror, and by how many degrees to turn: section 4.3."""
    degrees = _number("rotation", text, text.removeprefix("!"))
    if degrees > 360:
        raise BadParameter("rotation", text, "0 to 360")
    return text.startswith("!"), degrees % 360


def turned_size(size: Size, rotation_deg: float) -> Size:
    """Give the upright rectangle that holds a picture turned by so much."""
    quarters, rest = divmod(rotation_deg, 90)
    width, height = size if quarters % 2 == 0 else size[::-1]
    cosine, sine = math.cos(math.radians(rest)), math.sin(math.radians(rest))
    wide, high = width * cosine + height * sine, width * sine + height * cosine
    return math.ceil(wide), math.ceil(high)


def _scaled(text: str, plain: str, region: Size, *, enlarge: bool) -> Size:
    width, height = region
    if plain.startswith("pct:"):
        share = _number("size", text, plain[4:]) / 100
        return round(width * share), round(height * share)
    first, comma, second = plain.removeprefix("!").partition(",")
    if not comma or (plain.startswith("!") and not (first and second)):
        raise BadParameter("size", text, "w, ,h w,h !w,h pct:n or max")
    wide = _whole("size", text, first) if first else 0
    high = _whole("size", text, second) if second else 0
    if plain.startswith("!"):
        return _within(region, (wide, high), enlarge=enlarge)
    if first and second:
        return wide, high
    if first:
        return wide, max(1, round(height * wide / width)) if wide else 0
    if second:
        return max(1, round(width * high / height)) if high else 0, high
    raise BadParameter("size", text, "w, ,h w,h !w,h pct:n or max")


def _within(region: Size, box: Size, *, enlarge: bool) -> Size:
    """Fit into a box without changing the shape; 3.0 does not enlarge without ^."""
    scale = min(box[0] / region[0], box[1] / region[1])
    if scale > 1 and not enlarge:
        return box  # larger than the region: refused by the caller
    if not min(box):
        return 0, 0
    return max(1, round(region[0] * scale)), max(1, round(region[1] * scale))


def _parse_quality(text: str, bands: int) -> str:
    if text not in QUALITIES:
        raise BadParameter("quality", text, ", ".join(QUALITIES))
    # What the picture is by itself has one name.
    return "default" if text == ("gray" if bands < 3 else "color") else text


def _parse_format(text: str) -> str:
    if text in KNOWN_FORMATS:
        raise FormatNotOffered(text)
    if text not in MEDIA_TYPES:
        raise BadParameter("format", text, ", ".join(MEDIA_TYPES))
    return text


def _number(name: str, whole: str, text: str) -> float:
    if len(text) > 20 or not NUMBER.match(text):
        raise BadParameter(name, whole, "not a number")
    return float(text)


def _whole(name: str, whole: str, text: str) -> int:
    if not WHOLE.match(text):
        raise BadParameter(name, whole, "not a whole number")
    return int(text)
