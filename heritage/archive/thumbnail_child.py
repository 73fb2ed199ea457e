"""Draw a picture that nobody trusts anew and small: a program of its own, with limits.

    thumbnail_child.py SOURCE SIZE_PX MOST_PIXELS [png]

Writes a JPEG to standard output, or a PNG that keeps what is see-through; nothing of the
source but its pixels. Ends with 3 for what is no picture it can draw.
"""

import sys
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

REFUSED = 3
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP")  # none is a program


def main() -> int:
    source, size_px, most_pixels = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    as_png = sys.argv[4:] == ["png"]
    Image.MAX_IMAGE_PIXELS = most_pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(source, formats=FORMATS) as image:
            image.draft("RGB", (2 * size_px, 2 * size_px))
            upright = ImageOps.exif_transpose(image).convert(
                "RGBA" if as_png else "RGB"
            )
            upright.thumbnail((size_px, size_px))
            if as_png:
                # Metadata of the source would be written along with its `info`.
                Image.frombytes("RGBA", upright.size, upright.tobytes()).save(
                    sys.stdout.buffer, "PNG", optimize=True
                )
            else:
                upright.save(sys.stdout.buffer, "JPEG", quality=80)
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
