"""Keep the files of recordings in the archive."""

from typing import BinaryIO

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.models import Deposit
from heritage.catalogue.errors import NotPermitted
from heritage.catalogue.models import RecordingItem
from heritage.catalogue.policy import Person


def keep_file(
    item: RecordingItem, name: str, file: BinaryIO, *, by: AbstractBaseUser | None
) -> None:
    """Archive a file as it is and make it the item's; one before it stays in the archive.

    What an item for the public holds is for curators. Never call it within a transaction:
    other writers would wait until the last byte is hashed. Raises `NotPermitted`, or an
    `ArchiveError`; then nothing is kept.
    """
    _check(item, by)
    note = f"recording {item.recording.key}"
    deposit = deposit_files(
        [(name, file)], kind=Deposit.Kind.ORIGINAL, by=by, note=note
    )
    with transaction.atomic():
        # Somebody may have opened it to the public while the file came in.
        now = RecordingItem.objects.select_for_update().get(pk=item.pk)
        _check(now, by)
        item.stored_file = now.stored_file = deposit.files.get()
        now.save(update_fields=["stored_file"])


def _check(item: RecordingItem, by: AbstractBaseUser | None) -> None:
    person = Person.of(by)
    own = person.curates if item.is_public else person.curates | person.helps
    may = person.is_administrator or item.recording.collection_id in own
    if by is not None and not may:
        raise NotPermitted
