"""Packages go out as valid bags, and bags come in if they are valid."""

import errno
import io
import os
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import bagit
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from heritage.archive.actions.accept_bag import deposit_bag
from heritage.archive.actions.deposit import deposit_files
from heritage.archive.actions.package import (
    package_deposit,
    package_record,
    write_package,
)
from heritage.archive.actions.preserve import preserve_due
from heritage.archive.bag_reading import read_bag
from heritage.archive.errors import BagRefused, DamagedPackage
from heritage.archive.models import Deposit, PreservationEvent, PreservedRecord
from heritage.captures.models import Capture, CaptureFile
from heritage.catalogue.models import Collection
from tests.heritage.factories import make_relic

pytestmark = pytest.mark.django_db

FILES = {
    "扫描/一.ply": b"ply\n" * 1000,
    "扫描/二 #1.ply": b"x" * (2 * 1024**2 + 7),
    "a" * 120 + "/" + "b" * 120 + ".ply": b"long",
    "empty": b"",
}


@pytest.fixture
def deposit() -> Deposit:
    return deposit_files([(n, io.BytesIO(d)) for n, d in FILES.items()], by=None)


def unpack(chunks: Iterator[bytes], form: str, folder: Path) -> Path:
    data = io.BytesIO(b"".join(chunks))
    if form == "zip":
        with zipfile.ZipFile(data) as package:
            assert package.testzip() is None
            package.extractall(folder)  # noqa: S202 - our own
    else:
        with tarfile.open(fileobj=data) as package:
            package.extractall(folder, filter="data")
    (root,) = folder.iterdir()
    return root


@pytest.mark.parametrize("form", ["zip", "tar"])
def test_a_deposit_is_a_valid_bag(deposit: Deposit, form: str, tmp_path: Path) -> None:
    root = unpack(package_deposit(deposit, form=form, by=None), form, tmp_path / "out")
    bag = bagit.Bag(str(root))
    assert bag.validate()
    assert bag.version_info == (1, 0)
    assert read_bag(root).errors == []
    for name, data in FILES.items():
        assert (root / "data" / name).read_bytes() == data
    assert PreservationEvent.objects.filter(type="dissemination").count() == 1


def test_a_record_goes_with_licence_citation_and_events(
    collection: Collection, deposit: Deposit, tmp_path: Path
) -> None:
    rights = "http://creativecommons.org/licenses/by/4.0/"
    relic = make_relic(collection, name_zh="四羊方尊", register_no="A-7", rights=rights)
    capture = Capture.objects.create(relic=relic)
    for file in deposit.files.all():
        CaptureFile.objects.create(capture=capture, stored_file=file)
    preserve_due()
    row = PreservedRecord.objects.get(kind="relic")
    root = unpack(package_record(row, form="tar", by=None), "tar", tmp_path / "out")
    bag = bagit.Bag(str(root))
    assert bag.validate()
    assert bag.info["Licence"] == rights
    assert "四羊方尊" in bag.info["Citation"]
    assert "A-7" in (root / "CITATION.txt").read_text()
    assert (root / "data" / "record.json").is_file()
    premis = ElementTree.fromstring((root / "metadata/premis.xml").read_bytes())  # noqa: S314
    names = {"p": "http://www.loc.gov/premis/v3"}
    told = {e.text for e in premis.findall("p:event/p:eventType", names)}
    assert told == {"ingestion", "message digest calculation"}
    assert len(premis.findall("p:object", names)) == len(FILES)


def test_a_percent_sign_is_written_as_the_standard_says(tmp_path: Path) -> None:
    """RFC 8493 2.1.3; the `bagit` tool does not undo it, so our own reader judges."""
    deposit = deposit_files([("100%25.ply", io.BytesIO(b"%"))], by=None)
    root = unpack(package_deposit(deposit, form="tar", by=None), "tar", tmp_path / "o")
    assert "data/100%2525.ply" in (root / "manifest-sha512.txt").read_text()
    assert read_bag(root).errors == []


def test_no_package_with_a_damaged_file(deposit: Deposit) -> None:
    deposit.files.filter(name="empty").update(condition="damaged")
    with pytest.raises(DamagedPackage):
        package_deposit(deposit, form="zip", by=None)


@pytest.mark.parametrize("form", ["zip", "tar"])
@pytest.mark.parametrize("error", [0, errno.EXDEV])
def test_written_into_a_file_it_is_the_same(
    deposit: Deposit,
    form: str,
    error: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The system copies within a file system, and cannot from one to the next."""
    if error:
        monkeypatch.setattr(os, "copy_file_range", refuse(error))
    with (
        time_machine.travel("2026-11-21T12:00Z", tick=False),
        (tmp_path / "bag").open("wb", buffering=0) as out,
    ):
        write_package(deposit, out, form=form, by=None)
        # The log that goes along has one more event by then.
        streamed = b"".join(package_deposit(deposit, form=form, by=None))
    written = unpack(iter([(tmp_path / "bag").read_bytes()]), form, tmp_path / "one")
    again = unpack(iter([streamed]), form, tmp_path / "two")
    assert bagit.Bag(str(written)).validate()
    assert contents(written / "data") == contents(again / "data")


def refuse(error: int) -> Callable[..., int]:
    def copy_file_range(*_arguments: object) -> int:
        raise OSError(error, "refused")

    return copy_file_range


def contents(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_a_file_that_became_shorter_ends_the_stream(deposit: Deposit) -> None:
    path = deposit.files.get(name="扫描/一.ply").absolute_path()
    path.write_bytes(b"short")
    with pytest.raises(DamagedPackage):
        b"".join(package_deposit(deposit, form="tar", by=None))


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("form", ["zip", "tar"])
def test_a_file_that_rotted_unseen_ends_the_stream(deposit: Deposit, form: str) -> None:
    flip(deposit.files.get(name="扫描/二 #1.ply").absolute_path())
    with pytest.raises(DamagedPackage, match="二"):
        b"".join(package_deposit(deposit, form=form, by=None))


@pytest.mark.parametrize("form", ["zip", "tar"])
@pytest.mark.parametrize("name", sorted(FILES.keys() - {"empty"}))
def test_nor_is_a_file_written_with_it(
    deposit: Deposit, form: str, name: str, tmp_path: Path
) -> None:
    flip(deposit.files.get(name=name).absolute_path())
    with pytest.raises(CommandError):
        call_command(
            "make_package", str(tmp_path / f"b.{form}"), "--deposit", deposit.key
        )
    assert list(tmp_path.glob(f"*b.{form}*")) == []


def test_the_command_writes_a_whole_package_or_none(
    deposit: Deposit, tmp_path: Path
) -> None:
    target = tmp_path / "out.zip"
    call_command("make_package", str(target), "--deposit", deposit.key)
    assert zipfile.is_zipfile(target)
    deposit.files.filter(name="empty").update(condition="missing")
    with pytest.raises(CommandError):
        call_command("make_package", str(tmp_path / "b.tar"), "--deposit", deposit.key)
    assert sorted(path.name for path in tmp_path.glob("*b.tar*")) == []


def test_the_admin_hands_packages_out(admin_client: Client, deposit: Deposit) -> None:
    address = reverse("admin:archive_deposit_download_package", args=[deposit.pk])
    response = admin_client.get(address)
    data = io.BytesIO(b"".join(response.streaming_content))  # type: ignore[attr-defined]
    assert zipfile.ZipFile(data).testzip() is None


@pytest.mark.parametrize("who", ["curator", "volunteer", "stranger"])
def test_others_get_none(
    client: Client, who: str, request: pytest.FixtureRequest, deposit: Deposit
) -> None:
    client.force_login(request.getfixturevalue(who))
    address = reverse("admin:archive_deposit_download_package", args=[deposit.pk])
    assert client.get(address).status_code in {302, 403}


def make_bag(folder: Path) -> Path:
    folder.mkdir()
    (folder / "一.ply").write_bytes(b"ply")
    (folder / "sub").mkdir()
    (folder / "sub" / "two").write_bytes(b"2")
    bagit.make_bag(str(folder), {"Contact-Name": "馆员"}, checksums=["sha256", "md5"])
    return folder


def test_a_bag_is_kept_as_it_came(tmp_path: Path) -> None:
    folder = make_bag(tmp_path / "bag")
    deposit, bag = deposit_bag(folder, by=None)
    assert ("Contact-Name", "馆员") in bag.info
    kept = {file.name: file.absolute_path() for file in deposit.files.all()}
    assert kept["data/一.ply"].read_bytes() == b"ply"
    assert "manifest-sha256.txt" in kept


def test_a_damaged_bag_is_refused_with_every_reason(tmp_path: Path) -> None:
    folder = make_bag(tmp_path / "bag")
    (folder / "data" / "sub" / "two").write_bytes(b"3")
    (folder / "data" / "extra").write_bytes(b"?")
    with pytest.raises(BagRefused) as refused:
        deposit_bag(folder, by=None)
    assert "extra" in str(refused.value)
    assert not Deposit.objects.exists()


def test_a_bag_with_a_link_is_refused(tmp_path: Path) -> None:
    folder = make_bag(tmp_path / "bag")
    (folder / "data" / "link").symlink_to("/etc/hostname")
    assert "link" in {finding.code for finding in read_bag(folder).errors}


def test_a_bag_that_is_changed_on_the_way_is_refused(tmp_path: Path) -> None:
    folder = make_bag(tmp_path / "bag")
    path = folder / "data" / "sub" / "two"
    path.write_bytes(b"7")  # as long as before
    assert [f.code for f in read_bag(folder).errors] == ["digest"]
