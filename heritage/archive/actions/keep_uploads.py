"""Make the uploads of one desk one deposit: all of them, whole, or none."""

from collections.abc import Iterator

from heritage.archive.arrived import Arrived, ChangedSince, Part
from heritage.archive.errors import EmptyDeposit
from heritage.archive.models import Deposit, Upload, UploadChunk
from heritage.archive.upload_models import UploadQuery
from heritage.archive.uploads.desk import Desk, end_uploads
from heritage.archive.uploads.errors import NotAllHere, UploadDamaged
from heritage.archive.uploads.places import bytes_path
from heritage.archive.uploads.receiving import expires_from_now
from heritage.lib.keys import new_key

from .deposit import Item, deposit_files, finish_interrupted

State = Deposit.State


def keep_uploads(desk: Desk, *, note: str = "") -> list[Deposit]:
    """Accept what has arrived as one deposit, after reading every byte of it once.

    Asked again after a kill it finds the deposit that was made already: then there may
    be two, the earlier and that of what has come since. Raises `NotAllHere`,
    `BeingKept`, `UploadDamaged` and what `deposit_files` raises; then the uploads stay.
    """
    with desk.locked():
        deposits = _settle_earlier(desk)
        uploads = desk.uploads()
        if not deposits and not uploads.exists():
            raise EmptyDeposit
        if waiting := uploads.unfinished().count():
            raise NotAllHere(waiting)
        if uploads.exists():
            deposits.append(_deposit(desk, note))
        return deposits


def _settle_earlier(desk: Desk) -> list[Deposit]:
    """End the uploads that a process kept before it was killed; give their deposits."""
    begun = desk.uploads().exclude(deposit_key="")
    keys = set(begun.values_list("deposit_key", flat=True))
    if Deposit.objects.filter(key__in=keys, state=State.RECEIVING).exists():
        finish_interrupted()
    done = list(Deposit.objects.filter(key__in=keys, state=State.SEALED))
    kept = begun.filter(deposit_key__in=[deposit.key for deposit in done])
    end_uploads(kept, Upload.State.KEPT)
    return done


def _deposit(desk: Desk, note: str) -> Deposit:
    key = new_key()
    # They do not expire meanwhile, and whoever comes after a kill finds the deposit.
    desk.uploads().complete().update(deposit_key=key, expires_at=expires_from_now())
    rows = desk.uploads().filter(deposit_key=key)
    try:
        deposit = deposit_files(_items(rows), by=desk.person, note=note, key=key)
    except ChangedSince as changed:
        raise UploadDamaged(rows.get(key=changed.path.name).name) from changed
    end_uploads(rows, Upload.State.KEPT)
    return deposit


def _items(rows: UploadQuery) -> Iterator[Item]:
    for row in rows:
        chunks = UploadChunk.objects.filter(upload=row).order_by("start")
        parts = [Part(one.size_bytes, one.algorithm, one.digest) for one in chunks]
        yield row.original_name or row.name, Arrived(bytes_path(row.key), parts)
