"""Lawful erasure: two people, every copy gone, digests and a certificate kept."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from heritage.archive import ocfl
from heritage.archive import purge as purging
from heritage.archive.actions import erase
from heritage.archive.actions.check import check_kept, fill_replica
from heritage.archive.actions.deposit import deposit_files
from heritage.archive.actions.erase import (
    ask_erasure,
    confirm_erasure,
    decline_erasure,
    finish_erasures,
)
from heritage.archive.actions.preserve import preserve_due
from heritage.archive.actions.retire import bring_back
from heritage.archive.byte_store import ByteStore
from heritage.archive.certificate import certificate_pdf
from heritage.archive.errors import (
    AlreadyDecided,
    AlreadyErased,
    NoRight,
    ReasonMissing,
    SamePerson,
)
from heritage.archive.local_store import LocalStore
from heritage.archive.models import (
    Deposit,
    Erasure,
    PreservationEvent,
    PreservedRecord,
    StoredFile,
)
from heritage.archive.ocfl_check import errors_of
from heritage.archive.places import is_in_use, lock_path, staging_folder
from heritage.captures.models import CaptureFile
from heritage.catalogue.models import Collection, Relic
from heritage.catalogue.policy import STRANGER, visible
from tests.heritage.archive.local import archive, replica
from tests.heritage.exhibits.made import make_run
from tests.heritage.factories import make_relic, make_user

pytestmark = pytest.mark.django_db

SECRET = b"a face that must go" * 100
OTHER = b"something else"


def make_keeper() -> User:
    user = make_user(is_staff=True)
    names = ["ask_erasure", "confirm_erasure", "view_erasure", "view_storedfile",
             "view_deposit"]  # fmt: skip
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


@pytest.fixture
def asker(db: None) -> User:
    return make_keeper()


@pytest.fixture
def confirmer(db: None) -> User:
    return make_keeper()


@pytest.fixture
def relic(collection: Collection, settings: Any, tmp_path: Path) -> Relic:
    """A relic with a scan that must go, one that may stay, a run, and a replica."""
    settings.REPLICA_ROOT = str(tmp_path / "replica")
    relic = make_relic(collection)
    run = make_run(relic, models={})
    kept = deposit_files([("face.ply", io.BytesIO(SECRET)), ("again.ply", io.BytesIO(SECRET)),
                          ("other.ply", io.BytesIO(OTHER))], by=None)  # fmt: skip
    deposit_files([("copy.ply", io.BytesIO(SECRET))], by=None)
    for file in kept.files.all():
        CaptureFile.objects.create(capture=run.capture, stored_file=file)
    for _step in fill_replica():
        pass
    preserve_due()
    return relic


def face() -> StoredFile:
    return StoredFile.objects.get(name="face.ply")


def stores() -> list[LocalStore]:
    second = replica()
    assert second is not None
    return [archive(), second]


def holding(data: bytes, root: Path) -> list[Path]:
    return [p for p in root.rglob("*") if p.is_file() and data in p.read_bytes()]


def check_gone(tmp_path: Path) -> None:
    """Nothing under the whole museum holds the bytes; all objects are in order."""
    assert holding(SECRET, tmp_path) == []
    for store in stores():
        for deposit in Deposit.objects.exclude(object_path=""):
            folder = store.root / deposit.object_path
            assert errors_of(folder) == []
            assert check_kept(deposit, store).faults == []


@pytest.mark.usefixtures("relic")
def test_every_copy_and_what_shows_it_is_gone(
    asker: User, confirmer: User, tmp_path: Path
) -> None:
    digest = face().sha512
    erasure = ask_erasure([face()], ground="PIPL 47", by=asker)
    assert holding(SECRET, tmp_path)
    confirm_erasure(erasure, by=confirmer)
    check_gone(tmp_path)
    names = set(
        StoredFile.objects.filter(erased_by=erasure).values_list("name", flat=True)
    )
    assert {"face.ply", "again.ply", "copy.ply", "view-0.png", "master.ply"} <= names
    assert "other.ply" not in names
    assert face().sha512 == digest
    assert holding(OTHER, archive().root)
    assert erasure.state == "done"
    deletions = PreservationEvent.objects.filter(
        type="deletion", subject_key=face().key
    )
    assert deletions.get().person is not None
    assert visible(CaptureFile.objects.all(), STRANGER).count() == 0


def test_the_record_carries_the_certificate(
    relic: Relic, asker: User, confirmer: User
) -> None:
    erasure = ask_erasure([face()], ground="PIPL 47", by=asker)
    confirm_erasure(erasure, by=confirmer)
    PreservedRecord.objects.update(preserved_at=None)
    preserve_due()
    row = PreservedRecord.objects.get(kind="relic", key=relic.key)
    told = json.loads(ocfl.read_file(archive().root / row.object_path, "record.json"))
    (entry,) = [f for f in told["files"] if f["name"] == "face.ply"]
    assert entry["erased"]["ground"] == "PIPL 47"
    assert entry["erased"]["confirmed_by"] == confirmer.username
    assert entry["sha512"] == face().sha512
    notices = list((archive().root / face().deposit.object_path).glob("logs/*.json"))
    assert json.loads(notices[0].read_text())["erasure"] == erasure.key


@pytest.mark.usefixtures("relic")
def test_nobody_confirms_his_own(asker: User, tmp_path: Path) -> None:
    superuser = make_user(is_superuser=True)
    for person in (asker, superuser):
        erasure = ask_erasure([face()], ground="PIPL 47", by=person)
        with pytest.raises(SamePerson):
            confirm_erasure(erasure, by=person)
        with pytest.raises(IntegrityError), transaction.atomic():
            Erasure.objects.filter(pk=erasure.pk).update(
                state="done", decided_by=person
            )
    assert holding(SECRET, tmp_path)


@pytest.mark.usefixtures("relic")
@pytest.mark.parametrize("who", ["curator", "volunteer", "stranger"])
def test_only_with_the_right(
    who: str, asker: User, client: Client, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(who)
    with pytest.raises(NoRight):
        ask_erasure([face()], ground="g", by=person)
    erasure = ask_erasure([face()], ground="g", by=asker)
    for decide in (confirm_erasure, decline_erasure):
        with pytest.raises(NoRight):
            decide(erasure, by=person)
    client.force_login(person)
    for name in ("archive_erasure_confirm", "archive_erasure_decline"):
        answer = client.post(reverse(f"admin:{name}", args=[erasure.pk]))
        assert answer.status_code in {302, 403}
    erasure.refresh_from_db()
    assert erasure.state == "asked"


@pytest.mark.usefixtures("relic")
def test_declined_it_stays(asker: User, confirmer: User, tmp_path: Path) -> None:
    erasure = ask_erasure([face()], ground="g", by=asker)
    decline_erasure(erasure, by=asker)
    with pytest.raises(AlreadyDecided):
        confirm_erasure(erasure, by=confirmer)
    assert holding(SECRET, tmp_path)
    with pytest.raises(ReasonMissing):
        ask_erasure([face()], ground=" ", by=asker)


@pytest.mark.usefixtures("relic")
def test_what_is_erased_is_not_brought_back(asker: User, confirmer: User) -> None:
    confirm_erasure(ask_erasure([face()], ground="g", by=asker), by=confirmer)
    with pytest.raises(AlreadyErased):
        ask_erasure([face()], ground="g", by=asker)
    confirmer.user_permissions.add(Permission.objects.get(codename="retire_deposit"))
    with pytest.raises(AlreadyErased):
        bring_back(face(), reason="r", by=User.objects.get(pk=confirmer.pk))


@pytest.mark.usefixtures("relic")
def test_an_object_being_checked_is_left_for_later(
    asker: User, confirmer: User, tmp_path: Path
) -> None:
    erasure = ask_erasure([face()], ground="g", by=asker)
    with staging_folder(f"check-archive-{face().deposit.key}"):
        confirm_erasure(erasure, by=confirmer)
        assert erasure.state == "confirmed"
        assert face().erased_by == erasure  # out of sight all the same
    assert finish_erasures() == 1
    check_gone(tmp_path)


@pytest.mark.usefixtures("relic")
@pytest.mark.parametrize("store", ["archive", "replica"])
def test_while_it_is_erased_nobody_checks_it(
    asker: User,
    confirmer: User,
    tmp_path: Path,
    store: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A check that began between the stores would bring the bytes back from the other."""
    keys = Deposit.objects.values_list("key", flat=True)
    names = [f"check-{store}-{key}" for key in keys]
    real, held = purging.purge, []

    def purge(*arguments: Any, **named: Any) -> None:
        held.append(sum(map(is_in_use, names)))
        real(*arguments, **named)

    monkeypatch.setattr(erase, "purge", purge)
    confirm_erasure(ask_erasure([face()], ground="g", by=asker), by=confirmer)
    assert set(held) == {1}
    assert not any(lock_path(name).exists() for name in names)
    check_gone(tmp_path)


class Killed(BaseException):
    """What a kill looks like from within."""


@pytest.mark.usefixtures("relic")
@pytest.mark.parametrize("store", ["archive", "replica"])
def test_stopped_after_any_file_it_goes_on(
    asker: User,
    confirmer: User,
    tmp_path: Path,
    store: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    erasure = ask_erasure([face()], ground="g", by=asker)
    real = purging.purge

    def purge(there: ByteStore, *arguments: Any, **named: Any) -> None:
        if there.name == store:
            raise Killed
        real(there, *arguments, **named)

    monkeypatch.setattr(erase, "purge", purge)
    with pytest.raises(Killed):
        confirm_erasure(erasure, by=confirmer)
    monkeypatch.setattr(erase, "purge", real)
    assert finish_erasures() == 1
    check_gone(tmp_path)


@pytest.mark.usefixtures("relic")
def test_the_certificate_is_drawn_in_both_languages(
    asker: User, confirmer: User, client: Client
) -> None:
    erasure = ask_erasure([face()], ground="PIPL 47", by=asker)
    confirm_erasure(erasure, by=confirmer)
    text = "".join(
        page.extract_text()
        for page in PdfReader(io.BytesIO(certificate_pdf(erasure))).pages
    )
    assert text.count(erasure.key) >= 2
    assert "Certificate of lawful erasure" in text
    client.force_login(confirmer)
    answer = client.get(reverse("admin:archive_erasure_as_json", args=[erasure.pk]))
    assert json.loads(answer.content)["ground"] == "PIPL 47"


@pytest.mark.usefixtures("relic")
def test_asked_and_confirmed_on_pages(
    asker: User, confirmer: User, client: Client, tmp_path: Path
) -> None:
    client.force_login(asker)
    ask = reverse("admin:archive_storedfile_ask_to_erase", args=[face().pk])
    assert "copy.ply" in client.get(ask).content.decode()
    client.post(ask, {"reason": "PIPL 47"})
    erasure = Erasure.objects.get()
    confirm = reverse("admin:archive_erasure_confirm", args=[erasure.pk])
    refused = client.post(confirm)
    assert refused.status_code == 200  # the page again, saying why
    client.force_login(confirmer)
    client.post(confirm)
    check_gone(tmp_path)
