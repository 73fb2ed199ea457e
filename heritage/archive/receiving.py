"""Receive bytes into a staging folder: hashed while they are written, then synced.

Memory is constant whatever the size. A large file is hashed in a second thread while
this one writes; many small ones are synced together, which a disk does in a fraction
of the time it needs one by one. Where a file is empty for a whole chunk it takes no room:
it is as sparse here as it may have been, and reads the same.
"""

import errno
import hashlib
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from . import ocfl
from .ahead import Ahead
from .arrived import Arrived
from .errors import DuplicateName
from .names import printable, safe_name
from .writeback import EVERY_BYTES, start_writing

CHUNK_BYTES = 1024**2
SYNC_AT_ONCE = 256  # names handed to the threads at a time
HOLE = bytes(CHUNK_BYTES)
SYNCING = 8  # at once: the disk joins them into few writes

OnBytes = Callable[[str, int], None]
Source = BinaryIO | Path | Arrived


@dataclass
class Reception:
    """What has come into one staging folder so far."""

    folder: Path
    on_bytes: OnBytes
    contents: dict[str, ocfl.Content] = field(default_factory=dict)
    originals: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    _by_digest: dict[str, str] = field(default_factory=dict)
    _folders: set[Path] = field(default_factory=set)

    def take(self, name: str, source: Source) -> ocfl.Content:
        """Write one file under its safe name; identical content is kept once.

        Raises `UnsafeName` or `DuplicateName`.
        """
        safe = safe_name(name)
        if safe in self.contents:
            raise DuplicateName(name)
        content_path = f"v1/content/{safe}"
        target = self.folder / content_path
        self._make_folder(target.parent, name)
        digest, size_bytes = self._write(target, source, name)
        known = self._by_digest.setdefault(digest, content_path)
        if known != content_path:
            target.unlink()
        self.contents[safe] = ocfl.Content(safe, known, digest)
        self.sizes[safe] = size_bytes
        if name != safe:
            self.originals[safe] = printable(name)
        return self.contents[safe]

    def finish(self) -> None:
        """Make all content survive a power cut; drop folders that have become empty."""
        kept = list(self._by_digest.values())
        with ThreadPoolExecutor(SYNCING) as pool:
            for start in range(0, len(kept), SYNC_AT_ONCE):
                batch = kept[start : start + SYNC_AT_ONCE]
                for _done in pool.map(self._sync, batch):
                    pass
        for folder in sorted(self._folders, key=lambda path: -len(path.parts)):
            if not any(folder.iterdir()):
                folder.rmdir()

    def _sync(self, path: str) -> None:
        handle = os.open(self.folder / path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def _make_folder(self, folder: Path, name: str) -> None:
        if folder in self._folders:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            # A file already stands where this name needs a folder.
            raise DuplicateName(name) from None
        root = self.folder / "v1" / "content"
        while folder not in self._folders and folder != root:
            self._folders.add(folder)
            folder = folder.parent

    def _write(self, target: Path, source: Source, name: str) -> tuple[str, int]:
        def told(count: int) -> None:
            self.on_bytes(name, count)

        try:
            if isinstance(source, Arrived):
                return source.link(target, told)
            with target.open("xb", buffering=0) as out:
                if not isinstance(source, Path):
                    return copy_hashed(source, out, told)
                with source.open("rb", buffering=0) as file:
                    return copy_hashed(file, out, told)
        except IsADirectoryError:
            raise DuplicateName(name) from None


def copy_hashed(
    source: Any, out: Any, on_bytes: Callable[[int], None]
) -> tuple[str, int]:
    """Copy a stream into an empty file; give its SHA-512 and size.

    A large one is hashed alongside. Raises `OSError` where the file has not that size.
    """
    first = source.read(CHUNK_BYTES)
    second = source.read(CHUNK_BYTES) if first else b""
    if second:
        rest = iter(lambda: source.read(CHUNK_BYTES), b"")
        with ThreadPoolExecutor(1) as pool:
            ahead = Ahead(hashlib.sha512(), pool)
            told = _copy_chunks(chain([first, second], rest), ahead, out, on_bytes)
    else:
        told = _copy_chunks([first] if first else [], hashlib.sha512(), out, on_bytes)
    _end_at(out, told[1])
    return told


def _end_at(out: Any, size: int) -> None:
    """Make the file end where its bytes did: nothing has written a hole at its end."""
    out.truncate(size)
    if os.fstat(out.fileno()).st_size != size:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(out.name))


def _copy_chunks(
    chunks: Iterable[bytes], digest: Any, out: Any, on_bytes: Callable[[int], None]
) -> tuple[str, int]:
    copied = 0
    for chunk in chunks:
        on_bytes(len(chunk))
        digest.update(chunk)
        _write_all(out, chunk)
        copied += len(chunk)
        if copied % EVERY_BYTES == 0:
            start_writing(out.fileno(), copied - EVERY_BYTES, EVERY_BYTES)
    return digest.hexdigest(), copied


def _write_all(out: Any, chunk: bytes) -> None:
    if chunk == HOLE:
        out.seek(CHUNK_BYTES, os.SEEK_CUR)
        return
    view = memoryview(chunk)
    while view:
        view = view[out.write(view) :]
