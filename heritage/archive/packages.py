"""Packages to hand out: BagIt 1.0 bags, written as a stream of TAR or ZIP.

Nothing is laid out on disk first and memory does not grow with the files: digests and
sizes are known, so that manifests are written before the bytes they speak of. Each file
is hashed on its way, and one that is not what its manifest says ends the package.
"""

import errno
import hashlib
import io
import os
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from django.utils import timezone

from .byte_store import Place
from .errors import DamagedPackage, EmptyPackage
from .institution import museum_names
from .models import Condition, StoredFile
from .verifying import Verifying
from .writeback import EVERY_BYTES, start_writing

CHUNK_BYTES = 256 * 1024  # stays in the processor's cache on its way through
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
# ZIP knows no time before 1980 and TAR's are in UTC: one moment for all members.
MODE = 0o644
# Two file systems, or one that cannot: then the bytes are read and written.
CANNOT_COPY = (errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)


@dataclass(frozen=True)
class Member:
    """One file of a package: bytes at hand, or where they lie."""

    name: str
    size_bytes: int
    source: Place | bytes
    sha512: str = ""  # of a place


@dataclass(frozen=True)
class Payload:
    """One file of the payload with its digest."""

    sha512: str
    size_bytes: int
    source: Place | bytes


@dataclass
class Bag:
    """What goes into a bag: payload by name within `data/`, tag files, and its labels."""

    name: str
    info: list[tuple[str, str]] = field(default_factory=list)
    payload: dict[str, Payload] = field(default_factory=dict)
    tag_files: dict[str, bytes] = field(default_factory=dict)

    def add(self, name: str, file: StoredFile) -> None:
        """Add a stored file; raise `DamagedPackage` if it is not intact."""
        place = file.place()
        if file.condition != Condition.INTACT or not place.is_file():
            raise DamagedPackage(file.name)
        self.payload[name] = Payload(file.sha512, file.size_bytes, place)

    def add_bytes(self, name: str, data: bytes) -> None:
        self.payload[name] = Payload(hashlib.sha512(data).hexdigest(), len(data), data)


def members_of(bag: Bag) -> list[Member]:
    """List a bag's files in the order in which they are written, tag files first."""
    if not bag.payload:
        raise EmptyPackage(bag.name)
    tags = {
        "bagit.txt": DECLARATION,
        "bag-info.txt": _info_file(bag),
        **bag.tag_files,
        "manifest-sha512.txt": _manifest(
            (file.sha512, f"data/{name}") for name, file in sorted(bag.payload.items())
        ),
    }
    tags["tagmanifest-sha512.txt"] = _manifest(
        (hashlib.sha512(data).hexdigest(), name) for name, data in sorted(tags.items())
    )
    first = [Member(f"{bag.name}/{n}", len(d), d) for n, d in sorted(tags.items())]
    return first + [
        Member(f"{bag.name}/data/{name}", file.size_bytes, file.source, file.sha512)
        for name, file in sorted(bag.payload.items())
    ]


def stream_tar(members: Sequence[Member]) -> Iterator[bytes]:
    """Write a POSIX TAR. Raises `DamagedPackage` where a file is not as long as told."""
    for part in _tar_parts(members):
        if isinstance(part, Member):
            yield from _bytes_of(part)
        else:
            yield part


def write_tar(members: Sequence[Member], out: io.FileIO) -> None:
    """Write the same into a file, synced: the system copies while other threads verify."""
    with Verifying() as verifying:
        for part in _tar_parts(members):
            if isinstance(part, Member):
                _copy(part, out, verifying)
            else:
                out.write(part)
        os.fsync(out.fileno())


def _tar_parts(members: Sequence[Member]) -> Iterator[bytes | Member]:
    moment = int(timezone.now().timestamp())
    for member in members:
        header = tarfile.TarInfo(member.name)
        header.size, header.mtime, header.mode = member.size_bytes, moment, MODE
        yield header.tobuf(tarfile.PAX_FORMAT)
        yield member
        yield b"\0" * (-member.size_bytes % tarfile.BLOCKSIZE)
    yield b"\0" * (2 * tarfile.BLOCKSIZE)


def stream_zip(members: Sequence[Member]) -> Iterator[bytes]:
    """Write a ZIP, stored and not compressed, with ZIP64 where it must be."""
    sink = _Sink()
    moment = timezone.localtime().timetuple()[:6]
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", allowZip64=True) as archive:
        for member in members:
            header = zipfile.ZipInfo(member.name, moment)
            header.external_attr = MODE << 16
            header.file_size = member.size_bytes
            with archive.open(header, "w") as out:
                for chunk in _bytes_of(member):
                    out.write(chunk)
                    yield sink.take()
            yield sink.take()
    yield sink.take()


def write_zip(members: Sequence[Member], out: io.FileIO) -> None:
    for chunk in stream_zip(members):
        out.write(chunk)
    os.fsync(out.fileno())


WRITERS: dict[str, Callable[[Sequence[Member], io.FileIO], None]] = {
    "zip": write_zip,
    "tar": write_tar,
}
STREAMS: dict[str, Callable[[Sequence[Member]], Iterator[bytes]]] = {
    "zip": stream_zip,
    "tar": stream_tar,
}


class _Sink(io.RawIOBase):
    """Takes what is written and gives it away again; it cannot go back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(cast("bytes", data))
        self._parts.append(part)
        return len(part)

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts = []
        return data


def _copy(member: Member, out: io.FileIO, verifying: Verifying) -> None:
    """Copy a file within the system, where that can; else chunk by chunk."""
    if isinstance(member.source, Path):
        verifying.begin(member.source, member.name, member.sha512)
        try:
            if _copy_range(member.source, out, member.size_bytes) != member.size_bytes:
                raise DamagedPackage(member.name)
        except FileNotFoundError as error:
            raise DamagedPackage(member.name) from error
        except OSError as error:
            if error.errno not in CANNOT_COPY:
                raise
        else:
            return
    for chunk in _bytes_of(member):
        out.write(chunk)


def _copy_range(path: Path, out: io.FileIO, size_bytes: int) -> int:
    """Give how many bytes there were to copy; the first call fails, or none does."""
    left = size_bytes
    with path.open("rb", buffering=0) as file:
        while left:
            wanted = min(left, EVERY_BYTES)
            copied = os.copy_file_range(file.fileno(), out.fileno(), wanted)
            if not copied:
                break
            left -= copied
            start_writing(out.fileno(), out.tell() - copied, copied)
    return size_bytes - left


def _bytes_of(member: Member) -> Iterator[bytes]:
    """Give a file's bytes; raise `DamagedPackage` unless they are what they should be."""
    if isinstance(member.source, bytes):
        yield member.source
        return
    left, digest = member.size_bytes, hashlib.sha512()
    try:
        with member.source.open("rb", buffering=0) as file:
            while left > 0 and (chunk := file.read(min(CHUNK_BYTES, left))):
                left -= len(chunk)
                digest.update(chunk)
                yield chunk
    except OSError as error:
        raise DamagedPackage(member.name) from error
    if digest.hexdigest() != member.sha512:
        raise DamagedPackage(member.name)


def _info_file(bag: Bag) -> bytes:
    sizes = [file.size_bytes for file in bag.payload.values()]
    labels = [
        ("Source-Organization", museum_names().both),
        ("Bagging-Date", timezone.localdate().isoformat()),
        ("Payload-Oxum", f"{sum(sizes)}.{len(sizes)}"),
        ("Bag-Software-Agent", "Heritage"),
        *bag.info,
    ]
    # A value is one line here: what follows a line break would be read as a label.
    lines = [
        f"{label}: {' '.join(value.split())}\n" for label, value in labels if value
    ]
    return "".join(lines).encode()


def _manifest(entries: Iterator[tuple[str, str]]) -> bytes:
    return "".join(f"{digest}  {_escape(name)}\n" for digest, name in entries).encode()


def _escape(name: str) -> str:
    """Write the three characters that RFC 8493 escapes in names."""
    return name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")
