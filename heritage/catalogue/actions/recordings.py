"""Keep the files of recordings in the archive."""

from typing import BinaryIO

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.models import Deposit, StoredFile
from heritage.catalogue.errors import NotPermitted
from heritage.catalogue.models import RecordingItem
from heritage.catalogue.policy import Person

NOTE_PREFIX = "recording "


def keep_file(
    item: RecordingItem, name: str, file: BinaryIO, *, by: AbstractBaseUser | None
) -> None:
    """Archive a file as it is and make it the item's; one before it stays in the archive.

    What an item for the public holds is for curators. Never call it within a transaction:
    other writers would wait until the last byte is hashed. Raises `NotPermitted`, or an
    `ArchiveError`; then nothing is kept.
    """
    _check(item, by)
    note = (
        f"{NOTE_PREFIX}{item.key}"  # whose it is, should we be killed before it knows
    )
    deposit = deposit_files(
        [(name, file)], kind=Deposit.Kind.ORIGINAL, by=by, note=note
    )
    item.stored_file = attach_deposit(item, deposit, by=by)


def attach_deposit(
    item: RecordingItem, deposit: Deposit, *, by: AbstractBaseUser | None
) -> StoredFile:
    """Make the file of a sealed deposit the item's. Raises `NotPermitted`."""
    with transaction.atomic():
        # Somebody may have opened it to the public while the file came in.
        now = RecordingItem.objects.select_for_update().get(pk=item.pk)
        _check(now, by)
        file: StoredFile = deposit.files.get()
        now.stored_file = file
        now.save(update_fields=["stored_file"])
    return file


def _check(item: RecordingItem, by: AbstractBaseUser | None) -> None:
    person = Person.of(by)
    own = person.curates if item.is_public else person.curates | person.helps
    may = person.is_administrator or item.recording.collection_id in own
    if by is not None and not may:
        raise NotPermitted
