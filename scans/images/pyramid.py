"""Write the pyramid that tiles are cut from: tiled JPEG in TIFF, each level half the last.

JPEG knows no transparency: a picture that shows something through is packed without loss.
No metadata is carried over: what is delivered tells nothing of place or person.
"""

from pathlib import Path

import pyvips

from scans.images.pyramid_file import SMALL_PX, TILE_PX

# Below 90 libvips writes YCbCr: a stored tile is then a JPEG that browsers read as it is.
QUALITY = 88
OPAQUE = 255
BIG_BYTES = 2_000_000_000  # of pixels: beyond it offsets may not fit into 32 bits


def write_pyramid(image: pyvips.Image, path: Path) -> bool:
    """Write an eight-bit picture in grey or colours; tell whether it is see-through.

    Raises pyvips.Error.
    """
    if not image.hasalpha():
        _write(image, path, compression="jpeg", Q=QUALITY)
        return False
    _write(image, path, compression="deflate", predictor="horizontal")
    written = pyvips.Image.tiffload(str(path), page=0)
    colours = written.bands - 1
    if written[colours].min() < OPAQUE:
        return True
    # It only had the band for it. The source may be read but once; this is its equal.
    whole = path.with_suffix(".whole")
    path.rename(whole)
    plain = pyvips.Image.tiffload(str(whole), page=0).extract_band(0, n=colours)
    _write(plain, path, compression="jpeg", Q=QUALITY)
    whole.unlink()
    return False


def _write(image: pyvips.Image, path: Path, **packed: object) -> None:
    tile_px = TILE_PX if max(image.width, image.height) > SMALL_PX else SMALL_PX
    image.tiffsave(
        str(path),
        tile=True,
        tile_width=tile_px,
        tile_height=tile_px,
        pyramid=True,
        bigtiff=image.width * image.height * image.bands > BIG_BYTES,
        keep="none",
        **packed,
    )
