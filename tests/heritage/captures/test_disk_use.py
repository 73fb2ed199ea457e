"""What a record takes on the disk: originals once, what its derivatives declare, no more."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from django.contrib.auth.models import User

from heritage.archive import due
from heritage.archive.models import StoredFile
from heritage.captures.actions import start_run
from heritage.captures.actions.uploads import add_uploads
from heritage.captures.models import Capture, Run

from .tus import Sender

NOTES = ("record.json", "preservation.json")  # the content of a record's own object
DATA = b"points " + b"1 2 3\n" * 5000


def test_originals_lie_there_once_and_else_what_is_declared(
    sender: Sender,
    capture: Capture,
    curator: User,
    work: Callable[..., Run],
    museum_folder: Path,
) -> None:
    for name in ("front.ply", "sub/front-again.ply"):
        sender.send(DATA, name)
    sender.send(DATA[:-1], "back.ply")
    add_uploads(capture, by=curator)
    assert work(start_run(capture, by=curator)).state == Run.State.SUCCEEDED
    due.preserve_changes()
    archive = museum_folder / "archive_root"
    for data in (DATA, DATA[:-1]):
        assert len(set(copies(museum_folder, data))) == 1
    kept = {
        (path.relative_to(archive).as_posix(), path.stat().st_size)
        for path in files_below(archive)
        if "content" in path.parts and path.name not in NOTES
    }
    assert kept == set(StoredFile.objects.values_list("path", "size_bytes"))
    beside = {p for p in museum_folder.glob(".archive_root-*") if any(files_below(p))}
    assert beside == set()  # nothing is left of the way there


def copies(folder: Path, data: bytes) -> Iterator[int]:
    """Give the numbers of the files that hold these bytes, whatever they are called."""
    digest = hashlib.sha512(data).digest()
    for path in files_below(folder):
        if hashlib.sha512(path.read_bytes()).digest() == digest:
            yield path.stat().st_ino  # a second name is no second copy


def files_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
