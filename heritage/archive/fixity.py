"""Look at one object in one store: every byte hashed, what is wrong put right.

A damaged file is moved into quarantine and, where the other store has it intact,
restored from there. The work is done in steps, so that whoever runs it can pause
between any two chunks.
"""

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from . import ocfl
from .byte_store import ByteStore, Place, drain
from .errors import BrokenInventory, NotAsSent, ReplicaRefused, StoreAbsent
from .local_store import hash_steps
from .models import Condition, Deposit, Kept
from .ocfl_check import errors_of
from .places import staging_folder


class Result(StrEnum):
    """What became of one file: its condition, or that it was put right."""

    INTACT = "intact"
    DAMAGED = "damaged"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    REPAIRED = "repaired"


@dataclass(frozen=True)
class Checked:
    """One file of an object: its path in the object, and what was found."""

    path: str
    result: Result
    found: Condition  # before any repair
    detail: str = ""


@dataclass
class ObjectReport:
    """All that a look at one object found."""

    kept: Kept
    store: ByteStore
    files: list[Checked] = field(default_factory=list)

    @property
    def faults(self) -> list[Checked]:
        return [checked for checked in self.files if checked.result != Result.INTACT]

    @property
    def condition(self) -> Condition:
        """The object's condition now: the worst of what could not be repaired."""
        left = {c.result for c in self.files} - {Result.INTACT, Result.REPAIRED}
        for condition in (Condition.MISSING, Condition.UNREADABLE, Condition.DAMAGED):
            if condition.value in left:
                return condition
        return Condition.INTACT


Look = Generator[Checked | None, None, ObjectReport]


def check_object(
    kept: Kept, here: ByteStore, other: ByteStore | None, *, fresh: Iterable[str] = ()
) -> Look:
    """Check an object in steps: yields each file checked, and None in between.

    `fresh` are content paths that need no look, having had one lately. Raises
    `StoreAbsent` if the whole store is.
    """
    here.check_present()
    report = ObjectReport(kept, here)
    skipped = set(fresh)
    with _own_folder(kept, here) as staging:
        visit = _Visit(kept, here, other, staging)
        manifest: dict[str, str] = {}
        settled = yield from visit.settle()
        for checked in settled:
            report.files.append(checked)
            yield checked
        if (visit.folder / ocfl.INVENTORY).is_file() and ocfl.is_whole(visit.folder):
            manifest = ocfl.read_manifest(visit.folder)
        for path, digest in sorted(manifest.items()):
            if path not in skipped:
                checked = yield from visit.check(path, digest)
                report.files.append(checked)
                yield checked
        for extra in visit.odd_things(manifest):
            report.files.append(extra)
            yield extra
    return report


@dataclass(frozen=True)
class _Visit:
    kept: Kept
    here: ByteStore
    other: ByteStore | None
    staging: Path

    @property
    def path(self) -> str:
        return self.kept.object_path

    @property
    def folder(self) -> Place:
        return self.here.place(self.path)

    @property
    def twin(self) -> Place | None:
        """The same object in the other store, if it is there and can be reached."""
        try:
            if self.other is None or not self.other.has_object(self.path):
                return None
        except StoreAbsent:  # what it could repair is looked at again in a day
            return None
        return self.other.place(self.path)

    def settle(self) -> Generator[None, None, list[Checked]]:
        """See that the object is there and its inventories agree."""
        if not self.folder.is_dir():
            return [(yield from self._restore_all())]
        try:
            with self.here.edit(self.path, self.staging) as folder:
                changed = ocfl.settle(
                    folder, self.staging, aside=self._aside_from(folder)
                )
                names = [path.relative_to(folder).as_posix() for path in changed]
        except BrokenInventory:
            return [self._restore_inventory()]
        return [Checked(n, Result.REPAIRED, Condition.DAMAGED, "copy") for n in names]

    def check(self, path: str, digest: str) -> Generator[Checked | None, None, Checked]:
        """Hash one file; put it aside and restore it if it is not as it should be."""
        place = self.folder / path
        try:
            found = yield from hash_steps(place)
        except (FileNotFoundError, NotADirectoryError):
            condition, found = Condition.MISSING, ""
        except OSError as error:
            condition, found = Condition.UNREADABLE, str(error.strerror)
        else:
            if found == digest:
                return Checked(path, Result.INTACT, Condition.INTACT)
            condition = Condition.DAMAGED
        if condition != Condition.MISSING:
            yield from self.here.set_aside_steps(f"{self.path}/{path}")
        repaired = yield from self._restore(path, digest)
        result = Result.REPAIRED if repaired else Result(condition.value)
        return Checked(path, result, condition, found[:20])

    def odd_things(self, manifest: dict[str, str]) -> list[Checked]:
        """Name what OCFL's rules find wrong beside the files that were hashed."""
        if not self.folder.is_dir() or not manifest:
            return []
        return [
            Checked(found.place, Result.DAMAGED, Condition.DAMAGED, found.code)
            for found in errors_of(self.folder, with_content=False)
            # E092 is a missing file, which is told of already.
            if found.code not in self.here.passing_codes | {"E092"}
        ]

    def _aside_from(self, folder: Path) -> ocfl.Aside:
        """Give what sets a file of the object aside that is named within `folder`."""

        def aside(path: Path) -> None:
            name = path.relative_to(folder).as_posix()
            drain(self.here.set_aside_steps(f"{self.path}/{name}"))

        return aside

    def _restore(self, path: str, digest: str) -> Generator[None, None, bool]:
        twin = self.twin
        if twin is None:
            return False
        place = f"{self.path}/{path}"
        try:
            found = yield from self.here.put_steps(
                twin / path, place, digest, staging=self.staging
            )
        except (NotAsSent, OSError):
            return False
        return found == digest

    def _restore_all(self) -> Generator[None, None, Checked]:
        """Bring a whole object back."""
        result, twin = Result.MISSING, self.twin
        if twin is not None and ocfl.is_whole(twin):
            try:
                yield from self.here.copy_object_steps(twin, self.path)
            except (NotAsSent, OSError, ReplicaRefused):
                return Checked("", result, Condition.MISSING, "replica")
            result = Result.REPAIRED
        return Checked("", result, Condition.MISSING)

    def _restore_inventory(self) -> Checked:
        """Take the other store's inventory; the files are hashed against it next."""
        repaired, twin = False, self.twin
        if twin is not None and ocfl.is_whole(twin):
            with self.here.edit(self.path, self.staging) as folder:
                aside = self._aside_from(folder)
                for path in twin.glob("inventory.json*"):
                    if (folder / path.name).exists():
                        aside(folder / path.name)
                    (self.staging / path.name).write_bytes(path.read_bytes())
                    (self.staging / path.name).rename(folder / path.name)
                ocfl.settle(folder, self.staging, aside=aside)
            repaired = True
        result = Result.REPAIRED if repaired else Result.DAMAGED
        return Checked(ocfl.INVENTORY, result, Condition.DAMAGED)


@contextmanager
def _own_folder(kept: Kept, here: ByteStore) -> Iterator[Path]:
    """Give a folder on the store's own disk; its lock is always beside the archive."""
    name = f"check-{here.name}-{_name_of(kept)}"
    with staging_folder(name) as staging, here.staging_beside(name, staging) as folder:
        yield folder


def _name_of(kept: Kept) -> str:
    return kept.key if isinstance(kept, Deposit) else str(kept).replace("/", "-")
