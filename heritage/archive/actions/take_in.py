"""Take in what lies in the watched folder: once it is whole, each thing once.

A thing is taken when two looks have found it unchanged. It is deposited first, given to
the record that its name means or left in the inbox, and moved aside last: a kill between
any two of these is made good at the next look, for the deposit's key was written down
before the first byte.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from django.db.models import QuerySet
from django.utils import timezone

from heritage.archive.destinations import Target, destination
from heritage.archive.drop import (
    Seen,
    children,
    drop_folder,
    gather,
    look_at,
    loose_sets,
    move_aside,
)
from heritage.archive.errors import (
    ArchiveError,
    NoSpace,
    StillChanging,
    StoreAbsent,
    UnreadableFile,
)
from heritage.archive.models import Deposit, DropItem
from heritage.archive.names import printable, readable, safe_name
from heritage.archive.places import is_in_use, staging_folder
from heritage.lib.keys import new_key

from .hand_in import assign, hand_in

STILL_FOR = timedelta(seconds=20)
LOCK = "drop-folder"
State = DropItem.State
log = logging.getLogger(__name__)


def take_in() -> int:
    """Look at everything in the watched folder; tell how much was taken in."""
    folder = drop_folder()
    if folder is None or is_in_use(LOCK):
        return 0
    with staging_folder(LOCK):
        paths = list(children(folder))
        sets = loose_sets(paths)
        count = sum(_look(path, sets.get(path, ())) for path in paths)
        return count + _settle_vanished([_name(path) for path in paths])


def _look(path: Path, together: Sequence[Path]) -> int:
    """Look at one thing; `together` are the loose files that belong with it."""
    item, _made = _open_items().get_or_create(name=_name(path))
    try:
        safe_name(path.name)
        seen = look_at(path)
    except ArchiveError as error:
        return _refuse(item, str(error))
    except OSError as error:  # it is being moved or removed under our eyes
        log.info("%s: %s", path.name, error)
        return 0
    if seen.fingerprint != item.fingerprint:
        return _changed(item, seen)
    if item.state == State.REFUSED or seen.is_partial or not seen.files:
        return 0
    now = timezone.now()
    if item.still_since is None or item.still_since > now:  # the clock was put back
        _save(item, still_since=now)
    elif now - item.still_since >= STILL_FOR:
        if not together:
            return _take(item, path, seen)
        _lay_together(together)
    return 0


def _lay_together(files: Sequence[Path]) -> None:
    """Have loose files be one thing from now on, unless something is in the way yet."""
    try:
        if all(_is_still(one) for one in files):
            gather(files)
    except (ArchiveError, OSError) as error:
        log.warning("%s and what belongs to it wait: %s", files[0].name, error)


def _is_still(path: Path) -> bool:
    """Tell whether a file has lain unchanged for long enough, by the looks before."""
    since = timezone.now() - STILL_FOR
    items = _open_items().filter(name=_name(path), still_since__lte=since)
    return any(
        item.fingerprint == look_at(path).fingerprint and item.state == State.SETTLING
        for item in items
    )


def _name(path: Path) -> str:
    return printable(path.name)[:255]


def _changed(item: DropItem, seen: Seen) -> int:
    """Begin to wait anew. What was deposited of it before is not all of it now."""
    _save(
        item,
        fingerprint=seen.fingerprint,
        still_since=timezone.now(),
        state=State.SETTLING,
        files=seen.files,
        size_bytes=seen.size_bytes,
        refusal="",
        deposit_key=new_key(),
    )
    return 0


def _take(item: DropItem, path: Path, seen: Seen) -> int:
    found = destination().match(readable(path.name if path.is_dir() else path.stem))
    target = found[0] if len(found) == 1 else None
    try:
        deposit = _deposit(item, path, seen)
        if deposit is None:
            return 0  # its deposit is in somebody's hands
        if target is not None and deposit.inbox_name:
            assign(deposit, target, by=None)
    except StillChanging:
        _save(item, state=State.SETTLING, still_since=timezone.now())
        return 0
    except StoreAbsent:
        raise
    except NoSpace as error:  # time may cure it: looked at again, as if it were new
        log.warning("%s waits: %s", item.name, error)
        _save(item, state=State.SETTLING, still_since=timezone.now())
        return 0
    except ArchiveError as error:
        return _refuse(item, str(error))
    except PermissionError:
        return _refuse(item, str(UnreadableFile(printable(path.name))))
    moved = move_aside(path)
    if look_at(moved).fingerprint != seen.fingerprint:
        moved.rename(path)  # something was added in the last moment: all of it anew
        return 0
    return _done(item, target)


def _deposit(item: DropItem, path: Path, seen: Seen) -> Deposit | None:
    """Give the deposit that was made of the thing, or make it."""
    known: Deposit | None = Deposit.objects.filter(key=item.deposit_key).first()
    if known is not None and known.state == Deposit.State.SEALED:
        return known
    if known is not None and known.state == Deposit.State.RECEIVING:
        return None
    _save(
        item, state=State.TAKING, deposit_key=new_key() if known else item.deposit_key
    )

    def after() -> None:
        if look_at(path) != seen:
            raise StillChanging(path.name)

    return hand_in([path], None, by=None, key=item.deposit_key, after=after)


def _settle_vanished(present: list[str]) -> int:
    """Conclude what a killed process had moved aside; forget what people took back."""
    count = 0
    for item in _open_items().exclude(name__in=present):
        kept = Deposit.objects.filter(key=item.deposit_key, state=Deposit.State.SEALED)
        if item.state == State.TAKING and kept.exists():
            count += _done(item, None)
        else:
            item.delete()
    return count


def _done(item: DropItem, target: Target | None) -> int:
    given = target.title if target else ""
    _save(item, state=State.TAKEN, taken_at=timezone.now(), given_to=given[:300])
    return 1


def _refuse(item: DropItem, sentence: str) -> int:
    if item.refusal != sentence[:1000]:
        log.warning("%s was not taken in: %s", item.name, sentence)
        _save(item, state=State.REFUSED, refusal=sentence[:1000])
    return 0


def _open_items() -> QuerySet[DropItem]:
    return DropItem.objects.exclude(state=State.TAKEN)


def _save(item: DropItem, **values: object) -> None:
    for name, value in values.items():
        setattr(item, name, value)
    item.save(update_fields=list(values))
