"""An image as one person is offered it: the pyramid from the largest level they may have.

`KEY` names the image in full size, `KEY~2048` and `KEY~1024` the same image as if it were
no larger. So an address always means the same pixels, whoever asks, and what somebody
may not see cannot be put together from tiles of it.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from heritage.archive.errors import ArchiveError
from heritage.archive.local_copies import local_path
from heritage.archive.models import StoredFile
from heritage.catalogue.models import Record
from heritage.catalogue.policy import STRANGER, Person, allows
from heritage.images.addresses import best_identifier
from heritage.images.models import Image, ImageSet
from heritage.images.rules import SIZE_PX
from scans.images.pyramid_file import Level, Pyramid, read_pyramid
from scans.images.tiff import NotTiff

from .errors import NoSuchImage, RenderingFailed, SizeNotOpen, WithdrawnImage

MOST_READ = 256  # pyramids whose levels are remembered
# What the policy, the pyramid and the headers ask of an image and its relic.
NEEDED = (
    "key", "width", "height", "image_set__tier", "stored_file__path",
    "stored_file__sha512", "stored_file__size_bytes", "image_set__relic__state", "image_set__relic__collection_id",
    "image_set__relic__withdraw_on", "image_set__relic__rights",
    "stored_file__retired_at", "stored_file__erased_by_id",
    "stored_file__deposit__retired_at", "file__stored_file__retired_at",
    "file__stored_file__erased_by_id", "file__stored_file__deposit__retired_at",
)  # fmt: skip
SIZES = {str(px): name for name, px in SIZE_PX.items()}


@dataclass(frozen=True)
class Offered:
    """`first` is the level that counts as full size."""

    image: Image
    identifier: str
    pyramid: Pyramid
    first: int

    @property
    def levels(self) -> tuple[Level, ...]:
        return self.pyramid.levels[self.first :]

    @property
    def size(self) -> tuple[int, int]:
        return self.levels[0].width, self.levels[0].height

    @property
    def is_public(self) -> bool:
        return allows(STRANGER, self.image, _size_name(self.identifier))

    @property
    def is_lasting(self) -> bool:
        """Tell whether caches may keep it: only what no date will take back."""
        relic = self.image.image_set.relic
        return self.is_public and relic.withdraw_on is None


def find_offered(identifier: str, person: Person) -> Offered:
    """Give the image; raise `NoSuchImage`, `WithdrawnImage` or `SizeNotOpen`."""
    key, _, pixels = identifier.partition("~")
    if pixels and pixels not in SIZES:
        raise NoSuchImage
    image = _find(key)
    if image is None:
        raise NoSuchImage
    if not allows(person, image):
        raise WithdrawnImage if _was_public(image) else NoSuchImage
    if not allows(person, image, _size_name(identifier)):
        raise SizeNotOpen(best_identifier(image, person) or "–")
    pyramid = _pyramid(image.stored_file)
    return Offered(image, identifier, pyramid, _first_level(pyramid, pixels))


def _find(key: str) -> Image | None:
    rows = Image.objects.filter(key=key).select_related(
        "stored_file__deposit", "file__stored_file__deposit", "image_set__relic"
    )
    # In no order, and without the rest of the record: else building the query takes
    # longer than all else that a tile needs.
    found: list[Image] = list(rows.order_by().only(*NEEDED))
    return found[0] if found else None


def _size_name(identifier: str) -> str:
    return SIZES.get(identifier.partition("~")[2], "full")


def _was_public(image: Image) -> bool:
    is_withdrawn = image.image_set.relic.state == Record.State.WITHDRAWN
    return is_withdrawn and image.image_set.tier != ImageSet.Tier.STAFF


def _first_level(pyramid: Pyramid, pixels: str) -> int:
    limit = int(pixels or 0)
    if not limit:
        return 0
    fitting = (
        number
        for number, level in enumerate(pyramid.levels)
        if max(level.width, level.height) <= limit
    )
    return next(fitting, len(pyramid.levels) - 1)


@lru_cache(maxsize=MOST_READ)
def _read(path: Path, digest: str) -> Pyramid:
    return read_pyramid(path)


def _pyramid(file: StoredFile) -> Pyramid:
    try:
        return _read(local_path(file), file.sha512)
    except (ArchiveError, OSError, NotTiff) as error:
        raise RenderingFailed from error
