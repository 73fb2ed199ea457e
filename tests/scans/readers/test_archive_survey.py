"""Everything that is wrong with an archive is told, member by member."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from scans.readers.archive import ArchiveLimits
from scans.readers.archive_survey import MOST_TOLD, SENTENCES, survey


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def flagged(path: Path, *, flag: int = 0, method: int = 8) -> Path:
    """Say of the first member that it is encrypted, or packed in another way."""
    data = bytearray(path.read_bytes())
    local, central = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    struct.pack_into("<HH", data, local + 6, flag, method)
    struct.pack_into("<HH", data, central + 8, flag, method)
    path.write_bytes(data)
    return path


def encrypted(path: Path) -> None:
    flagged(packed(path, {"a.ply": b"ply"}), flag=1)


def deflate64(path: Path) -> None:
    flagged(packed(path, {"a.ply": b"ply"}), method=9)


def other_method(path: Path) -> None:
    flagged(packed(path, {"a.ply": b"ply"}), method=98)


def link(path: Path) -> None:
    info = zipfile.ZipInfo("a.ply")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")


def climbing(path: Path) -> None:
    packed(path, {"x/../../a.ply": b"ply"})


def absolute(path: Path) -> None:
    packed(path, {"/etc/a.ply": b"ply"})


def drive(path: Path) -> None:
    packed(path, {"C:\\a.ply": b"ply"})


def twice(path: Path) -> None:
    packed(path, {"a.ply": b"ply", "A.PLY": b"ply"})


def damaged(path: Path) -> None:
    data = bytearray(packed(path, {"a.ply": bytes(range(256)) * 9}).read_bytes())
    data[60:70] = bytes(10)
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(packed(path, {"a.ply": b"ply" * 99}).read_bytes()[:-30])


def bomb(path: Path) -> None:
    packed(path, {"a.ply": bytes(60_000_000)})


CASES: list[tuple[Callable[[Path], None], str]] = [
    (encrypted, "member-encrypted"),
    (deflate64, "member-deflate64"),
    (other_method, "member-method"),
    (link, "member-link"),
    (climbing, "member-outside"),
    (absolute, "member-outside"),
    (drive, "member-outside"),
    (twice, "member-twice"),
    (damaged, "member-damaged"),
    (cut, "archive-unreadable"),
    (bomb, "archive-bomb"),
]


@pytest.mark.parametrize(("make", "code"), CASES, ids=[m.__name__ for m, _ in CASES])
def test_each_fault_has_its_code(
    tmp_path: Path, make: Callable[[Path], None], code: str
) -> None:
    path = tmp_path / "set.zip"
    make(path)
    told = survey(path)
    # What is encrypted or packed otherwise is not unpacked to see if it is whole.
    assert [one.code for one in told] == [code]
    assert told[0].facts["file"] == "set.zip"


def test_a_sound_archive_has_none(tmp_path: Path) -> None:
    members = {"a/b.ply": b"ply", "__MACOSX/._b.ply": b"x", "青铜鼎.ply": b"ply"}
    assert survey(packed(tmp_path / "set.zip", members)) == []


@pytest.mark.parametrize(
    ("name", "encoding"), [("青铜鼎.ply", "gb18030"), ("ハニワのスキャン.ply", "cp932")]
)
def test_names_in_other_encodings_are_read_and_told(
    tmp_path: Path, name: str, encoding: str
) -> None:
    path = tmp_path / "set.zip"
    raw = name.encode(encoding)
    packed(path, {"x" * len(raw): b"ply"})
    path.write_bytes(path.read_bytes().replace(b"x" * len(raw), raw))
    (told,) = survey(path)
    assert told.code == "member-decoded"
    assert (told.facts["name"], told.facts["encoding"]) == (name, encoding)


def test_all_faults_of_all_members_are_told(tmp_path: Path) -> None:
    path = packed(
        tmp_path / "set.zip", {"../a.ply": b"1", "b.ply": b"2", "B.ply": b"3"}
    )
    flagged(path, flag=1)
    codes = sorted(one.code for one in survey(path))
    assert codes == ["member-encrypted", "member-outside", "member-twice"]


def test_a_hostile_archive_does_not_flood_the_report(tmp_path: Path) -> None:
    members = {f"../{number}.ply": b"" for number in range(MOST_TOLD + 5)}
    path = packed(tmp_path / "set.zip", members)
    told = survey(path)
    assert len(told) == MOST_TOLD + 1
    assert (told[-1].code, told[-1].facts["count"]) == ("members-more", 5)
    assert [one.code for one in survey(path, ArchiveLimits(members=9))] == [
        "archive-members"
    ]


def test_sentences_ask_for_no_fact_that_is_not_there() -> None:
    assert all("{file}" in sentence for sentence in SENTENCES.values())
