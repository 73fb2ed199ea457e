"""Hand out a deposit or a record as a BagIt bag, with its licence and citation."""

import io
from collections.abc import Iterator

from django.contrib.auth.models import AbstractBaseUser

from heritage.archive import ocfl
from heritage.archive.errors import EmptyPackage
from heritage.archive.events import Type, log_event
from heritage.archive.models import Deposit, PreservedRecord, StoredFile
from heritage.archive.packages import STREAMS, WRITERS, Bag, Member, members_of
from heritage.archive.premis import write_premis
from heritage.archive.rebuilding import RECORD
from heritage.archive.records import describe, files_of, kinds, record_id, rows_of
from heritage.archive.stores import archive

from .deposit import object_id


def package_deposit(
    deposit: Deposit, *, form: str, by: AbstractBaseUser | None
) -> Iterator[bytes]:
    """Stream a deposit's files as a bag; `form` is `zip` or `tar`."""
    return STREAMS[form](_members(deposit, by=by))


def package_record(
    row: PreservedRecord, *, form: str, by: AbstractBaseUser | None
) -> Iterator[bytes]:
    """Stream a record as a bag: its JSON, and every file that it names."""
    return STREAMS[form](_members(row, by=by))


def write_package(
    kept: Deposit | PreservedRecord,
    out: io.FileIO,
    *,
    form: str,
    by: AbstractBaseUser | None,
) -> None:
    """Write the same bag into a file, faster than it could be streamed."""
    WRITERS[form](_members(kept, by=by), out)


def _members(
    kept: Deposit | PreservedRecord, *, by: AbstractBaseUser | None
) -> list[Member]:
    bag = _bag_of_deposit(kept) if isinstance(kept, Deposit) else _bag_of_record(kept)
    # Now, so that what is wrong is said before the first byte.
    members = members_of(bag)
    log_event(Type.PACKAGE, kept, by=by, detail={"files": len(bag.payload)})
    return members


def _bag_of_deposit(deposit: Deposit) -> Bag:
    bag = Bag(f"deposit-{deposit.key}", [("External-Identifier", object_id(deposit))])
    files = list(deposit.files.select_related("deposit"))
    for file in files:
        bag.add(file.name, file)
    bag.tag_files["metadata/premis.xml"] = write_premis([deposit], files)
    return bag


def _bag_of_record(row: PreservedRecord) -> Bag:
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
    bag.add_bytes(RECORD, ocfl.read_file(archive().place(row.object_path), RECORD))
    bag.tag_files["metadata/premis.xml"] = write_premis(_subjects(row, files), files)
    bag.tag_files["LICENCE.txt"] = f"{told.licence or '–'}\n".encode()
    bag.tag_files["CITATION.txt"] = f"{told.citation}\n".encode()
    return bag


def _subjects(
    row: PreservedRecord, files: list[StoredFile]
) -> list[Deposit | PreservedRecord]:
    deposits = {file.deposit_id: file.deposit for file in files}
    return [row, *deposits.values()]
