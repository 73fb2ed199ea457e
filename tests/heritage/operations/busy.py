"""What the parties of the backup test do, each in a process of its own."""

import io
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.actions.preserve import preserve_due
from heritage.archive.models import Deposit, PreservedRecord, StoredFile
from heritage.archive.ocfl_check import errors_of
from heritage.archive.places import archive_root
from heritage.catalogue.models import Relic
from tests.heritage.factories import make_collection, make_relic


def write_until(stop: Path) -> int:
    """Keep files, and a record that names the last of them, until told to stop."""
    collection = make_collection()
    count = 0
    while not stop.exists():
        deposit = deposit_files([("a.ply", io.BytesIO(b"%d" % count))], by=None)
        make_relic(collection, name_en=deposit.key)
        preserve_due()
        count += 1
    return count


def back_up(folder: Path) -> None:
    try:
        call_command("backup", str(folder))
    except SystemExit as end:
        assert end.code == 0  # noqa: PT017 - in a process of its own


def give_back(folder: Path) -> None:
    call_command("restore", str(folder))


def count_and_check() -> tuple[int, list[str]]:
    """Count the relics; tell where database and archive do not agree."""
    faults = []
    kept = [*Deposit.objects.filter(state="sealed"), *PreservedRecord.objects.all()]
    for one in kept:
        if one.object_path:
            folder = archive_root() / one.object_path
            faults += [f"{one}: {fault}" for fault in errors_of(folder)]
    named = set(Relic.objects.values_list("name_en", flat=True))
    sealed = Deposit.objects.filter(state="sealed").values_list("key", flat=True)
    faults += [f"{key} is named and not kept" for key in named - set(sealed)]
    faults += [f"{f} is lost" for f in StoredFile.objects.all() if not f.absolute_path().is_file()]  # fmt: skip
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            faults += [row[0] for row in cursor.fetchall() if row[0] != "ok"]
    return Relic.objects.count(), faults
