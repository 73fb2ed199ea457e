"""Objects in a local folder: what is kept is renamed into its place."""

import os
import shutil
from collections.abc import Collection, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from . import ocfl
from .byte_store import ROOT_DECLARATION, DigestSteps, Place, Steps, files_in
from .errors import ReplicaRefused, StoreAbsent
from .places import remove

CHUNK_BYTES = 1024**2
OBJECTS = "*/*/*/*"  # where extension 0004 puts them


@dataclass(frozen=True)
class LocalStore:
    """An OCFL storage root, with folders beside it for work and for damaged files."""

    name: str
    root: Path
    passing_codes: frozenset[str] = frozenset()

    @property
    def incoming(self) -> Path:
        return self.root.with_name(f".{self.root.name}-incoming")

    @property
    def quarantine(self) -> Path:
        return self.root.with_name(f".{self.root.name}-quarantine")

    def __str__(self) -> str:
        return str(self.root)

    def check_present(self) -> None:
        """Raise `StoreAbsent` for a folder that is no storage root: not mounted, say."""
        if not (self.root / ROOT_DECLARATION).is_file():
            raise StoreAbsent(self.root)

    def check_reached(self) -> None:
        """Do nothing: a folder is made when it is needed."""

    def ensure_root(self) -> None:
        ocfl.ensure_root(self.root)

    def place(self, path: str) -> Path:
        return self.root / path

    def objects(self) -> Iterator[str]:
        for path in sorted(self.root.glob(OBJECTS)):
            if path.is_dir():
                yield path.relative_to(self.root).as_posix()

    def has_object(self, object_path: str) -> bool:
        return (self.root / object_path).is_dir()

    def put_object(self, draft: Path, object_path: str) -> None:
        self.ensure_root()
        final = self.root / object_path
        final.parent.mkdir(parents=True, exist_ok=True)
        draft.rename(final)
        ocfl.sync_folder(final.parent)

    def copy_object_steps(self, source: Place, object_path: str) -> Steps:
        """Copy into a draft, hashed on the way, and only then to its place."""
        self.ensure_root()
        draft = self.incoming / f"copy-{source.name}"
        shutil.rmtree(draft, ignore_errors=True)
        digests = ocfl.read_manifest(source)
        try:
            for name, path in files_in(source).items():
                found = yield from copy_steps(path, draft / name)
                if found != digests.get(name, found):
                    raise ReplicaRefused(source.name, name)
            if not ocfl.is_whole(draft):
                raise ReplicaRefused(source.name, ocfl.INVENTORY)
            ocfl.sync_tree(draft)
            _swap(draft, self.root / object_path)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def put_steps(
        self, source: Place, path: str, sha512: str, *, staging: Path
    ) -> DigestSteps:
        draft = staging / "restored"
        found = yield from copy_steps(source, draft)
        if found == sha512:
            place = self.root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            draft.rename(place)
            ocfl.sync_folder(place.parent)
        return found

    @contextmanager
    def edit(self, object_path: str, staging: Path) -> Iterator[Path]:
        """Give the object's own folder: each change is a rename in it."""
        yield self.root / object_path

    def drop_half_versions(self, object_path: str) -> None:
        """Do nothing: a version comes by one rename, or not at all."""

    @contextmanager
    def staging_beside(self, name: str, staging: Path) -> Iterator[Path]:
        """Give a folder on the store's own disk."""
        if self.incoming == staging.parent:
            yield staging
            return
        folder = self.incoming / name
        folder.mkdir(parents=True, exist_ok=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def set_aside_steps(self, path: str) -> Steps:
        yield from ()  # a rename is one step
        moment = timezone.now().strftime("%Y%m%dT%H%M%S.%f")
        target = self.quarantine / moment / path
        target.parent.mkdir(parents=True, exist_ok=True)
        place = self.root / path
        place.rename(target)
        ocfl.sync_folder(place.parent)

    def remove_unlisted(self, object_path: str, listed: Collection[str]) -> None:
        folder = self.root / object_path
        for path in sorted((folder / "v1" / "content").rglob("*"), reverse=True):
            if path.is_dir():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path.relative_to(folder).as_posix() not in listed:
                path.unlink()
        ocfl.sync_tree(folder)

    def remove_object(self, object_path: str) -> None:
        remove(self.root / object_path)

    def purge_aside(self, object_path: str, paths: Collection[str]) -> None:
        name = object_path.rsplit("/", 1)[-1]
        # Whoever is copying the object into this store fails, and copies it anew.
        shutil.rmtree(self.incoming / f"copy-{name}", ignore_errors=True)
        shutil.rmtree(self.incoming / f"copy-{name}.old", ignore_errors=True)
        for moment in self.quarantine.glob("*"):
            for path in paths:
                (moment / object_path / path).unlink(missing_ok=True)

    def note_erasure(self, key: str, certificate: bytes) -> None:
        self._ledger.mkdir(parents=True, exist_ok=True)
        self.incoming.mkdir(parents=True, exist_ok=True)
        ocfl.replace_file(self._ledger / f"{key}.json", certificate, self.incoming)

    def noted_erasures(self) -> Iterator[bytes]:
        for path in sorted(self._ledger.glob("*.json")):
            yield path.read_bytes()

    @property
    def _ledger(self) -> Path:
        return self.root.with_name(f".{self.root.name}-erasures")

    def sweep(self, *, before: datetime) -> int:
        """Do nothing: `places.leftovers` names what is begun beside a local archive."""
        return 0


def hash_steps(place: Place) -> DigestSteps:
    """Hash a file chunk by chunk; gives its SHA-512. Raises `OSError`."""
    digest = ocfl.new_digest()
    with place.open("rb", buffering=0) as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            yield
    return digest.hexdigest()


def copy_steps(source: Place, target: Path) -> Generator[None, None, str]:
    """Copy a file chunk by chunk, synced; gives the SHA-512 of what was copied."""
    digest = ocfl.new_digest()
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb", buffering=0) as file, target.open("wb") as out:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            out.write(chunk)
            yield
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def _swap(draft: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    old = draft.with_name(f"{draft.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    draft.rename(target)
    ocfl.sync_folder(target.parent)
    shutil.rmtree(old, ignore_errors=True)
