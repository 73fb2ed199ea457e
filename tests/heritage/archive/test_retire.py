"""Retired: out of everybody's sight at once, every byte kept, and back by one act."""

import io
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.actions.preserve import preserve_due
from heritage.archive.actions.retire import bring_back, retire
from heritage.archive.errors import NoRight, ReasonMissing
from heritage.archive.models import Deposit, PreservationEvent, PreservedRecord
from heritage.captures.models import Capture, CaptureFile, Derivative
from heritage.captures.published import published_pictures
from heritage.captures.usable import named_scans
from heritage.catalogue.actions.release import release
from heritage.catalogue.models import Collection, Relic
from heritage.catalogue.policy import STRANGER, Person, allows, visible
from tests.heritage.exhibits.made import make_run, picture_of
from tests.heritage.factories import make_relic, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(db: None) -> User:
    """An administrator of the archive who is no superuser."""
    user = make_user(is_staff=True)
    names = ["retire_deposit", "view_deposit", "view_storedfile"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


@pytest.fixture
def relic(collection: Collection) -> Relic:
    relic = make_relic(collection)
    make_run(relic, models={})
    release(relic, by=None)
    return relic


@pytest.fixture
def scans(relic: Relic) -> Deposit:
    deposit = deposit_files(
        [("a.ply", io.BytesIO(b"a")), ("b.ply", io.BytesIO(b"b"))], by=None
    )
    capture = relic.captures.get()
    for file in deposit.files.all():
        CaptureFile.objects.create(capture=capture, stored_file=file, role="scan")
    return deposit


def everybody(collection: Collection) -> list[Person]:
    superuser = make_user(is_superuser=True)
    people = [make_user(collection, "curator"), make_user(collection, "volunteer")]
    return [STRANGER, *(Person.of(user) for user in (superuser, *people))]


@pytest.mark.parametrize("whole", [True, False], ids=["deposit", "file"])
def test_out_of_sight_and_back(
    relic: Relic, collection: Collection, keeper: User, client: Client, *, whole: bool
) -> None:
    picture = picture_of(relic.captures.get().runs.get())
    address = f"/media/{picture.key}/{picture.stored_file.sha512[:16]}/view-0.png"
    file = picture.stored_file
    thing: Any = file.deposit if whole else file
    assert client.get(address).status_code == 200
    retire(thing, reason="shows a face", by=keeper)
    for person in everybody(collection):
        assert not visible(Derivative.objects.filter(pk=picture.pk), person).exists()
        assert not allows(person, Derivative.objects.get(pk=picture.pk))
    assert client.get(address).status_code == 410
    assert picture not in published_pictures(relic)
    assert file.absolute_path().exists()
    bring_back(thing, reason="consent came", by=keeper)
    assert client.get(address).status_code == 200
    kinds = [
        event.type
        for event in PreservationEvent.objects.filter(
            subject_key=thing.key, person__name=keeper.username
        )
    ]
    assert sorted(kinds) == ["deletion of access", "restoration of access"]


def test_a_retired_scan_is_computed_from_no_more(
    scans: Deposit, relic: Relic, keeper: User
) -> None:
    capture = Capture.objects.get(relic=relic)
    CaptureFile.objects.update(findings=[])
    assert len(named_scans(capture)) == 2
    retire(scans.files.get(name="a.ply"), reason="wrong object", by=keeper)
    assert [name for name, _row in named_scans(capture)] == ["b.ply"]


def test_the_record_is_preserved_anew(
    scans: Deposit, relic: Relic, keeper: User
) -> None:
    preserve_due()
    before = PreservedRecord.objects.get(kind="relic", key=relic.key).version
    PreservedRecord.objects.update(preserved_at=None)
    retire(scans, reason="wrong object", by=keeper)
    preserve_due()
    assert (
        PreservedRecord.objects.get(kind="relic", key=relic.key).version == before + 1
    )


def test_twice_is_once(scans: Deposit, keeper: User) -> None:
    assert retire(scans, reason="one", by=keeper)
    assert not retire(scans, reason="two", by=keeper)
    assert scans.retired_reason == "one"
    assert bring_back(scans, reason="three", by=keeper)
    assert not bring_back(scans, reason="four", by=keeper)


def test_only_with_a_reason(scans: Deposit, keeper: User) -> None:
    for act in (retire, bring_back):
        with pytest.raises(ReasonMissing):
            act(scans, reason="  ", by=keeper)


@pytest.mark.parametrize("who", ["curator", "volunteer", "stranger"])
def test_only_with_the_right(
    scans: Deposit, who: str, request: pytest.FixtureRequest, client: Client
) -> None:
    person = request.getfixturevalue(who)
    for act in (retire, bring_back):
        with pytest.raises(NoRight):
            act(scans, reason="no", by=person)
    client.force_login(person)
    address = reverse("admin:archive_deposit_put_away", args=[scans.pk])
    assert client.post(address, {"reason": "no"}).status_code in {302, 403}
    scans.refresh_from_db()
    assert scans.retired_at is None


def test_the_page_asks_for_the_reason_and_undoes(
    scans: Deposit, keeper: User, client: Client
) -> None:
    client.force_login(keeper)
    page = reverse("admin:archive_deposit_change", args=[scans.pk])
    away = reverse("admin:archive_deposit_put_away", args=[scans.pk])
    assert away in client.get(page).content.decode()
    assert "a.ply" in client.get(away).content.decode()
    client.post(away, {"reason": "wrong object"})
    scans.refresh_from_db()
    assert (scans.retired_by, scans.retired_reason) == (keeper, "wrong object")
    back = reverse("admin:archive_deposit_take_back", args=[scans.pk])
    assert "wrong object" in client.get(back).content.decode()
    shown = client.get(reverse("admin:archive_deposit_changelist") + "?sight=retired")
    assert scans.key in shown.content.decode()
    client.post(back, {"reason": "it was right"})
    scans.refresh_from_db()
    assert scans.retired_at is None
