"""Keep the sound of narrations in the archive."""

from typing import BinaryIO

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.local_copies import local_path
from heritage.archive.models import Deposit
from heritage.catalogue.policy import Person
from heritage.exhibits.errors import NotASound, NotPermitted, TooLongASound
from heritage.exhibits.models import Narration
from heritage.exhibits.sound import Sound, Unsound, read_sound

NOTE_PREFIX = "narration "
# An hour of MP3 at 128 kbit/s; a visitor waits for all of it.
LARGEST_BYTES = 64_000_000


def keep_narration(
    row: Narration, name: str, file: BinaryIO, *, by: AbstractBaseUser | None
) -> None:
    """Archive a sound as it is and make it the narration's; one before it stays.

    Never call it within a transaction: other writers would wait until the last byte is
    hashed. Raises `NotASound`, `TooLongASound`, `NotPermitted` or an `ArchiveError`;
    then nothing is kept.
    """
    _check(row, by)
    sound = check_sound(file, name)
    # Whose it is, should we be killed before the row knows.
    note = f"{NOTE_PREFIX}{row.key}"
    deposit = deposit_files(
        [(name, file)], kind=Deposit.Kind.ORIGINAL, by=by, note=note
    )
    _attach(row, deposit, sound, by=by)


def adopt_narration(row: Narration, deposit: Deposit) -> None:
    """Give it the sound that came in before its process died.

    Raises `NotASound` or `NotPermitted`.
    """
    kept = deposit.files.get()
    with local_path(kept).open("rb") as file:
        sound = check_sound(file, kept.name)
    _attach(row, deposit, sound, by=deposit.created_by)


def check_sound(file: BinaryIO, name: str) -> Sound:
    """Read what it is. Raises `NotASound` or `TooLongASound`."""
    file.seek(0, 2)
    if file.tell() > LARGEST_BYTES:
        raise TooLongASound(LARGEST_BYTES)
    try:
        return read_sound(file, name)
    except Unsound as error:
        raise NotASound(error.code) from error


def _attach(
    row: Narration, deposit: Deposit, sound: Sound, *, by: AbstractBaseUser | None
) -> None:
    with transaction.atomic():
        # Somebody may have released the exhibit while the file came in.
        now = Narration.objects.select_for_update().get(pk=row.pk)
        _check(now, by)
        now.stored_file, now.duration_s = deposit.files.get(), sound.duration_s
        now.save(update_fields=["stored_file", "duration_s"])
    row.stored_file, row.duration_s = now.stored_file, now.duration_s


def _check(row: Narration, by: AbstractBaseUser | None) -> None:
    """What visitors hear is for curators; what is prepared, for all who work here."""
    person, exhibit = Person.of(by), row.exhibit
    own = person.curates if exhibit.is_released else person.curates | person.helps
    may = person.is_administrator or exhibit.collection_id in own
    if by is not None and not may:
        raise NotPermitted
