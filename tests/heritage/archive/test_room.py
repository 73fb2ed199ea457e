"""Room on the disk is asked for before the first byte, and given back."""

import io
from pathlib import Path

import pytest

from heritage.archive import room
from heritage.archive.actions.deposit import deposit_files
from heritage.archive.errors import NoSpace
from heritage.archive.models import Deposit, StoredFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk with room for a thousand bytes beyond what must stay free."""
    monkeypatch.setattr(
        room, "free_bytes", lambda place=None: room.RESERVE_BYTES + 1000
    )


@pytest.mark.usefixtures("disk")
def test_a_deposit_that_does_not_fit_is_refused_before_its_first_byte(
    tmp_path: Path,
) -> None:
    big = tmp_path / "big.ply"
    big.write_bytes(b"x" * 1001)
    with pytest.raises(NoSpace):
        deposit_files([("big.ply", big)], by=None)
    assert Deposit.objects.get().state == Deposit.State.REFUSED
    assert not StoredFile.objects.exists()


@pytest.mark.usefixtures("disk")
def test_what_another_was_promised_is_taken() -> None:
    other = Deposit.objects.create()
    room.reserve(other, 600)
    with pytest.raises(NoSpace):
        room.reserve(Deposit.objects.create(), 500)
    room.keep_only(other, 100)  # the rest is written by now
    room.reserve(Deposit.objects.create(), 500)


@pytest.mark.usefixtures("disk")
def test_nothing_stays_reserved(tmp_path: Path) -> None:
    file = tmp_path / "a.ply"
    file.write_bytes(b"x" * 900)
    deposit = deposit_files([("a.ply", file)], by=None)
    deposit.refresh_from_db()
    assert deposit.reserved_bytes == 0
    room.reserve(Deposit.objects.create(), 1000)


def test_the_disk_is_looked_at_while_bytes_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A source that does not tell its size may still fill the disk."""
    deposit_files([("a", io.BytesIO(b"1"))], by=None)
    monkeypatch.setattr(room, "free_bytes", lambda place=None: 0)
    monkeypatch.setattr(room, "reserve", lambda deposit, size_bytes: None)
    with pytest.raises(NoSpace):
        deposit_files([("b", io.BytesIO(b"2"))], by=None)
