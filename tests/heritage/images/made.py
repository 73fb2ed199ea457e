"""Image sets for tests, read in by the real engine."""

import io
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pyvips
from PIL import Image as Picture

from heritage.archive.actions.deposit import Item, deposit_files
from heritage.archive.models import Deposit
from heritage.catalogue.models import Relic
from heritage.images.actions.files import add_images
from heritage.images.models import Image, ImageFile, ImageSet
from heritage.images.reading import read_file
from scans.images.pyramid import write_pyramid


@cache
def gradient(width: int, height: int) -> bytes:
    """A picture of which every part differs: red grows to the right, green downwards."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, width)[None, :]
    pixels[..., 1] = np.linspace(0, 255, height)[:, None]
    out = io.BytesIO()
    Picture.fromarray(pixels).save(out, "PNG", compress_level=1)
    return out.getvalue()


def place_image(relic: Relic, content: bytes, **values: object) -> Image:
    """Put one image into a set of its own, its pyramid made in this process."""
    image_set = ImageSet.objects.create(relic=relic, **{"tier": "full"} | values)
    (file,) = add_images(image_set, [("a.png", io.BytesIO(content))], by=None)
    pyramid, width, height = pyramid_of(content)
    derived = [("page-0000.tif", io.BytesIO(pyramid))]
    kept = deposit_files(derived, kind=Deposit.Kind.DERIVED, by=None)
    ImageFile.objects.filter(pk=file.pk).update(state="ready", pyramids=kept)
    made: Image = Image.objects.create(
        image_set=image_set,
        file=file,
        stored_file=kept.files.get(),
        width=width,
        height=height,
    )
    return made


@cache
def pyramid_of(content: bytes) -> tuple[bytes, int, int]:
    """Give a pyramid's bytes, and the picture's width and height."""
    picture = pyvips.Image.new_from_buffer(content, "")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page-0000.tif"
        write_pyramid(picture, path)
        return path.read_bytes(), picture.width, picture.height


def make_images(
    relic: Relic, *items: tuple[str, bytes | Path], **values: object
) -> list[Image]:
    """Make a set of these files and have them read."""
    image_set = ImageSet.objects.create(relic=relic, **{"tier": "full"} | values)
    given: list[Item] = [
        (name, source if isinstance(source, Path) else io.BytesIO(source))
        for name, source in items
    ]
    for file in add_images(image_set, given, by=None):
        read_file(file.key)
    refused = ImageFile.objects.filter(image_set=image_set, state="refused")
    assert not refused.exists(), list(refused.values_list("error_code", "error_facts"))
    return list(image_set.images.all())
