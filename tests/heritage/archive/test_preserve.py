"""Records are carried into the archive as JSON, a version for each state of theirs."""

import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from heritage.archive import ocfl
from heritage.archive.actions.deposit import deposit_files
from heritage.archive.actions.preserve import preserve, preserve_due
from heritage.archive.models import PreservedRecord, RecordChange
from heritage.archive.ocfl_check import check_object
from heritage.archive.places import archive_root, staging_folder
from heritage.archive.records import fold_changes
from heritage.captures.models import Capture, CaptureFile
from heritage.catalogue.actions import release, withdraw
from heritage.catalogue.models import Collection, Relic
from tests.heritage.factories import make_relic

pytestmark = pytest.mark.django_db


@pytest.fixture
def relic(collection: Collection) -> Relic:
    return make_relic(collection)


def row_of(relic: Relic) -> PreservedRecord:
    fold_changes()
    return PreservedRecord.objects.get(kind="relic", key=relic.key)


def folder_of(relic: Relic) -> Path:
    return archive_root() / row_of(relic).object_path


def document_of(relic: Relic) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        ocfl.read_file(folder_of(relic), "record.json")
    )
    return document


def preserve_all() -> int:
    return sum(1 for _ in range(5) if preserve_due())


def test_a_new_record_is_preserved_with_its_parts(relic: Relic) -> None:
    preserve_all()
    models = [row["model"] for row in document_of(relic)["rows"]]
    assert models == ["catalogue.relic", "catalogue.relicmaterial"]
    assert not [f for f in check_object(folder_of(relic)) if f.is_error]


def test_files_are_named_by_deposit_and_digest(relic: Relic) -> None:
    capture = Capture.objects.create(relic=relic)
    file = deposit_files([("a.ply", BytesIO(b"ply"))], by=None).files.get()
    CaptureFile.objects.create(capture=capture, stored_file=file)
    preserve_all()
    (told,) = document_of(relic)["files"]
    assert (told["deposit"], told["sha512"]) == (file.deposit.key, file.sha512)
    assert (archive_root() / told["object"] / "v1/content/a.ply").is_file()


def test_release_and_withdrawal_are_versions_at_once(
    relic: Relic, curator: User
) -> None:
    preserve_all()
    release(relic, by=curator)
    preserve_all()
    withdraw(relic, by=curator)
    preserve_all()
    assert row_of(relic).version == 3
    messages = [
        version["message"]
        for version in json.loads((folder_of(relic) / "inventory.json").read_bytes())[
            "versions"
        ].values()
    ]
    assert messages == ["changed", "released", "withdrawn"]


def test_other_changes_wait_a_quarter_of_an_hour(relic: Relic) -> None:
    preserve_all()
    for name in ("鼎甲", "鼎乙"):
        relic.name_zh = name
        relic.save()
        preserve_all()
    assert row_of(relic).version == 1
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        preserve_all()
    assert row_of(relic).version == 2
    assert "鼎乙" in json.dumps(document_of(relic), ensure_ascii=False)


def test_a_part_that_changes_changes_the_record(relic: Relic) -> None:
    preserve_all()
    relic.materials.get().delete()
    assert row_of(relic).changed_at is not None


def test_saving_without_a_change_makes_no_version(relic: Relic) -> None:
    preserve_all()
    PreservedRecord.objects.update(changed_at=timezone.now(), preserved_at=None)
    assert preserve_due() == 0
    assert row_of(relic).changed_at is None


def test_a_record_that_is_deleted_says_so(relic: Relic) -> None:
    preserve_all()
    key, folder = relic.key, folder_of(relic)
    relic.delete()
    PreservedRecord.objects.filter(key=key).update(preserved_at=None)
    preserve_all()
    assert json.loads(ocfl.read_file(folder, "record.json"))["rows"] == []
    assert ocfl.head_of(folder) == 2


def test_sequence_numbers_count_all_versions(collection: Collection) -> None:
    for _ in range(3):
        make_relic(collection)
    preserve_all()
    numbers = sorted(PreservedRecord.objects.values_list("sequence", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert PreservedRecord.objects.filter(kind="relic").count() == 3


@pytest.mark.parametrize("lost", ["inventory.json", "inventory.json.sha512"])
def test_a_version_that_a_kill_left_half_made_is_completed(
    relic: Relic, tmp_path: Path, lost: str
) -> None:
    """As after a kill between the version's rename and the root's inventory."""
    preserve_all()
    folder = folder_of(relic)
    before = {
        name: (folder / name).read_bytes()
        for name in ("inventory.json", "inventory.json.sha512")
    }
    relic.name_zh = "后来"
    relic.save()
    preserve(row_of(relic))
    (folder / lost).write_bytes(before[lost])
    assert [f.code for f in check_object(folder) if f.is_error]
    ocfl.settle(folder, tmp_path)
    assert not [f.code for f in check_object(folder) if f.is_error]
    assert ocfl.head_of(folder) == 2


def test_a_killed_preservation_is_noted_the_next_time(relic: Relic) -> None:
    """As after a kill between the object's version and the database's row."""
    preserve_all()
    before = row_of(relic).sequence
    PreservedRecord.objects.update(
        version=0, sha512="", sequence=0, changed_at=timezone.now(), preserved_at=None
    )
    assert preserve_due() == 0
    assert (row_of(relic).version, row_of(relic).sequence) == (1, before)


def test_what_changes_while_it_is_preserved_stays_due(relic: Relic) -> None:
    row = row_of(relic)
    PreservedRecord.objects.filter(pk=row.pk).update(changed_at=timezone.now())
    with staging_folder("elsewhere"):
        preserve(row)
    relic.save()
    assert row_of(relic).changed_at is not None


def test_changes_noted_are_folded_into_one_and_gone(
    relic: Relic, curator: User
) -> None:
    release(relic, by=curator)
    relic.save()
    fold_changes()
    assert row_of(relic).reason == "released"
    assert not RecordChange.objects.exists()
