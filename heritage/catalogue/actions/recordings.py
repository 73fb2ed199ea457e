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

    Raises `NotPermitted`, or an `ArchiveError`; then nothing is kept.
    """
    person, collection = Person.of(by), item.recording.collection_id
    works = collection in person.curates | person.helps
    if by is not None and not (person.is_administrator or works):
        raise NotPermitted
    note = f"recording {item.recording.key}"
    deposit = deposit_files(
        [(name, file)], kind=Deposit.Kind.ORIGINAL, by=by, note=note
    )
    with transaction.atomic():
        item.stored_file = deposit.files.get()
        item.save(update_fields=["stored_file"])
