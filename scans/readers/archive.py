"""ZIP archives of scans: unpacked within limits, under names that cannot do harm.

An archive from a stranger may lie about sizes, climb out of its folder, hold links or
grow a thousandfold. What its directory says is checked before anything is written, and
what is written is counted.
"""

import errno
import lzma
import shutil
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from scans.errors import DiskFull, OversizedScan, UnreadableArchive
from scans.readers.lettering import encoding_of

SUFFIX = ".zip"
UTF8_FLAG, ENCRYPTED_FLAG = 0x800, 0x1  # APPNOTE.TXT 6.3.10, 4.4.4
UNICODE_PATH = 0x7075  # Info-ZIP's extra field: the name in UTF-8
METHODS = {
    zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA,
}  # fmt: skip
FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
CHUNK = 1 << 20
LONGEST = 200  # bytes of one part of a name; file systems take 255
# What desktops add of their own.
LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error)
BROKEN_LATE = (*BROKEN, NotImplementedError, RuntimeError, lzma.LZMAError)


@dataclass(frozen=True)
class ArchiveLimits:
    """What an archive may hold.

    ratio : unpacked against packed; text of equal rows packs to about a fiftieth, and
            deflate can do a thousandth at most
    small : bytes up to which the ratio is of no concern
    """

    members: int = 20_000
    total_bytes: int = 20_000_000_000
    ratio: int = 200
    small: int = 50_000_000


DEFAULT_LIMITS = ArchiveLimits()


@dataclass(frozen=True)
class Member:
    """A file of an archive and the name it is unpacked to."""

    info: zipfile.ZipInfo
    name: PurePosixPath


def unpack(path: Path, folder: Path, limits: ArchiveLimits = DEFAULT_LIMITS) -> None:
    """Unpack all files of a ZIP into a folder, which is emptied first.

    Raises UnreadableArchive, OversizedScan.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(path, archive.infolist())
            _check_claims(path, members, folder, limits)
            for member in members:
                _write(path, archive, member, folder)
    except BROKEN as error:
        reason = "it is no ZIP, or it is damaged"
        raise UnreadableArchive(path, reason) from error


def _members(path: Path, infos: list[zipfile.ZipInfo]) -> list[Member]:
    """Files worth unpacking, under safe names that differ."""
    files = [info for info in infos if not info.is_dir()]
    names, _encoding = member_names(files)
    members: dict[str, Member] = {}
    for info, name in zip(files, names, strict=True):
        if is_litter(name):
            continue
        _check_kind(path, info)
        safe = safe_path(path, name)
        if str(safe).casefold() in members:
            raise UnreadableArchive(path, "two of its files have one name")
        members[str(safe).casefold()] = Member(info, safe)
    return list(members.values())


def member_names(infos: list[zipfile.ZipInfo]) -> tuple[list[str], str]:
    """Decode names: as the archive states, else all in the encoding that fits them.

    Gives that encoding too.
    """
    # Python decodes what is not stated to be UTF-8 as code page 437, byte by byte.
    unstated = [
        info.filename.encode("cp437", "replace")
        for info in infos
        if not info.flag_bits & UTF8_FLAG
    ]
    encoding = encoding_of(unstated) if unstated else "utf-8"
    names = [
        unicodedata.normalize("NFC", _name(info, encoding).replace("\\", "/"))
        for info in infos
    ]
    return names, encoding


def _name(info: zipfile.ZipInfo, encoding: str) -> str:
    if info.flag_bits & UTF8_FLAG:
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    for kind, data in _extras(info.extra):
        stated = kind == UNICODE_PATH and data[1:5] == struct.pack(
            "<I", zlib.crc32(raw)
        )
        if stated:
            return data[5:].decode("utf-8", "replace")
    return raw.decode(encoding, "replace")


def _extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        yield kind, extra[4 : 4 + size]
        extra = extra[4 + size :]


def is_litter(name: str) -> bool:
    last = name.rsplit("/", 1)[-1]
    return name.startswith(LITTER[0]) or last in LITTER or last.startswith("._")


def _check_kind(path: Path, info: zipfile.ZipInfo) -> None:
    if info.flag_bits & ENCRYPTED_FLAG:
        raise UnreadableArchive(path, "one of its files is encrypted")
    if info.compress_type not in METHODS:
        reason = "one of its files is packed in a way that is not known here"
        raise UnreadableArchive(path, reason)
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise UnreadableArchive(path, "one of its files is a link")


def safe_path(path: Path, name: str) -> PurePosixPath:
    parts = [part for part in name.split("/") if part not in ("", ".")]
    drive = len(name) > 1 and name[1] == ":"
    hidden = any(ord(letter) < 32 or letter == "\x7f" for letter in name)
    if name.startswith("/") or drive or hidden or ".." in parts or not parts:
        reason = "one of its files has a name that leads out of it"
        raise UnreadableArchive(path, reason)
    return PurePosixPath(*map(_shortened, parts))


def _shortened(part: str) -> str:
    """Cut a name that no file system takes; its ending is what tells the format."""
    if len(part.encode()) <= LONGEST:
        return part
    suffix = PurePosixPath(part).suffix[:16]
    digest = f"{zlib.crc32(part.encode()):08x}"
    return part.encode()[: LONGEST - 40].decode("utf-8", "ignore") + digest + suffix


def _check_claims(
    path: Path, members: list[Member], folder: Path, limits: ArchiveLimits
) -> None:
    if len(members) > limits.members:
        raise OversizedScan(
            path, what="files", found=len(members), limit=limits.members
        )
    total = sum(member.info.file_size for member in members)
    packed = sum(member.info.compress_size for member in members)
    # Members that overlap each other would be counted twice: the file's size is the truth.
    packed = min(packed, path.stat().st_size)
    room = shutil.disk_usage(folder).free
    allowed = min(limits.total_bytes, max(limits.small, limits.ratio * packed), room)
    if total > allowed:
        raise OversizedScan(path, what="bytes", found=total, limit=allowed)


def _write(path: Path, archive: zipfile.ZipFile, member: Member, folder: Path) -> None:
    target = folder / member.name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member.info) as source, target.open("xb") as file:
            is_whole = _copy(source, file, member.info.file_size)
    except BROKEN_LATE as error:
        if isinstance(error, OSError) and error.errno in FULL:
            raise DiskFull(error.strerror or "") from error
        raise UnreadableArchive(path, "one of its files is damaged") from error
    if not is_whole:
        raise UnreadableArchive(path, "one of its files is damaged")


def _copy(source: IO[bytes], target: IO[bytes], size: int) -> bool:
    """Copy at most `size` bytes; tell whether there were just so many."""
    left = size
    while chunk := source.read(min(CHUNK, left + 1)):
        left -= len(chunk)
        if left < 0:
            return False
        target.write(chunk)
    return left == 0
