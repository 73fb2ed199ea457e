"""Draw a small JPEG of a picture that nobody trusts: a program of its own, with limits.

    thumbnail_child.py SOURCE SIZE_PX MOST_PIXELS

Writes the JPEG to standard output; ends with 3 for what is no picture it can draw.
"""

import sys
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

REFUSED = 3


def main() -> int:
    source, size_px, most_pixels = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    Image.MAX_IMAGE_PIXELS = most_pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(source) as image:
            image.draft("RGB", (2 * size_px, 2 * size_px))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((size_px, size_px))
            upright.convert("RGB").save(sys.stdout.buffer, "JPEG", quality=80)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        ValueError,
        SyntaxError,  # what Pillow says of a broken PNG
    ):
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
