"""Write the pyramid that tiles are cut from: tiled JPEG in TIFF, each level half the last.

No metadata is carried over: what is delivered tells nothing of place or person.
"""

from pathlib import Path

import pyvips

from scans.images.pyramid_file import TILE_PX

# Below 90 libvips writes YCbCr: a stored tile is then a JPEG that browsers read as it is.
QUALITY = 88
BIG_BYTES = 2_000_000_000  # of pixels: beyond it offsets may not fit into 32 bits


def write_pyramid(image: pyvips.Image, path: Path) -> None:
    """Write an eight-bit picture of one or three bands; raise pyvips.Error."""
    image.tiffsave(
        str(path),
        compression="jpeg",
        Q=QUALITY,
        tile=True,
        tile_width=TILE_PX,
        tile_height=TILE_PX,
        pyramid=True,
        bigtiff=image.width * image.height * image.bands > BIG_BYTES,
        keep="none",
    )
