"""What the archive asks of a place that holds its objects: a folder, or a bucket of S3.

Reading is the same for both: `place` gives something that reads as a `Path` does.
Writing is not, for a bucket renames nothing: so it goes through the few verbs here, each
of which shows nothing before it is whole.
"""

from collections.abc import Collection, Generator, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeAlias, TypeVar

from .s3_paths import S3Path

Place: TypeAlias = Path | S3Path
# Gives control back between two chunks, so that a long work can be taken in slices.
Steps = Generator[None, None, None]
DigestSteps = Generator[None, None, str]
T = TypeVar("T")
ROOT_DECLARATION = "0=ocfl_1.1"


def files_in(folder: Place) -> dict[str, Place]:
    """Give every file below a folder under its path within it, in order."""
    if isinstance(folder, Path):
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path for path in paths}
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}


def drain(steps: Generator[None, None, T]) -> T:
    """Take all steps at once; gives what they give at their end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: T = end.value
            return found


class ByteStore(Protocol):
    """An OCFL storage root. Paths are texts, within the root, with slashes."""

    @property
    def name(self) -> str: ...

    @property
    def passing_codes(self) -> frozenset[str]:
        """OCFL's findings that here mean no damage but a version being added."""

    def check_present(self) -> None:
        """Raise `StoreAbsent` where there is no storage root."""

    def check_reached(self) -> None:
        """Raise `StoreAbsent` where the place itself does not answer, empty or not."""

    def ensure_root(self) -> None:
        """Make the storage root with its declarations if it is not there."""

    def place(self, path: str) -> Place:
        """Give where a file or an object lies, to be read."""

    def objects(self) -> Iterator[str]:
        """Give the path of every object, whole or not, in order."""

    def has_object(self, object_path: str) -> bool: ...

    def put_object(self, draft: Path, object_path: str) -> None:
        """Have a sealed and synced draft as an object: all of it, or nothing is seen."""

    def copy_object_steps(self, source: Place, object_path: str) -> Steps:
        """Have a copy of another store's object, in the place of an older if need be.

        Raises `ReplicaRefused` if it is not what its inventory says.
        """

    def put_steps(
        self, source: Place, path: str, sha512: str, *, staging: Path
    ) -> DigestSteps:
        """Have a copy of one file if it has this digest; gives the digest it has."""

    def edit(self, object_path: str, staging: Path) -> AbstractContextManager[Path]:
        """Give a folder with an object's inventories, in which they may be changed.

        What was changed is in the store afterwards, content first. `staging` is an
        empty folder of the caller's. Older versions and content may not be in it.
        """

    def drop_half_versions(self, object_path: str) -> None:
        """Remove what a killed process has left of a version; nobody else may write."""

    def staging_beside(self, name: str, staging: Path) -> AbstractContextManager[Path]:
        """Give a folder from which files can be put by a rename, where that is so."""

    def set_aside_steps(self, path: str) -> Steps:
        """Move a damaged file where nobody serves it; nothing is ever overwritten."""

    def remove_unlisted(self, object_path: str, listed: Collection[str]) -> None:
        """Remove for good the content of a first version that is not among these."""

    def remove_object(self, object_path: str) -> None: ...

    def purge_aside(self, object_path: str, paths: Collection[str]) -> None:
        """Remove what lies of these content paths in quarantine, or is being copied."""

    def note_erasure(self, key: str, certificate: bytes) -> None:
        """Write down, beside the storage root, what was erased by law."""

    def noted_erasures(self) -> Iterator[bytes]:
        """Give all certificates that were ever noted, whatever was restored since."""

    def sweep(self, *, before: datetime) -> int:
        """Remove what was begun before then and never became anything; tell how many."""
