"""Maps as the pictures that a file carries, each decoded again and compared."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab

from scans.delivery import basis
from scans.delivery.errors import UntrueFile
from scans.delivery.maps import Maps
from scans.delivery.profiles import ETC1S, JPEG, PNG, UASTC, Profile

COLOUR, NORMAL, OCCLUSION = "colour", "normal", "occlusion"
# Means over BLOCK by BLOCK texels: codecs keep those to one or two levels of 255 (ETC1S loses
# more of pure noise); swapped channels are off by as much as a tint has colour.
MOST_LEVELS, BLOCK = 10.0, 16
# CIEDE2000: ETC1S keeps five bits of each colour. Beyond this a level cannot be within 2
# of its master as seen, and colour gets UASTC where the profile's bytes allow.
SHIFT_MOST = 1.5
ROWS_COMPARED = 64
MIPS = 4 / 3  # of the finest one's pixels
PIXEL_BYTES = {ETC1S: 1, UASTC: 1, JPEG: 4, PNG: 4}  # BC7 or ASTC at worst; plain RGBA
SMALLEST_PX = 256  # smaller maps save too little to be worth their loss
JPEG_QUALITY = 88
ETC1S_QUALITY = (128, 64)  # by thrift
# Where colour is the only map it has the room for more. Measured on a finely painted vessel:
# a structural similarity of 0.94 instead of 0.93 for 26 kB of 200.
ALONE_QUALITY = (255, *ETC1S_QUALITY)
MIME = {ETC1S: "image/ktx2", UASTC: "image/ktx2", JPEG: "image/jpeg", PNG: "image/png"}

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Wish:
    """What a map shall become.

    thrift : 0 as the codec is used best, 1 with more loss
    quality : of ETC1S, 1 to 255
    is_true : whether colours that the codec shifts visibly ask for a better one
    """

    slot: str
    px: int
    codec: str
    thrift: int = 0
    is_true: bool = False
    quality: int = ETC1S_QUALITY[0]


@dataclass(frozen=True)
class Texture:
    """A map as a file carries it.

    twin    : what it decodes to, as PNG
    psnr_db : likeness of that to the map, over all values
    """

    wish: Wish
    data: bytes
    twin: bytes
    psnr_db: float

    @property
    def mime(self) -> str:
        """Its media type."""
        return MIME[self.wish.codec]

    @property
    def gpu_bytes(self) -> int:
        """Graphics memory with all its mips, at worst."""
        return int(self.wish.px**2 * PIXEL_BYTES[self.wish.codec] * MIPS)

    def as_json(self) -> dict[str, str | int | float]:
        """As it stands under `maps` of a derivative."""
        return {
            "px": self.wish.px,
            "codec": self.wish.codec,
            "bytes": len(self.data),
            "psnr_db": round(self.psnr_db, 1),
        }


class Texturer:
    """Makes each texture once, however many files carry it."""

    def __init__(self, maps: Maps) -> None:
        self._maps = maps
        self._made: dict[Wish, Texture] = {}

    def textures(self, wishes: list[Wish], file: str) -> list[Texture]:
        """Encode maps for a file, those that there are. Raises `UntrueFile`."""
        found = [self._texture(wish, file) for wish in wishes]
        return [texture for texture in found if texture is not None]

    def _texture(self, wish: Wish, file: str) -> Texture | None:
        picture = self._picture(wish)
        if picture is None:
            return None
        there = replace(wish, px=len(picture))  # a map may be smaller than asked for
        if there not in self._made:
            self._made[there] = make_texture(picture, there, file)
        return self._made[there]

    def _picture(self, wish: Wish) -> Bytes | None:
        sizes = {wish.slot: wish.px}
        picture: Bytes | None = getattr(self._maps.at(**sizes), wish.slot)
        return picture


def wishes_of(profile: Profile, *, thrift: int) -> list[Wish]:
    """The maps of a profile; each step of `thrift` makes them smaller.

    Colour keeps its size longest: first more loss, and normals as ETC1S; then half the
    size of the others; then half of all, and so on.
    """
    qualities = ETC1S_QUALITY if profile.normal_px else ALONE_QUALITY
    halvings = max(0, thrift - 2)
    half = max(0, thrift - 1)
    lossy = min(thrift, 1)
    normal_codec = profile.normal_codec
    if lossy and normal_codec == UASTC:
        normal_codec = ETC1S
    colour_px = _halved(profile.colour_px, halvings)
    quality = qualities[min(thrift, len(qualities) - 1)]
    # What has a normal map is looked at closely, and has room for better colour.
    is_true = not lossy and profile.normal_px > 0
    asked = (
        Wish(COLOUR, colour_px, profile.colour_codec, lossy, is_true, quality),
        Wish(NORMAL, _halved(profile.normal_px, half), normal_codec, lossy),
        Wish(
            OCCLUSION,
            _halved(profile.occlusion_px, half),
            _grey(profile),
            lossy,
            quality=ETC1S_QUALITY[lossy],
        ),
    )
    return [wish for wish in asked if wish.px]


def make_texture(picture: Bytes, wish: Wish, file: str) -> Texture:
    """Encode one map, decode it and compare; what ETC1S cannot hold becomes UASTC.

    Raises `UntrueFile`, `PackFailed`.
    """
    if wish.codec in (ETC1S, UASTC):
        data = basis.encode(picture, _coding(wish))
        shown = basis.decode(data)
    else:
        data = _plain(picture, wish)
        shown = _opened(data)
    if wish.codec == ETC1S and levels_off(picture, shown) > MOST_LEVELS:
        return make_texture(picture, replace(wish, codec=UASTC), file)
    if wish.is_true and wish.codec == ETC1S and shift_de00(picture, shown) > SHIFT_MOST:
        return make_texture(picture, replace(wish, codec=UASTC), file)
    check_alike(picture, shown, wish.slot, file)
    return Texture(wish, data, _png(shown), psnr_db(picture, shown))


def check_alike(picture: Bytes, shown: Bytes, slot: str, file: str) -> None:
    """Refuse a map that is not what went in; fine noise may go. Raises `UntrueFile`."""
    levels = levels_off(picture, shown)
    if levels > MOST_LEVELS:
        figure, limit = f"{levels:.1f} levels", f"{MOST_LEVELS:.0f}"
        raise UntrueFile(file, what=f"the {slot} map", figure=figure, limit=limit)


def levels_off(picture: Bytes, shown: Bytes) -> float:
    """By how many levels of 255 two pictures differ when fine grain is left out."""
    off = _blurred(picture).astype(np.float64) - _blurred(shown)
    return float(np.sqrt(np.square(off).mean()))


def _blurred(picture: Bytes) -> Bytes:
    """Means over blocks."""
    image = Image.fromarray(picture).convert("RGB")
    return np.array(image.reduce(BLOCK))


def shift_de00(one: Bytes, other: Bytes) -> float:
    """Mean CIEDE2000 of two colour pictures, over some of their rows."""
    rows = slice(None, None, max(1, len(one) // ROWS_COMPARED))
    labs = rgb2lab(one[rows]), rgb2lab(other[rows])
    return float(deltaE_ciede2000(*labs).mean())  # type: ignore[no-untyped-call]


def psnr_db(one: Bytes, other: Bytes) -> float:
    """Likeness of two pictures, dB; one may be grey. 100 where they are the same."""
    if one.ndim == 2:
        one = np.repeat(one[..., None], 3, axis=2)
    if one.shape != other.shape:
        return 0.0
    total = sum(_squares(one, other))
    return float(min(100.0, 10 * np.log10(255**2 * one.size / max(total, 1e-9))))


def _squares(one: Bytes, other: Bytes) -> Iterator[float]:
    """Squared differences, row by row: a map of 8192 by 8192 is large as floats."""
    for row, shown in zip(one, other, strict=True):
        yield float(np.square(row.astype(np.float64) - shown).sum())


def _coding(wish: Wish) -> basis.Coding:
    return basis.Coding(
        uastc=wish.codec == UASTC,
        quality=wish.quality,
        normals=wish.slot == NORMAL,
        linear=wish.slot == OCCLUSION,
    )


def _grey(profile: Profile) -> str:
    """Occlusion varies slowly: the smallest codec shows it as well as any."""
    return ETC1S if profile.is_packed else JPEG


def _halved(px: int, times: int) -> int:
    return max(px >> times, min(px, SMALLEST_PX))


def _plain(picture: Bytes, wish: Wish) -> bytes:
    stream = io.BytesIO()
    image = Image.fromarray(picture).convert("RGB")
    if wish.codec == JPEG:
        # Unlike colours' edges, four values of colour in one look smeared.
        quality = JPEG_QUALITY - 15 * wish.thrift
        image.save(stream, "JPEG", quality=quality, subsampling=0)
    else:
        image.save(stream, "PNG")
    return stream.getvalue()


def _opened(data: bytes) -> Bytes:
    with Image.open(io.BytesIO(data)) as image:
        return np.array(image.convert("RGB"))


def _png(picture: Bytes) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "PNG", compress_level=1)
    return stream.getvalue()
