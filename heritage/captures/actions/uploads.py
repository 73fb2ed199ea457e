"""Uploads for a capture: who may send them, and how they become its files."""

from collections.abc import Sequence

from django.contrib.auth.models import AbstractBaseUser

from heritage.archive.actions.keep_uploads import keep_uploads
from heritage.archive.errors import EmptyDeposit
from heritage.archive.local_copies import local_path
from heritage.archive.set_report import SetReport
from heritage.archive.uploads.desk import Desk
from heritage.archive.uploads.errors import NotAllHere
from heritage.archive.uploads.places import bytes_path
from heritage.captures.models import Capture, CaptureFile
from heritage.captures.permission import check_member
from heritage.captures.set_check import Looked, SetFile, look_at_set
from heritage.captures.usable import companions
from heritage.catalogue.policy import Person

from .files import attach_deposit, deposit_note


def open_desk(
    capture: Capture, *, by: AbstractBaseUser, person: Person | None = None
) -> Desk:
    """Give the desk at which a person sends files for this capture.

    Raises `NotPermitted` for whom `add_files` would refuse.
    """
    check_member(capture, by, person=person)
    return Desk(person=by, target_kind=Capture.kind, target_key=capture.key)


def look_at_uploads(capture: Capture, *, by: AbstractBaseUser) -> Looked:
    """Look at what has arrived, before it is kept. Raises `NotAllHere`, `EmptyDeposit`."""
    uploads = open_desk(capture, by=by).uploads()
    if waiting := uploads.unfinished().count():
        raise NotAllHere(waiting)
    files = [SetFile(one.name, bytes_path(one.key), one.size_bytes) for one in uploads]
    if not files:
        raise EmptyDeposit
    near = {
        name: local_path(file.stored_file)
        for name, file in companions(capture, taken=())
    }
    return look_at_set(files, unit=capture.unit, beside=near)


def add_uploads(
    capture: Capture, *, by: AbstractBaseUser, despite_errors: bool = False
) -> tuple[SetReport, Sequence[CaptureFile]]:
    """Look at what has arrived and archive it as one deposit; give report and files.

    An error in the report stops the set, unless a person wants the bytes kept as they
    are: then no file comes back. Raises `NotPermitted` or an `ArchiveError`; then the
    uploads stay as they are.
    """
    looked = look_at_uploads(capture, by=by)
    report = looked.report()
    if report.stops and not despite_errors:
        return report, []
    deposits = keep_uploads(open_desk(capture, by=by), note=deposit_note(capture))
    rows = CaptureFile.objects.filter(capture=capture)
    for deposit in deposits:
        # After a kill the tick may have been faster.
        if not rows.filter(stored_file__deposit=deposit).exists():
            attach_deposit(capture, deposit, seen=looked.inspections)
    return report, list(rows.filter(stored_file__deposit__in=deposits))
