"""Which kind of picture a file is, by its first bytes; names are not believed."""

from dataclasses import dataclass
from pathlib import Path

from scans.images.errors import CameraRaw, UnknownImage
from scans.images.tiff import NotTiff, TiffFile

HEAD_BYTES = 64
DNG_VERSION = 50706
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc"}
# TIFF outside, a maker's secret inside: libtiff would show the thumbnail.
RAW_SUFFIXES = {".nef", ".nrw", ".cr2", ".cr3", ".arw", ".srf", ".sr2", ".orf", ".rw2", ".raf", ".pef", ".3fr", ".iiq", ".erf"}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A kind of file: what we call it, its media type, and who reads it."""

    name: str
    media_type: str
    reader: str  # "vips", "pillow" or "dng"


TIFF = Kind("TIFF", "image/tiff", "vips")
BIG_TIFF = Kind("BigTIFF", "image/tiff", "vips")
DNG = Kind("DNG", "image/x-adobe-dng", "dng")
JPEG = Kind("JPEG", "image/jpeg", "vips")
PNG = Kind("PNG", "image/png", "vips")
WEBP = Kind("WebP", "image/webp", "vips")
AVIF = Kind("AVIF", "image/avif", "pillow")
HEIC = Kind("HEIC", "image/heic", "pillow")
JPEG_2000 = Kind("JPEG 2000", "image/jp2", "pillow")


def kind_of(path: Path) -> Kind:
    """Tell the kind; raise `UnknownImage` or `CameraRaw`."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if path.suffix.lower() in RAW_SUFFIXES or head[8:10] == b"CR":
        raise CameraRaw(path)
    kind = _by_magic(head)
    if kind is None:
        raise UnknownImage(path)
    return DNG if kind in {TIFF, BIG_TIFF} and _is_dng(path) else kind


def _by_magic(head: bytes) -> Kind | None:
    if head[:4] in {b"II*\0", b"MM\0*"}:
        return TIFF
    if head[:4] in {b"II+\0", b"MM\0+"}:
        return BIG_TIFF
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith((b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")):
        return JPEG_2000
    return _by_brand(head) if head[4:8] == b"ftyp" else None


def _by_brand(head: bytes) -> Kind | None:
    """Look at an ISO base media file's brands: AVIF names itself among those of HEIF."""
    length = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, length - 3, 4))}
    if brands & {b"avif", b"avis"}:
        return AVIF
    return HEIC if brands & HEIC_BRANDS else None


def _is_dng(path: Path) -> bool:
    try:
        with TiffFile(path) as file:
            return any(DNG_VERSION in page for page in file.directories(most=1))
    except NotTiff:
        return False  # whoever reads it says what is wrong
