"""Take computed files that nobody names out of the archive again."""

from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from heritage.archive.errors import OriginalsStay
from heritage.archive.events import Type, log_event
from heritage.archive.models import Deposit, StoredFile
from heritage.archive.mounted import check_mounted
from heritage.archive.places import BACKUP, incoming, is_in_use
from heritage.archive.stores import archive, replica

SUFFIX = ".discard"


def discard_derived(deposit: Deposit) -> None:
    """Remove a deposit of computed files; raise `OriginalsStay` for any other.

    A row that still refers to one of its files makes the database refuse. The rows go
    first: bytes without a row do no harm, a row without bytes would. A note says which
    bytes follow, should we be killed in between.
    """
    if deposit.kind != Deposit.Kind.DERIVED:
        raise OriginalsStay(str(deposit))
    _promise(deposit)
    with transaction.atomic():
        deposit.files.all().forget()
        Deposit.objects.filter(pk=deposit.pk).forget()
        log_event(Type.DELETION, deposit, detail={"note": deposit.note})
    _follow(deposit.key, deposit.object_path)


def discard_shown(deposits: QuerySet[Deposit]) -> tuple[int, dict[str, int]]:
    """Remove deposits that were generated for show, originals and all: no accession.

    Within the caller's transaction; the bytes follow once it is committed, and stay if
    it is not. A row that still refers to one of the files makes the database refuse.
    """
    chosen = list(deposits)
    for deposit in chosen:
        _promise(deposit)
        log_event(Type.DELETION, deposit, detail={"note": deposit.note, "demo": True})
    files, counts = StoredFile.objects.filter(deposit__in=chosen).forget()
    rows, more = Deposit.objects.filter(pk__in=[one.pk for one in chosen]).forget()
    for deposit in chosen:
        transaction.on_commit(partial(_follow, deposit.key, deposit.object_path))
    return files + rows, counts | more


def finish_discards() -> int:
    """Remove the bytes whose rows are gone; forget notes whose rows have stayed."""
    check_mounted()
    notes = list(incoming().glob(f"*{SUFFIX}")) if incoming().is_dir() else []
    for note in notes:
        _follow(note.name.removesuffix(SUFFIX), note.read_text())
    return len(notes)


def _promise(deposit: Deposit) -> None:
    """Note which bytes follow the rows, should we be killed in between."""
    incoming().mkdir(parents=True, exist_ok=True)
    note = incoming() / f"{deposit.key}{SUFFIX}"
    note.write_text(deposit.object_path)


def _follow(key: str, object_path: str) -> None:
    if is_in_use(key) or is_in_use(BACKUP):  # which may be about to copy it
        return
    if object_path and not Deposit.objects.filter(key=key).exists():
        archive().remove_object(object_path)
        second = replica()
        if second is not None:
            second.remove_object(object_path)
    (incoming() / f"{key}{SUFFIX}").unlink(missing_ok=True)
