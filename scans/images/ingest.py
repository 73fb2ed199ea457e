"""Take one picture file apart: what it says, and a pyramid for each of its pages."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyvips

from scans.images.colour import to_delivery
from scans.images.errors import UnreadableImage
from scans.images.kinds import kind_of
from scans.images.metadata import read_metadata
from scans.images.opening import Bounds, Page, open_pages, pillow_page, spoken
from scans.images.pyramid import write_pyramid

SEE_THROUGH = "image-see-through"


@dataclass(frozen=True)
class Made:
    """One page's pyramid: its file in the folder, its size, what was noted."""

    page: int
    file: str
    width: int
    height: int
    notes: tuple[str, ...]


def ingest(path: Path, out: Path, bounds: Bounds) -> dict[str, Any]:
    """Write `page-0000.tif` and so on into `out`; give what was found, fit for JSON.

    Raises a `ScanFileError`; then nothing in `out` is of use.
    """
    kind = kind_of(path)
    out.mkdir(parents=True, exist_ok=True)
    pyvips.cache_set_max(0)
    pages = [_make(path, page, out, bounds) for page in open_pages(path, kind, bounds)]
    metadata = read_metadata(path)
    return {
        "format": kind.name,
        "media_type": kind.media_type,
        "pages": [asdict(page) for page in pages],
        "metadata": metadata.told,
        "private_metadata": metadata.private,
    }


def _make(path: Path, page: Page, out: Path, bounds: Bounds) -> Made:
    try:
        return _write(page, out)
    except pyvips.Error as error:
        refusal = UnreadableImage(path, spoken(error))
        if not page.may_be_odd:
            raise refusal from error
    # Some TIFF layouts (12 bits, four samples as JPEG) only Pillow reads.
    image = pillow_page(path, page.number, bounds, otherwise=refusal)
    try:
        return _write(Page(page.number, image), out)
    except pyvips.Error as error:
        raise refusal from error


def _write(page: Page, out: Path) -> Made:
    name = f"page-{page.number:04d}.tif"
    delivered = to_delivery(page.image)
    is_see_through = write_pyramid(delivered.image, out / name)
    size = delivered.image.width, delivered.image.height
    notes = delivered.notes + (SEE_THROUGH,) * is_see_through
    return Made(page.number, name, *size, notes)
