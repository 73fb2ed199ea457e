"""Damage is found, put aside, put right from the replica where there is one, and told."""

import io
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from heritage.archive import due
from heritage.archive.actions.check import (
    Report,
    ask_for,
    check_kept,
    fill_replica,
    sweep,
)
from heritage.archive.actions.deposit import deposit_files
from heritage.archive.actions.preserve import preserve_due
from heritage.archive.errors import StoreAbsent
from heritage.archive.models import (
    Deposit,
    PreservationEvent,
    PreservedRecord,
    StoredFile,
)
from heritage.archive.ocfl_check import check_object
from heritage.archive.pace import Paced
from heritage.archive.serve import serve_file
from heritage.captures.models import Capture, CaptureFile
from heritage.catalogue.models import Collection
from tests.heritage.archive.local import archive, replica
from tests.heritage.factories import make_relic

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(settings: Any, tmp_path: Path) -> Path:
    """A replica."""
    settings.REPLICA_ROOT = str(tmp_path / "replica")
    return tmp_path / "replica"


@pytest.fixture
def deposit() -> Deposit:
    return deposit_files(
        [("a.ply", io.BytesIO(b"first")), ("b.ply", io.BytesIO(b"second"))], by=None
    )


def run(steps: Iterator[None]) -> None:
    for _step in steps:
        pass


def flip(path: Path) -> None:
    """Turn one bit of a file over."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x01
    path.write_bytes(data)


def swept() -> Report:
    report = Report()
    run(sweep(report))
    return report


def path_of(deposit: Deposit, name: str) -> Path:
    return deposit.files.get(name=name).absolute_path()


def types(key: str) -> set[str]:
    events = PreservationEvent.objects.filter(subject_key=key)
    return set(events.values_list("type", flat=True))


def test_what_is_well_is_said_to_be(deposit: Deposit) -> None:
    looked = check_kept(deposit)
    assert [c.result for c in looked.files] == ["intact", "intact"]
    deposit.refresh_from_db()
    assert deposit.condition == "intact"
    event = PreservationEvent.objects.filter(type="fixity check").get()
    assert (event.subject_key, event.outcome) == (deposit.key, "success")


def test_a_flipped_bit_without_a_replica(deposit: Deposit) -> None:
    damaged = path_of(deposit, "a.ply")
    flip(damaged)
    bytes_of_damaged = damaged.read_bytes()
    looked = check_kept(deposit)
    assert [c.result for c in looked.faults] == ["damaged"]
    file = deposit.files.get(name="a.ply")
    assert file.condition == "damaged"
    assert not damaged.exists()
    (aside,) = (p for p in archive().quarantine.rglob("a.ply"))
    assert aside.read_bytes() == bytes_of_damaged
    assert types(file.key) == {"fixity check", "quarantine"}
    response = serve_file(RequestFactory().get("/"), file, immutable=True)
    assert response.status_code == 503


def test_a_flipped_bit_is_restored_from_the_replica(
    deposit: Deposit, second: Path
) -> None:
    run(fill_replica())
    flip(path_of(deposit, "a.ply"))
    looked = check_kept(deposit)
    assert [c.result for c in looked.faults] == ["repaired"]
    assert path_of(deposit, "a.ply").read_bytes() == b"first"
    file = deposit.files.get(name="a.ply")
    assert file.condition == "intact"
    assert types(file.key) == {"fixity check", "quarantine", "repair"}
    assert check_kept(deposit).faults == []


def test_a_missing_file_is_restored(deposit: Deposit, second: Path) -> None:
    run(fill_replica())
    path_of(deposit, "b.ply").unlink()
    assert [c.result for c in check_kept(deposit).faults] == ["repaired"]
    assert path_of(deposit, "b.ply").read_bytes() == b"second"


def test_a_whole_object_is_restored(deposit: Deposit, second: Path) -> None:
    run(fill_replica())
    shutil.rmtree(archive().root / deposit.object_path)
    assert [c.result for c in check_kept(deposit).faults] == ["repaired"]
    assert check_object(archive().root / deposit.object_path) == []


def test_a_missing_object_without_a_replica(deposit: Deposit) -> None:
    shutil.rmtree(archive().root / deposit.object_path)
    assert [c.result for c in check_kept(deposit).faults] == ["missing"]
    assert set(deposit.files.values_list("condition", flat=True)) == {"missing"}
    deposit.refresh_from_db()
    assert deposit.condition == "missing"


def test_a_file_that_cannot_be_read(deposit: Deposit) -> None:
    """A folder in its place: reading it fails as a dying disk does, for root as well."""
    path = path_of(deposit, "a.ply")
    path.unlink()
    path.mkdir()
    assert "unreadable" in [c.result for c in check_kept(deposit).faults]


@pytest.mark.parametrize("name", ["inventory.json", "v1/inventory.json.sha512"])
def test_a_flipped_bit_in_an_inventory_is_mended_from_its_copy(
    deposit: Deposit, name: str
) -> None:
    folder = archive().root / deposit.object_path
    flip(folder / name)
    assert [(c.path, c.result) for c in check_kept(deposit).faults] == [
        (name, "repaired")
    ]
    assert not [f for f in check_object(folder) if f.is_error]


def test_both_inventories_damaged(deposit: Deposit, second: Path) -> None:
    run(fill_replica())
    folder = archive().root / deposit.object_path
    flip(folder / "inventory.json")
    flip(folder / "v1" / "inventory.json")
    assert [c.result for c in check_kept(deposit).faults] == ["repaired"]
    assert not [f for f in check_object(folder) if f.is_error]


def test_a_flipped_bit_in_the_replica(deposit: Deposit, second: Path) -> None:
    run(fill_replica())
    copy = second / deposit.files.get(name="a.ply").path
    flip(copy)
    Deposit.objects.update(replica_checked_at=None)
    report = swept()
    assert report.counts["repaired"] == 1
    assert copy.read_bytes() == b"first"
    assert list((second.with_name(".replica-quarantine")).rglob("a.ply"))


def test_damage_in_both_places_is_not_hidden(deposit: Deposit, second: Path) -> None:
    run(fill_replica())
    flip(path_of(deposit, "a.ply"))
    flip(second / deposit.files.get(name="a.ply").path)
    assert [c.result for c in check_kept(deposit).faults] == ["damaged"]


def test_damage_is_never_copied_to_the_replica(deposit: Deposit, second: Path) -> None:
    flip(path_of(deposit, "a.ply"))
    run(fill_replica())
    assert not (second / deposit.object_path).exists()
    deposit.refresh_from_db()
    assert (deposit.condition, deposit.replicated_version) == ("damaged", 0)


def test_a_digest_that_the_database_has_wrong_is_mended(deposit: Deposit) -> None:
    right = deposit.files.get(name="a.ply").sha512
    StoredFile.objects.filter(name="a.ply").update(sha512="0" * 128)
    check_kept(deposit)
    assert deposit.files.get(name="a.ply").sha512 == right


def test_something_that_does_not_belong_is_told(deposit: Deposit) -> None:
    folder = archive().root / deposit.object_path
    (folder / "v1" / "content" / "extra").write_bytes(b"?")
    (fault,) = check_kept(deposit).faults
    assert (fault.result, fault.detail) == ("damaged", "E023")


def test_records_are_replicated_by_version(
    collection: Collection, second: Path
) -> None:
    relic = make_relic(collection)
    preserve_due()
    run(fill_replica())
    relic.name_zh = "后来"
    relic.save()
    PreservedRecord.objects.update(preserved_at=None)
    preserve_due()
    run(fill_replica())
    row = PreservedRecord.objects.get(kind="relic")
    assert row.replicated_version == row.version == 2
    assert not [f for f in check_object(second / row.object_path) if f.is_error]


def test_the_sweep_takes_what_is_due_and_only_that(deposit: Deposit) -> None:
    assert swept().counts == {}
    with time_machine.travel(timezone.now() + timedelta(days=91), tick=False):
        assert swept().counts == {"intact": 2}
        assert swept().counts == {}


def test_a_sweep_that_was_killed_goes_on_where_it_was(deposit: Deposit) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=91), tick=False):
        StoredFile.objects.filter(name="a.ply").update(checked_at=timezone.now())
        assert swept().counts == {"intact": 1}


def test_a_clock_that_went_back_stops_no_sweep(deposit: Deposit) -> None:
    Deposit.objects.update(checked_at=timezone.now() + timedelta(days=400))
    assert swept().counts == {"intact": 2}


def test_what_is_asked_for_is_due(deposit: Deposit) -> None:
    ask_for(Deposit.objects.all())
    assert swept().counts == {"intact": 2}


def test_an_archive_that_is_not_mounted_is_not_called_lost(deposit: Deposit) -> None:
    (archive().root / "0=ocfl_1.1").rename(archive().root.with_name("away"))
    with pytest.raises(StoreAbsent):
        check_kept(deposit)
    deposit.refresh_from_db()
    assert deposit.condition == "intact"


def test_nothing_is_written_where_the_archive_is_not_mounted(
    deposit: Deposit, museum_folder: Path
) -> None:
    shutil.rmtree(archive().root)
    archive().root.mkdir()  # the empty mount point
    with pytest.raises(StoreAbsent):
        deposit_files([("c.ply", io.BytesIO(b"3"))], by=None)
    Deposit.objects.update(state="receiving", sealed_at=None)
    Deposit.objects.create(state="sealed", sealed_at=timezone.now())
    assert due.finish_deposits() == due.preserve_changes() == 0
    assert Deposit.objects.filter(pk=deposit.pk, state="receiving").exists()
    assert list(archive().root.iterdir()) == []


def test_a_record_s_broken_object_stops_no_other(
    collection: Collection, second: Path
) -> None:
    relics = [make_relic(collection) for _ in range(2)]
    preserve_due()
    run(fill_replica())
    broken = PreservedRecord.objects.get(key=relics[0].key)
    for path in (archive().root / broken.object_path).rglob("inventory.json"):
        flip(path)
    for relic in relics:
        relic.name_zh = "后来"
        relic.save()
    PreservedRecord.objects.update(preserved_at=None)
    preserve_due()
    other = PreservedRecord.objects.get(key=relics[1].key)
    assert (other.version, other.condition) == (2, "intact")
    swept()  # puts the broken one right, from the replica
    assert preserve_due() >= 1
    broken.refresh_from_db()
    assert (broken.version, broken.condition) == (2, "intact")


def test_long_work_is_done_in_slices() -> None:
    now = 0.0
    done: list[int] = []

    def work() -> Iterator[None]:
        nonlocal now
        for number in range(5 if not done else 0):
            now += 1.0
            done.append(number)
            yield

    paced = Paced(work, slice_s=2.0, clock=lambda: now)
    assert [paced.advance() for _ in range(4)] == [2, 2, 1, 0]
    assert done == [0, 1, 2, 3, 4]


def test_the_command_reports_and_fails_on_loss(deposit: Deposit) -> None:
    out = io.StringIO()
    call_command("check_fixity", "--all", stdout=out)
    assert "2 intact" in out.getvalue()
    flip(path_of(deposit, "a.ply"))
    with pytest.raises(CommandError):
        call_command("check_fixity", "--deposit", deposit.key, stdout=out)
    assert "a.ply" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("check_fixity", "--deposit", "nosuch", stdout=out)


def test_the_command_checks_a_record_and_its_deposits(
    collection: Collection, deposit: Deposit
) -> None:
    relic = make_relic(collection)
    capture = Capture.objects.create(relic=relic)
    for file in deposit.files.all():
        CaptureFile.objects.create(capture=capture, stored_file=file)
    preserve_due()
    out = io.StringIO()
    call_command("check_fixity", "--record", f"relic/{relic.key}", stdout=out)
    assert "4 intact" in out.getvalue()  # two scans, the record, its notes


def test_the_admin_asks_for_a_check(admin_client: Client, deposit: Deposit) -> None:
    admin_client.post(
        reverse("admin:archive_deposit_changelist"),
        {"action": "check_soon", "_selected_action": [deposit.pk]},
    )
    deposit.refresh_from_db()
    assert deposit.checked_at is None


def test_there_is_no_replica_unless_one_is_set() -> None:
    assert replica() is None
