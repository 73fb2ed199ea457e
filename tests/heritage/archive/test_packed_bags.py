"""Bags that come as ZIP or TAR: taken in if they are valid and harmless, else refused."""

import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bagit
import pytest
from django.core.management import CommandError, call_command

from heritage.archive import unpack_child
from heritage.archive.errors import BagRefused
from heritage.archive.models import Deposit
from heritage.archive.places import incoming
from heritage.archive.unpacking import WORDS, unpacked_bag

pytestmark = pytest.mark.django_db


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    folder = tmp_path / "bag"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.ply").write_bytes(b"a" * 1000)
    (folder / "sub" / "鼎.jpg").write_bytes(b"b")
    bagit.make_bag(str(folder), checksums=["sha512"])
    return folder


def pack_zip(
    bag: Path, *, top: str = "bag/", method: int = zipfile.ZIP_DEFLATED
) -> Path:
    target = bag.parent / "packed.zip"
    with zipfile.ZipFile(target, "w", method) as package:
        for path in sorted(bag.rglob("*")):
            package.write(path, f"{top}{path.relative_to(bag)}")
    return target


def pack_tar(bag: Path, *, ending: str = ".tar") -> Path:
    target = bag.parent / f"packed{ending}"
    with tarfile.open(target, "w:gz" if "gz" in ending else "w") as package:
        package.add(bag, "bag")
    return target


PACKINGS: dict[str, Callable[[Path], Path]] = {
    "zip": pack_zip,
    "zip without a folder": lambda bag: pack_zip(bag, top=""),
    "lzma": lambda bag: pack_zip(bag, method=zipfile.ZIP_LZMA),
    "tar": pack_tar,
    "tar.gz": lambda bag: pack_tar(bag, ending=".tar.gz"),
    "tgz": lambda bag: pack_tar(bag, ending=".tgz"),
}


@pytest.mark.parametrize("pack", PACKINGS.values(), ids=PACKINGS.keys())
def test_a_packed_bag_is_kept_as_a_bag(bag: Path, pack: Callable[[Path], Path]) -> None:
    call_command("deposit", str(pack(bag)), stdout=io.StringIO())
    names = set(Deposit.objects.get().files.values_list("name", flat=True))
    assert {"bagit.txt", "data/a.ply", "data/sub/鼎.jpg"} <= names
    assert not any(incoming().iterdir())


def test_an_invalid_one_is_refused_with_the_reason(bag: Path) -> None:
    (bag / "data" / "a.ply").write_bytes(b"c" * 1000)
    with pytest.raises(CommandError, match=r"data/a\.ply"):
        call_command("deposit", str(pack_zip(bag)))
    assert not Deposit.objects.exists()
    assert not any(incoming().iterdir())


def test_what_is_no_bag_is_kept_as_the_file_it_is(tmp_path: Path) -> None:
    plain = tmp_path / "scans.zip"
    with zipfile.ZipFile(plain, "w") as package:
        package.writestr("a.ply", b"a")
    (tmp_path / "broken.tar.gz").write_bytes(b"no archive")
    for path in (plain, tmp_path / "broken.tar.gz"):
        call_command("deposit", str(path), stdout=io.StringIO())
    kept = {file.name for d in Deposit.objects.all() for file in d.files.all()}
    assert kept == {"scans.zip", "broken.tar.gz"}


def zip_of(tmp_path: Path, *members: tuple[Any, bytes]) -> Path:
    target = tmp_path / "hostile.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("bag/bagit.txt", b"BagIt-Version: 1.0\n")
        for name, data in members:
            package.writestr(name, data)
    return target


def link_info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def climbing(tmp_path: Path) -> Path:
    return zip_of(tmp_path, ("bag/../../escaped", b"x"))


def tar_link(tmp_path: Path) -> Path:
    path = tmp_path / "link.tar"
    with tarfile.open(path, "w") as package:
        for name in ("bag/bagit.txt", "bag/data/a"):
            package.addfile(tarfile.TarInfo(name), io.BytesIO())
        info = tarfile.TarInfo("bag/data/link")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        package.addfile(info)
    return path


def linked(tmp_path: Path) -> Path:
    return zip_of(tmp_path, (link_info("bag/data/link"), b"/etc/passwd"))


def doubled(tmp_path: Path) -> Path:
    with pytest.warns(UserWarning, match="Duplicate"):
        return zip_of(tmp_path, ("bag/data/a", b"1"), ("bag/data/a", b"2"))


def bomb(tmp_path: Path) -> Path:
    return zip_of(tmp_path, ("bag/data/zeros", bytes(unpack_child.SMALL_BYTES + 1)))


def encrypted(tmp_path: Path) -> Path:
    return flagged(tmp_path, offset=8, value=1)


def deflate64(tmp_path: Path) -> Path:
    return flagged(tmp_path, offset=10, value=9)


def flagged(tmp_path: Path, *, offset: int, value: int) -> Path:
    """Change a field of every central header: flags lie at 8, the method at 10."""
    path = zip_of(tmp_path, ("bag/data/a", b"x"))
    data, at = bytearray(path.read_bytes()), 0
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        data[at + offset] = value
    path.write_bytes(data)
    return path


def cut(tmp_path: Path) -> Path:
    path = zip_of(tmp_path, ("bag/data/a", os.urandom(5000)))
    data = bytearray(path.read_bytes())
    data[2000:3000] = bytes(1000)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (climbing, "climbing"),
        (tar_link, "link"),
        (linked, "link"),
        (doubled, "twice"),
        (bomb, "bomb"),
        (encrypted, "encrypted"),
        (deflate64, "method"),
        (cut, "damaged"),
    ],
)
def test_what_could_harm_is_refused_with_a_sentence(
    tmp_path: Path, make: Callable[[Path], Path], code: str
) -> None:
    with pytest.raises(BagRefused) as refused, unpacked_bag(make(tmp_path)):
        pass
    said = str(WORDS[code]).partition("%(file)s")[2] or str(WORDS[code])
    assert all(said in reason for reason in refused.value.reasons)
    assert refused.value.reasons
    assert not list(tmp_path.rglob("escaped"))
    assert not any(incoming().iterdir()) if incoming().is_dir() else True


def test_limits_are_settings(bag: Path, settings: Any) -> None:
    for name, most in (("BAG_FILES", 2), ("BAG_BYTES", 100)):
        setattr(settings, name, most)
        with pytest.raises(BagRefused), unpacked_bag(pack_zip(bag)):
            pass


class Gbk(zipfile.ZipInfo):
    """A member named as old programs on a Chinese Windows do: GBK, and no flag for it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - zipfile's own
        return self.filename.encode("gbk"), self.flag_bits


def test_names_from_a_chinese_windows_are_read(bag: Path) -> None:
    package = bag.parent / "gbk.zip"
    with zipfile.ZipFile(package, "w") as target:
        for path in sorted(p for p in bag.rglob("*") if p.is_file()):
            target.writestr(Gbk(f"bag/{path.relative_to(bag)}"), path.read_bytes())
    assert "鼎".encode("gbk") in package.read_bytes()
    with unpacked_bag(package) as folder:
        assert folder is not None
        assert (folder / "data" / "sub" / "鼎.jpg").exists()
