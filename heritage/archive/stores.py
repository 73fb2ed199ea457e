"""The two places that hold every object: the archive, and its replica if there is one."""

import os
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from . import ocfl
from .errors import StoreAbsent
from .models import Deposit
from .receiving import CHUNK_BYTES

ROOT_DECLARATION = "0=ocfl_1.1"
# Gives control back between two chunks, so that a long look can be taken in slices.
Steps = Generator[None, None, str]


@dataclass(frozen=True)
class Store:
    """An OCFL storage root, with folders beside it for work and for damaged files."""

    name: str
    root: Path

    @property
    def incoming(self) -> Path:
        return self.root.with_name(f".{self.root.name}-incoming")

    @property
    def quarantine(self) -> Path:
        return self.root.with_name(f".{self.root.name}-quarantine")

    def check_present(self) -> None:
        """Raise `StoreAbsent` for a folder that is no storage root: not mounted, say."""
        if not (self.root / ROOT_DECLARATION).is_file():
            raise StoreAbsent(self.root)

    def set_aside(self, path: Path) -> Path:
        """Move a damaged file where nobody serves it; nothing is ever overwritten."""
        moment = timezone.now().strftime("%Y%m%dT%H%M%S.%f")
        target = self.quarantine / moment / path.relative_to(self.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
        ocfl.sync_folder(path.parent)
        return target


def archive() -> Store:
    return Store("archive", Path(settings.ARCHIVE_ROOT))


def check_mounted() -> None:
    """Raise `StoreAbsent` where the records know of objects and no storage root is there.

    Then its disk is not mounted, and nothing may be written under its name.
    """
    store = archive()
    if (store.root / ROOT_DECLARATION).is_file():
        return
    if Deposit.objects.filter(state=Deposit.State.SEALED).exists():
        raise StoreAbsent(store.root)


def replica() -> Store | None:
    """Give the second store; None where the museum has set none up."""
    root = settings.REPLICA_ROOT
    return Store("replica", Path(root)) if root else None


def hash_steps(path: Path) -> Steps:
    """Hash a file chunk by chunk; gives its SHA-512. Raises `OSError`."""
    digest = ocfl.new_digest()
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            yield
    return digest.hexdigest()


def copy_steps(source: Path, target: Path) -> Steps:
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
