"""Take a BagIt bag into the archive, if it is valid: all of it, as it came."""

from collections.abc import Callable
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser

from heritage.archive.bag_form import Bag
from heritage.archive.bag_reading import read_bag
from heritage.archive.errors import BagRefused
from heritage.archive.folders import Watched
from heritage.archive.models import Deposit

from .deposit import deposit_files


def deposit_bag(
    folder: Path,
    *,
    by: AbstractBaseUser | None,
    note: str = "",
    inbox_name: str = "",
    key: str = "",
    after: Callable[[], None] = lambda: None,
) -> tuple[Deposit, Bag]:
    """Check every byte of a bag and keep it, tag files and all.

    Raises `BagRefused` with every reason, or what `deposit_files` raises; then nothing
    is kept. The bag that comes back holds warnings and labels.
    """
    bag = read_bag(folder)
    if bag.errors:
        raise BagRefused(
            note or folder.name, [finding.message for finding in bag.errors]
        )
    items = [(name, folder / name) for name in bag.files]
    deposit = deposit_files(
        Watched(items, after),
        by=by,
        note=note,
        limit_bytes=0,
        inbox_name=inbox_name,
        key=key,
    )
    return deposit, bag
