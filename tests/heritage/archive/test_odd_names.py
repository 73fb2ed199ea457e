"""Names that are no UTF-8 on the disk: read as they were meant, and kept as they were."""

import os
from pathlib import Path

import pytest
from django.core.management import call_command

from heritage.archive.errors import UnsafeName
from heritage.archive.models import Deposit
from heritage.archive.names import readable, safe_name
from heritage.catalogue.models import Collection
from tests.heritage.factories import make_relic

NAMES = {
    "gbk": "青铜器/鼎的扫描.ply",
    "cp932": "写真/土器の写真.jpg",
    "big5": "器物/青銅鼎之掃描.ply",
}


@pytest.mark.parametrize("encoding", sorted(NAMES))
def test_names_of_old_computers_are_read(encoding: str) -> None:
    raw = os.fsdecode(NAMES[encoding].encode(encoding))
    assert safe_name(raw) == NAMES[encoding]
    assert readable(NAMES[encoding]) == NAMES[encoding]


def test_a_backslash_within_a_letter_parts_no_name() -> None:
    raw = "表.ply".encode("cp932")
    assert b"\\" in raw
    with_kana = os.fsdecode("ひとの".encode("cp932") + raw)
    assert safe_name(with_kana) == "ひとの表.ply"


def test_what_no_encoding_reads_is_refused() -> None:
    with pytest.raises(UnsafeName, match=r"\\xff"):
        safe_name(os.fsdecode(b"\xff\xfe.ply"))


@pytest.mark.django_db
def test_a_folder_of_such_names_is_handed_in_by_command(
    collection: Collection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    relic = make_relic(collection, register_no="A-1")
    root = tmp_path / "root"
    folder = Path(os.fsdecode(os.fsencode(root / "A-1 ") + "青铜".encode("gbk")))
    folder.mkdir(parents=True)
    raw = os.fsdecode("鼎的扫描".encode("gbk") + b".pdf")
    (folder / raw).write_bytes(b"scan")
    call_command("deposit", str(root), "--check")
    told = capsys.readouterr().out
    assert "鼎的扫描.pdf" in told
    assert "\\xb6\\xa6" in told
    call_command("deposit", str(root), "--match", "register-no", "--yes")
    file = relic.captures.get().files.get().stored_file
    assert (file.name, file.deposit.note) == ("鼎的扫描.pdf", "A-1 青铜")
    assert file.original_name == "\\xb6\\xa6\\xb5\\xc4\\xc9\\xa8\\xc3\\xe8.pdf"
    assert file.absolute_path().read_bytes() == b"scan"
    assert Deposit.objects.get().state == "sealed"
