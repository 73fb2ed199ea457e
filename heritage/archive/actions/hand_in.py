"""Hand in a folder: keep its bytes first, then give them to a record, or to the inbox."""

from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser

from heritage.archive.bag_reading import is_bag
from heritage.archive.destinations import Target, destination
from heritage.archive.errors import NotInInbox
from heritage.archive.folders import list_items
from heritage.archive.models import Deposit

from .accept_bag import deposit_bag
from .deposit import deposit_files


def hand_in(
    path: Path, target: Target | None, *, by: AbstractBaseUser | None
) -> Deposit:
    """Deposit a folder, a file or a bag; without a target it waits in the inbox.

    No limit of size holds here: whoever can run this has the disk at hand. Killed after
    the bytes are kept, the deposit is found in the inbox.
    """
    note = path.name[:200]
    if path.is_dir() and is_bag(path):
        deposit, _bag = deposit_bag(path, by=by, note=note, inbox_name=note)
    else:
        deposit = deposit_files(
            list_items(path), by=by, note=note, limit_bytes=0, inbox_name=note
        )
    if target is not None:
        assign(deposit, target, by=by)
    return deposit


def assign(deposit: Deposit, target: Target, *, by: AbstractBaseUser | None) -> None:
    """Give a deposit of the inbox to a record. Raises `NotInInbox`."""
    if not Deposit.objects.filter(pk=deposit.pk).exclude(inbox_name="").exists():
        raise NotInInbox(deposit.key)
    destination().attach(target, deposit, by=by)
    Deposit.objects.filter(pk=deposit.pk).update(inbox_name="")
    deposit.inbox_name = ""
