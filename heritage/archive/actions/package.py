"""Hand out a deposit or a record as a BagIt bag, with its licence and citation."""

from collections.abc import Iterator

from django.contrib.auth.models import AbstractBaseUser

from heritage.archive import ocfl
from heritage.archive.errors import EmptyPackage
from heritage.archive.events import Type, log_event
from heritage.archive.models import Deposit, PreservedRecord, StoredFile
from heritage.archive.packages import STREAMS, Bag, members_of
from heritage.archive.places import archive_root
from heritage.archive.premis import write_premis
from heritage.archive.rebuilding import RECORD
from heritage.archive.records import describe, files_of, kinds, record_id, rows_of

from .deposit import object_id


def package_deposit(
    deposit: Deposit, *, form: str, by: AbstractBaseUser | None
) -> Iterator[bytes]:
    """Stream a deposit's files as a bag; `form` is `zip` or `tar`."""
    bag = Bag(f"deposit-{deposit.key}", [("External-Identifier", object_id(deposit))])
    files = list(deposit.files.select_related("deposit"))
    for file in files:
        bag.add(file.name, file)
    bag.tag_files["metadata/premis.xml"] = write_premis([deposit], files)
    return _stream(bag, form=form, by=by, subject=deposit)


def package_record(
    row: PreservedRecord, *, form: str, by: AbstractBaseUser | None
) -> Iterator[bytes]:
    """Stream a record as a bag: its JSON, and every file that it names."""
    rows = rows_of(row.kind, row.key) if row.kind in kinds() else []
    if not rows or not row.object_path:
        raise EmptyPackage(str(row))
    told = describe(row.kind, rows[0])
    bag = Bag(f"{row.kind}-{row.key}")
    bag.info = [
        ("External-Identifier", record_id(row.kind, row.key)),
        ("External-Description", told.title),
        ("Licence", told.licence),
        ("Citation", told.citation),
    ]
    files = files_of(rows)
    for file in files:
        bag.add(f"{file.deposit.key}/{file.name}", file)
    # The record itself is payload as well: a record without files is still a package.
    bag.add_bytes(RECORD, ocfl.read_file(archive_root() / row.object_path, RECORD))
    bag.tag_files["metadata/premis.xml"] = write_premis(_subjects(row, files), files)
    bag.tag_files["LICENCE.txt"] = f"{told.licence or '–'}\n".encode()
    bag.tag_files["CITATION.txt"] = f"{told.citation}\n".encode()
    return _stream(bag, form=form, by=by, subject=row)


def _subjects(
    row: PreservedRecord, files: list[StoredFile]
) -> list[Deposit | PreservedRecord]:
    deposits = {file.deposit_id: file.deposit for file in files}
    return [row, *deposits.values()]


def _stream(
    bag: Bag,
    *,
    form: str,
    by: AbstractBaseUser | None,
    subject: Deposit | PreservedRecord,
) -> Iterator[bytes]:
    members = members_of(
        bag
    )  # now, so that what is wrong is said before the first byte
    log_event(Type.PACKAGE, subject, by=by, detail={"files": len(bag.payload)})
    return STREAMS[form](members)
