"""Files that have arrived already: on the archive's disk, whole, synced, chunk by chunk.

They are given a second name in the deposit instead of being copied, and are read once:
for the SHA-512 of the whole, and to see that each chunk is still what came.
"""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .ahead import Ahead

# What file systems say that know no second names.
NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV)
PIECE_BYTES = 1024**2
OnBytes = Callable[[int], None]


class ChangedSince(Exception):
    """A file is no longer what arrived."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.name)
        self.path = path


@dataclass(frozen=True)
class Part:
    """Bytes of a file, one after the other, and the digest they had on arrival."""

    size_bytes: int
    algorithm: str
    digest: str


@dataclass(frozen=True)
class Arrived:
    """A file of ours and what it must consist of; it needs no further room."""

    path: Path
    parts: Sequence[Part]
    size: int = 0

    def link(self, target: Path, on_bytes: OnBytes) -> tuple[str, int]:
        """Give it a second name; tell its SHA-512 and size.

        Raises `ChangedSince` where a part differs, or there is more or less than all.
        """
        try:
            os.link(self.path, target)
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            shutil.copyfile(self.path, target)
        return self._read(on_bytes)

    def _read(self, on_bytes: OnBytes) -> tuple[str, int]:
        digest, size = hashlib.sha512(), 0
        with ThreadPoolExecutor(1) as pool, self.path.open("rb", buffering=0) as file:
            ahead = Ahead(digest, pool)
            for part in self.parts:
                own = hashlib.new(part.algorithm)
                for piece in self._pieces(file, part.size_bytes):
                    on_bytes(len(piece))
                    ahead.update(piece)
                    own.update(piece)
                    size += len(piece)
                if own.hexdigest() != part.digest:
                    raise ChangedSince(self.path)
            if file.read(1):
                raise ChangedSince(self.path)
            return ahead.hexdigest(), size

    def _pieces(self, file: IO[bytes], size: int) -> Iterator[bytes]:
        while size:
            piece = file.read(min(PIECE_BYTES, size))
            if not piece:
                raise ChangedSince(self.path)
            size -= len(piece)
            yield piece
