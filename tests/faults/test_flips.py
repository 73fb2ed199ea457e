"""One bit flips anywhere in archive, replica or index: found, put right, nothing lost."""

import io
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from heritage.archive.actions.check import check_kept, fill_replica
from heritage.archive.actions.deposit import deposit_files
from heritage.archive.local_store import LocalStore
from heritage.archive.models import Deposit, PreservationEvent, StoredFile
from heritage.archive.ocfl_check import check_object
from tests.heritage.archive.local import archive, replica

pytestmark = [pytest.mark.slow, pytest.mark.thorough, pytest.mark.django_db]

FILES = {"a.ply": b"a" * 1000, "b/c.ply": b"c" * 5, "b/d.ply": b"d" * 70_000}


@pytest.fixture
def deposit(settings: Any, tmp_path: Path) -> Deposit:
    """A deposit that is in the archive and in the replica."""
    settings.REPLICA_ROOT = str(tmp_path / "replica")
    kept = deposit_files([(n, io.BytesIO(d)) for n, d in FILES.items()], by=None)
    run(fill_replica())
    return kept


def run(steps: Iterator[None]) -> None:
    for _step in steps:
        pass


def flip_one_bit(folder: Path, chance: random.Random) -> Path:
    path = chance.choice(sorted(p for p in folder.rglob("*") if p.is_file()))
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    return path


def stores() -> tuple[LocalStore, LocalStore]:
    second = replica()
    assert second is not None
    return archive(), second


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("where", [0, 1], ids=["archive", "replica"])
def test_a_flipped_bit_is_put_right(deposit: Deposit, seed: int, where: int) -> None:
    here = stores()[where]
    folder = here.root / deposit.object_path
    chance = random.Random(seed)  # noqa: S311 - it must repeat
    damaged = flip_one_bit(folder, chance)
    as_damaged = damaged.read_bytes()

    looked = check_kept(deposit, here)

    assert {checked.result for checked in looked.faults} == {"repaired"}, damaged
    assert not [f for f in check_object(folder) if f.is_error]
    for name, data in FILES.items():
        assert (folder / "v1" / "content" / name).read_bytes() == data
    aside = [p for p in here.quarantine.rglob("*") if p.is_file()]
    assert as_damaged in [path.read_bytes() for path in aside]
    assert PreservationEvent.objects.filter(type="repair").exists()
    assert check_kept(deposit, here).faults == []


def test_a_flipped_bit_in_the_index_is_put_right(deposit: Deposit) -> None:
    file = deposit.files.get(name="a.ply")
    first = "0" if file.sha512[0] != "0" else "1"
    StoredFile.objects.filter(pk=file.pk).update(sha512=first + file.sha512[1:])
    looked = check_kept(deposit)
    assert [(one.path, one.detail) for one in looked.faults] == [
        ("v1/content/a.ply", "database")
    ]
    assert StoredFile.objects.get(pk=file.pk).sha512 == file.sha512
    assert check_kept(deposit).faults == []
    assert PreservationEvent.objects.filter(type="repair", subject_key=file.key)


@pytest.mark.parametrize("seed", range(10))
def test_every_digest_and_size_in_the_database_is_told_against_the_inventory(
    deposit: Deposit, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - it must repeat
    right = list(deposit.files.values_list("pk", "sha512", "size_bytes"))
    pk, digest, size = chance.choice(right)
    place = chance.randrange(len(digest))
    flipped = format(int(digest[place], 16) ^ 1, "x")
    wrong = {"sha512": digest[:place] + flipped + digest[place + 1 :]}
    if seed % 2:
        wrong = {"size_bytes": size ^ (1 << chance.randrange(30))}  # type: ignore[dict-item]
    StoredFile.objects.filter(pk=pk).update(**wrong)
    assert [one.detail for one in check_kept(deposit).faults] == ["database"]
    assert list(deposit.files.values_list("pk", "sha512", "size_bytes")) == right
