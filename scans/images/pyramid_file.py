"""Read a pyramid of ours: its levels, and stored tiles as JPEG files without decoding.

Standard library only: this is what the web process answers most tile requests with.
Level n shows the picture at 1/2**n; each level's size is that of the one above halved,
rounded down, so a tile of level n covers exactly TILE_PX * 2**n pixels of the picture.
"""

from dataclasses import dataclass
from pathlib import Path

from scans.images.tiff import Directory, NotTiff, TiffFile

TILE_PX = 512
SMALL_PX = 128  # of pictures no larger than that: libvips reads no tile so much larger
MOST_LEVELS = 32
WIDTH, HEIGHT, COMPRESSION, SAMPLES = 256, 257, 259, 277
JPEG = 7
TILE_WIDTH, TILE_OFFSETS, TILE_BYTES, JPEG_TABLES = 322, 324, 325, 347
# An empty JFIF header: it says that three components are YCbCr.
JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"


@dataclass(frozen=True)
class Level:
    """One size of the picture."""

    width: int
    height: int
    offsets: tuple[int, ...]
    counts: tuple[int, ...]
    tables: bytes
    is_jpeg: bool

    @property
    def columns(self) -> int:
        return -(-self.width // TILE_PX)


@dataclass(frozen=True)
class Pyramid:
    """A pyramid on disk, from its largest level to its smallest."""

    path: Path
    levels: tuple[Level, ...]
    bands: int

    def stored_tile(self, level: int, column: int, row: int) -> bytes | None:
        """Give a whole tile as a JPEG file; None where the edge cuts it, or none lies."""
        here = self.levels[level]
        if not here.is_jpeg:
            return None
        if (column + 1) * TILE_PX > here.width or (row + 1) * TILE_PX > here.height:
            return None
        number = row * here.columns + column
        with self.path.open("rb") as file:
            file.seek(here.offsets[number])
            body = file.read(here.counts[number])
        # SOI, our header, the level's tables without SOI and EOI, the tile without SOI.
        return b"\xff\xd8" + JFIF + here.tables[2:-2] + body[2:]


def read_pyramid(path: Path) -> Pyramid:
    """Read the levels; NotTiff or OSError for a file that is not a pyramid of ours."""
    with TiffFile(path) as file:
        pages = list(file.directories(most=MOST_LEVELS))
        sizes = {file.number(page, TILE_WIDTH) for page in pages}
        if not sizes or not sizes <= {TILE_PX, SMALL_PX}:
            raise NotTiff("no pyramid")
        levels = tuple(_level(file, page) for page in pages)
        return Pyramid(path, levels, file.number(pages[0], SAMPLES, 1))


def _level(file: TiffFile, page: Directory) -> Level:
    tables = file.numbers(page, JPEG_TABLES)
    return Level(
        width=file.number(page, WIDTH),
        height=file.number(page, HEIGHT),
        offsets=file.numbers(page, TILE_OFFSETS),
        counts=file.numbers(page, TILE_BYTES),
        tables=bytes(tables),
        is_jpeg=file.number(page, COMPRESSION) == JPEG,
    )
