"""Open a picture file as libvips images, page by page, upright, whatever its kind.

Streaming kinds (TIFF, JPEG, PNG, WebP) pass through libvips a few lines at a time; the
others are decoded whole by Pillow, and so is a TIFF with a layout that libvips refuses.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyvips
from pi_heif import register_heif_opener
from PIL import Image, ImageOps, UnidentifiedImageError

from scans.images import kinds
from scans.images.errors import (
    NoPreview,
    OversizedImage,
    TooManyPages,
    UnknownImage,
    UnreadableImage,
)
from scans.images.kinds import Kind
from scans.images.tiff import Directory, NotTiff, TiffFile

PIXELS_WHOLE = 100_000_000  # of a picture that has to lie in memory as a whole
REDUCED = 1  # NewSubfileType: a smaller copy of another page
NEW_SUBFILE_TYPE, COMPRESSION, STRIP_OFFSETS, STRIP_BYTES = 254, 259, 273, 279
JPEGS = {6, 7}
# Whatever Pillow's plugins raise for a broken file.
BROKEN = (OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, EOFError, OverflowError, Image.DecompressionBombError, RuntimeError, AttributeError)  # fmt: skip
register_heif_opener()


@dataclass(frozen=True)
class Bounds:
    """How much is read at all."""

    pixels: int
    pages: int


@dataclass(frozen=True)
class Page:
    """One picture of a file, upright."""

    number: int
    image: pyvips.Image
    may_be_odd: bool = False  # worth another try with Pillow if its pixels fail


def open_pages(path: Path, kind: Kind, bounds: Bounds) -> Iterator[Page]:
    """Give the pages one after the other; smaller copies of others are left out.

    Raises `UnreadableImage`, `OversizedImage`, `TooManyPages` or `NoPreview`.
    """
    if kind.reader == "pillow":
        yield from _pillow_pages(path, bounds)
    elif kind.reader == "dng":
        yield Page(0, _checked(path, _dng_preview(path), bounds))
    elif kind in {kinds.TIFF, kinds.BIG_TIFF}:
        yield from _tiff_pages(path, bounds)
    else:
        load = {
            kinds.JPEG: pyvips.Image.jpegload,
            kinds.PNG: pyvips.Image.pngload,
            kinds.WEBP: pyvips.Image.webpload,
        }[kind]
        yield Page(0, _open(path, lambda **how: load(str(path), **how), bounds))


def spoken(error: Exception) -> str:
    """Give the first line of what a library says, without its own names for things."""
    if isinstance(error, pyvips.Error):
        lines = [one.strip() for one in str(error.detail).splitlines() if one.strip()]
        text = lines[0] if lines else "libvips gave no reason"
        head, colon, tail = text.partition(": ")
        text = tail if colon and " " not in head else text
    else:
        text = (str(error).splitlines() or [type(error).__name__])[0]
    return text.strip(" .")[:200] or type(error).__name__


def _open(
    path: Path, load: Callable[..., pyvips.Image], bounds: Bounds
) -> pyvips.Image:
    """Open for one pass from top to bottom; a turned picture is read at random."""
    how = {"access": "sequential", "fail_on": "error"}
    try:
        image = load(**how)
        _check_pixels(path, image.width, image.height, bounds.pixels)
        if image.get_typeof("orientation") and image.get("orientation") > 1:
            image = load(**how | {"access": "random"}).autorot()
    except pyvips.Error as error:
        raise UnreadableImage(path, spoken(error)) from error
    return image


def _tiff_pages(path: Path, bounds: Bounds) -> Iterator[Page]:
    for number in _page_numbers(path, bounds):

        def load(number: int = number, **how: str) -> pyvips.Image:
            return pyvips.Image.tiffload(str(path), page=number, **how)

        try:
            image = _open(path, load, bounds)
        except UnreadableImage as refusal:
            image = pillow_page(path, number, bounds, otherwise=refusal)
        yield Page(number, image, may_be_odd=True)


def _page_numbers(path: Path, bounds: Bounds) -> list[int]:
    try:
        with TiffFile(path) as file:
            pages = list(file.directories(most=bounds.pages + 1))
            if len(pages) > bounds.pages:
                raise TooManyPages(path, pages=len(pages), limit=bounds.pages)
            whole = [n for n, page in enumerate(pages) if not _is_reduced(file, page)]
    except NotTiff as error:
        raise UnreadableImage(path, str(error)) from error
    if not pages:
        raise UnreadableImage(path, "it holds no page")
    return whole or [0]


def _is_reduced(file: TiffFile, page: Directory) -> bool:
    return bool(file.number(page, NEW_SUBFILE_TYPE) & REDUCED)


def _dng_preview(path: Path) -> pyvips.Image:
    """Give the largest preview that the camera or converter put into the file."""
    found: list[tuple[int, bytes]] = []
    try:
        with TiffFile(path) as file:
            for page in file.directories(most=8):
                for one in (page, *file.below(page)):
                    jpeg = _jpeg_strip(file, one)
                    if jpeg:
                        found.append((len(jpeg), jpeg))
    except NotTiff as error:
        raise UnreadableImage(path, str(error)) from error
    for _size, jpeg in sorted(found, reverse=True):
        try:
            return pyvips.Image.jpegload_buffer(jpeg, fail_on="error").autorot()
        except pyvips.Error:
            continue  # a lossless JPEG of sensor data, which libjpeg does not read
    return _rgb_preview(path)


def _jpeg_strip(file: TiffFile, page: Directory) -> bytes:
    offsets = file.numbers(page, STRIP_OFFSETS)
    if file.number(page, COMPRESSION) not in JPEGS or len(offsets) != 1:
        return b""
    return file.bytes_at(offsets[0], file.number(page, STRIP_BYTES))


def _rgb_preview(path: Path) -> pyvips.Image:
    """Without a JPEG the first page is the preview, if it holds colours at all."""
    try:
        image = pyvips.Image.tiffload(str(path), fail_on="error")
    except pyvips.Error as error:
        raise NoPreview(path) from error
    if image.bands < 3:
        raise NoPreview(path)
    return image.autorot()


def _checked(path: Path, image: pyvips.Image, bounds: Bounds) -> pyvips.Image:
    _check_pixels(path, image.width, image.height, bounds.pixels)
    return image


def _pillow_pages(path: Path, bounds: Bounds) -> Iterator[Page]:
    yield Page(0, pillow_page(path, 0, bounds, otherwise=None))


def pillow_page(
    path: Path, number: int, bounds: Bounds, *, otherwise: UnreadableImage | None
) -> pyvips.Image:
    """Decode one page whole; raise `otherwise`, if given, where Pillow fails as well."""
    try:
        with warnings.catch_warnings(), Image.open(path) as file:
            warnings.simplefilter("ignore")  # of tags that are a little wrong
            _check_pixels(path, *file.size, min(bounds.pixels, PIXELS_WHOLE))
            file.seek(number)
            file.load()
            return _to_vips(ImageOps.exif_transpose(file))
    except UnidentifiedImageError as error:
        raise otherwise or UnknownImage(path) from error
    except (*BROKEN, pyvips.Error) as error:
        raise otherwise or UnreadableImage(path, spoken(error)) from error


def _to_vips(picture: Image.Image) -> pyvips.Image:
    """Hand a decoded picture over, with its depth and its colour profile."""
    wide = {"I;16": "ushort", "I;16B": "ushort", "I": "int", "F": "float"}
    profile = picture.info.get("icc_profile")
    form = wide.get(picture.mode, "uchar")
    if picture.mode == "I;16B":
        picture = picture.convert("I;16")
    elif form == "uchar" and picture.mode not in {"L", "RGB", "RGBA", "CMYK", "LA"}:
        picture = picture.convert("RGBA" if _is_see_through(picture) else "RGB")
    bands = len(picture.getbands())
    image = pyvips.Image.new_from_memory(
        picture.tobytes(), picture.width, picture.height, bands, form
    )
    space = {"CMYK": "cmyk", "RGB": "srgb", "RGBA": "srgb"}.get(picture.mode, "b-w")
    image = image.copy(interpretation="grey16" if form == "ushort" else space)
    if profile:
        image = image.copy()
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    return image


def _is_see_through(picture: Image.Image) -> bool:
    # The last band of these modes is transparency, written small where multiplied in.
    return picture.mode[-1] in "Aa" or "transparency" in picture.info


def _check_pixels(path: Path, width: int, height: int, limit: int) -> None:
    if width * height > limit:
        raise OversizedImage(path, width=width, height=height, limit_pixels=limit)
