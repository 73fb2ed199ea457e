"""What holds for an archive on a disk holds for one in a bucket, and for both together."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import bagit
import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.test import RequestFactory

from heritage.archive import ocfl
from heritage.archive.actions.check import check_kept, fill_replica
from heritage.archive.actions.deposit import deposit_files, finish_interrupted
from heritage.archive.actions.discard import discard_derived
from heritage.archive.actions.erase import ask_erasure, confirm_erasure
from heritage.archive.actions.package import package_deposit
from heritage.archive.actions.preserve import preserve, preserve_due
from heritage.archive.actions.rebuild import rebuild
from heritage.archive.errors import TooLarge
from heritage.archive.models import Deposit, PreservedRecord
from heritage.archive.ocfl_check import errors_of
from heritage.archive.rebuilding import RECORD
from heritage.archive.s3_paths import S3Path
from heritage.archive.serve import serve_file
from heritage.archive.stores import archive, replica
from heritage.catalogue.models import Collection, Relic
from tests.heritage.factories import make_relic, make_user

from .buckets import Bytes
from .conftest import Choose

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FILES = {"扫描/一 #1.ply": b"ply\n" * 1000, "扫描/二.ply": b"2", "b.ply": b"second", "again.ply": b"second", "empty": b""}  # fmt: skip
KINDS = [("local", "s3"), ("s3", "local")]  # two buckets: in the test of erasure


def make_deposit(**named: Any) -> Deposit:
    items = [(name, io.BytesIO(data)) for name, data in FILES.items()]
    return deposit_files(items, by=None, **named)


@pytest.fixture(params=KINDS, ids=["-".join(pair) for pair in KINDS])
def pair(request: pytest.FixtureRequest, choose: Choose, settings: Any) -> None:
    """An archive and its replica, of these kinds."""
    here, there = request.param
    settings.ARCHIVE_S3 = choose(here) if here == "s3" else ""
    settings.REPLICA_ROOT = choose(there)


def fill() -> None:
    for _step in fill_replica():
        pass


def second() -> Bytes:
    store = replica()
    assert store is not None
    return Bytes(store)


@pytest.mark.usefixtures("either")
def test_a_deposit_is_an_object_that_anybody_can_check(tmp_path: Path) -> None:
    deposit = make_deposit()
    folder = Bytes(archive()).download(deposit.object_path, tmp_path / "got")
    assert errors_of(folder) == []
    assert {f.name: f.place().read_bytes() for f in deposit.files.all()} == FILES
    assert len(list((folder / "v1" / "content").rglob("*.ply"))) == 3  # once each
    assert list(archive().objects()) == [deposit.object_path]
    assert Bytes(archive()).read("0=ocfl_1.1") == b"ocfl_1.1\n"


@pytest.mark.usefixtures("either")
def test_what_is_refused_leaves_nothing() -> None:
    with pytest.raises(TooLarge):
        make_deposit(limit_bytes=100)
    assert Deposit.objects.get().state == "refused"
    assert list(archive().objects()) == []


class Killed(BaseException):
    """What a kill looks like from within."""


@pytest.mark.parametrize("after", [0, 4, 7])
def test_killed_while_sending_it_is_no_object_and_leaves_nothing(
    after: int, choose: Choose, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ARCHIVE_S3 = choose("s3")
    archive().ensure_root()
    sent = 0
    real = type(archive())._send  # type: ignore[attr-defined]

    def send(*arguments: Any) -> None:
        nonlocal sent
        sent += 1
        if sent > after:
            raise Killed
        real(*arguments)

    monkeypatch.setattr(type(archive()), "_send", send)
    monkeypatch.setattr(
        "heritage.archive.actions.deposit._refuse", lambda _deposit: None
    )
    with pytest.raises(Killed):
        make_deposit()
    monkeypatch.undo()
    settings.ARCHIVE_S3 = str(settings.ARCHIVE_S3)
    deposit = Deposit.objects.get()
    assert deposit.state == "receiving"
    assert finish_interrupted() == 1
    assert [n for n in Bytes(archive()).names() if n.count("/") > 3] == []


@pytest.mark.usefixtures("either")
def test_ranges_and_a_package_go_out(tmp_path: Path) -> None:
    deposit = make_deposit()
    file = deposit.files.get(name="扫描/一 #1.ply")
    asked = RequestFactory().get("/", headers={"Range": "bytes=2-9"})
    answer: Any = serve_file(asked, file, immutable=False)
    assert (answer.status_code, b"".join(answer)) == (206, (b"ply\n" * 3)[2:10])
    assert answer["Content-Range"] == "bytes 2-9/4000"
    whole: Any = serve_file(RequestFactory().get("/"), file, immutable=False)
    assert b"".join(whole) == FILES[file.name]
    if isinstance(file.place(), S3Path):
        Bytes(archive()).remove(file.path)
        assert serve_file(asked, file, immutable=False).status_code == 503
        Bytes(archive()).write(file.path, FILES[file.name])
    data = b"".join(package_deposit(deposit, form="zip", by=None))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        package.extractall(tmp_path)
    assert bagit.Bag(str(tmp_path / f"deposit-{deposit.key}")).is_valid()


@pytest.mark.usefixtures("either")
def test_a_flipped_bit_is_found_and_put_aside() -> None:
    deposit = make_deposit()
    file = deposit.files.get(name="扫描/一 #1.ply")
    Bytes(archive()).flip(file.path)
    looked = check_kept(deposit)
    assert [checked.result for checked in looked.faults] == ["damaged"]
    assert Bytes(archive()).aside() == [file.path]
    assert not file.place().exists()
    file.refresh_from_db()
    assert file.condition == "damaged"


@pytest.mark.usefixtures("pair")
def test_each_store_is_mended_from_the_other() -> None:
    deposit = make_deposit()
    fill()
    deposit.refresh_from_db()
    assert deposit.replicated_version == 1
    path = deposit.files.get(name="扫描/一 #1.ply").path
    for damaged, store in ((Bytes(archive()), None), (second(), replica())):
        damaged.flip(path)
        looked = check_kept(deposit, store)
        assert [checked.result for checked in looked.faults] == ["repaired"]
        assert damaged.read(path) == FILES["扫描/一 #1.ply"]
        assert damaged.aside() == [path]


@pytest.mark.usefixtures("pair")
def test_a_lost_object_and_a_lost_inventory_come_back(tmp_path: Path) -> None:
    deposit = make_deposit()
    fill()
    here = Bytes(archive())
    for name in ("inventory.json", "v1/inventory.json"):
        here.flip(f"{deposit.object_path}/{name}")
    assert [c.result for c in check_kept(deposit).faults] == ["repaired"]
    archive().remove_object(deposit.object_path)
    assert [c.result for c in check_kept(deposit).faults] == ["repaired"]
    assert errors_of(here.download(deposit.object_path, tmp_path / "got")) == []


@pytest.mark.usefixtures("pair")
def test_records_get_versions_and_the_replica_follows(
    collection: Collection, tmp_path: Path
) -> None:
    relic = make_relic(collection)
    preserve_due()
    fill()
    row = PreservedRecord.objects.get(kind="relic")
    for name in ("Second", "Third"):
        Relic.objects.filter(pk=relic.pk).update(name_en=name)
        assert preserve(row)
        assert not preserve(row)  # it says nothing new
        fill()
    assert row.version == 3
    for number, held in enumerate((Bytes(archive()), second())):
        folder = held.download(row.object_path, tmp_path / str(number))
        assert errors_of(folder) == []
        assert ocfl.head_of(folder) == 3
        assert b"Third" in ocfl.read_file(folder, RECORD)


def test_a_version_broken_off_is_forgotten_or_completed(
    collection: Collection, choose: Choose, settings: Any, tmp_path: Path
) -> None:
    settings.ARCHIVE_S3 = choose("s3")
    relic = make_relic(collection)
    preserve_due()
    row = PreservedRecord.objects.get(kind="relic")
    here = Bytes(archive())
    start = f"{row.object_path}/"
    before = {n: here.read(n) for n in here.names() if n.startswith(start)}
    here.write(f"{start}v2/content/half.json", b"half")
    assert check_kept(row).faults == []  # it may be in the making
    Relic.objects.filter(pk=relic.pk).update(name_en="Second")
    preserve(row)
    assert errors_of(here.download(row.object_path, tmp_path / "one")) == []
    for name in (
        "inventory.json",
        "inventory.json.sha512",
    ):  # as if the last two had not come
        here.write(start + name, before[start + name])
    assert not preserve(row)
    folder = here.download(row.object_path, tmp_path / "two")
    assert (errors_of(folder), ocfl.head_of(folder)) == ([], 2)


@pytest.fixture
def two_people(db: None) -> tuple[User, User]:
    rights = Permission.objects.filter(codename__in=["ask_erasure", "confirm_erasure"])
    people = make_user(is_staff=True), make_user(is_staff=True)
    for person in people:
        person.user_permissions.set(rights)
    return people


@pytest.mark.parametrize(
    ("kind", "other"), [("s3", "s3-versions"), ("s3-versions", "local")]
)
def test_what_is_erased_is_in_no_store_nor_version_nor_copy(
    kind: str,
    other: str,
    choose: Choose,
    settings: Any,
    two_people: tuple[User, User],
    tmp_path: Path,
) -> None:
    from heritage.archive.local_copies import local_path

    settings.ARCHIVE_S3, settings.REPLICA_ROOT = choose(kind), choose(other)
    deposit = make_deposit()
    fill()
    file = deposit.files.get(name="b.ply")
    copy = local_path(file)
    second().flip(file.path)
    check_kept(deposit, replica())  # one in quarantine as well
    Bytes(archive()).write(file.path, FILES["b.ply"])  # a version of before
    asker, confirmer = two_people
    confirm_erasure(ask_erasure([file], ground="PIPL 47", by=asker), by=confirmer)
    deposit.refresh_from_db()
    for number, held in enumerate((Bytes(archive()), second())):
        assert not held.holds(FILES["b.ply"])
        folder = held.download(deposit.object_path, tmp_path / str(number))
        assert errors_of(folder) == []
        assert json.loads(next(folder.glob("logs/*.json")).read_bytes())["erasure"]
    assert not copy.exists()
    assert [c.result for c in check_kept(deposit).faults] == []


@pytest.mark.thorough  # a minute's work of a server written in Python
def test_the_records_come_back_from_it_alone(
    collection: Collection, choose: Choose, settings: Any
) -> None:
    settings.ARCHIVE_S3 = choose("s3")
    relic = make_relic(collection)
    deposit = make_deposit()
    PreservedRecord.objects.update(preserved_at=None)
    while preserve_due():
        PreservedRecord.objects.update(preserved_at=None)
    call_command("flush", "--no-input", verbosity=0)
    done = rebuild()
    assert done.faults == []
    assert Relic.objects.get().key == relic.key
    assert Deposit.objects.get().key == deposit.key


@pytest.mark.usefixtures("pair")
def test_what_was_computed_can_be_taken_out_again() -> None:
    deposit = make_deposit(kind=Deposit.Kind.DERIVED)
    fill()
    deposit.refresh_from_db()
    discard_derived(deposit)
    assert list(archive().objects()) == []
    assert list(second().store.objects()) == []
