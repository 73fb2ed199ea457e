"""Tell everything that is wrong with a ZIP archive, not only what is met first.

Nothing is written; what is unpacked to see whether it is whole is counted and thrown away.
"""

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from scans.errors import UnreadableArchive
from scans.geometry.scan import Finding
from scans.readers.archive import (
    BROKEN,
    BROKEN_LATE,
    CHUNK,
    DEFAULT_LIMITS,
    ENCRYPTED_FLAG,
    METHODS,
    UTF8_FLAG,
    ArchiveLimits,
    is_litter,
    member_names,
    safe_path,
)

DEFLATE64 = 9  # APPNOTE.TXT 6.3.10, 4.4.5
MOST_TOLD = 200  # of one archive; nobody reads more
SENTENCES = {
    "archive-unreadable": "{file} is no ZIP, or it is damaged. Pack it again.",
    "archive-members": (
        "{file} holds {found} files, and the limit is {limit}. Pack it in parts."
    ),
    "archive-bomb": (
        "{file} would grow from {packed} to {found} bytes; such archives are not "
        "unpacked. Hand in the files themselves."
    ),
    "member-encrypted": (
        "{file}: {member} is locked with a password. Pack it again without one."
    ),
    "member-deflate64": (
        "{file}: {member} is packed with Deflate64, as Windows does with large files. "
        "Pack it again with another program (ordinary Deflate), or hand in the files."
    ),
    "member-method": (
        "{file}: {member} is packed in a way that is not known here. "
        "Pack it again as an ordinary ZIP."
    ),
    "member-link": (
        "{file}: {member} is a link to another file. Pack the file itself instead."
    ),
    "member-outside": (
        "{file}: the name {member} leads out of the archive. "
        "Pack the folder again from within."
    ),
    "member-twice": "{file}: {member} is there twice. Rename one of the two.",
    "member-damaged": (
        "{file}: {member} is damaged and cannot be unpacked. Pack it again."
    ),
    "member-decoded": (
        "{file}: the name {member} was not written in Unicode and was read as "
        "{encoding}: {name}. Check that it is right; the archive itself stays as it is."
    ),
    "members-more": (
        "{file}: {count} more things are wrong with it. Put the first ones right."
    ),
}
WARNINGS = {"member-decoded"}  # all else stops the set


def survey(path: Path, limits: ArchiveLimits = DEFAULT_LIMITS) -> list[Finding]:
    """List what is wrong with a ZIP and each of its members; no error is raised."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = list(_survey(path, archive, limits))
    except BROKEN:
        return [finding("archive-unreadable", path)]
    more = len(found) - MOST_TOLD
    told = found[:MOST_TOLD]
    return [*told, finding("members-more", path, count=more)] if more > 0 else told


def finding(code: str, path: Path, **facts: str | int | float) -> Finding:
    told: dict[str, str | int | float] = {"file": path.name, **facts}
    return Finding(code, SENTENCES[code].format(**told), told)


def _survey(
    path: Path, archive: zipfile.ZipFile, limits: ArchiveLimits
) -> Iterator[Finding]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > limits.members:
        yield finding("archive-members", path, found=len(infos), limit=limits.members)
        return
    bomb = _bomb(path, infos, limits)
    if bomb is not None:
        yield bomb
    names, encoding = member_names(infos)
    seen: set[str] = set()
    for info, name in zip(infos, names, strict=True):
        if is_litter(name):
            continue
        faults = list(_faults(path, info, name, seen))
        yield from faults
        if not faults and bomb is None and not _is_whole(archive, info):
            yield finding("member-damaged", path, member=name)
        if not (info.flag_bits & UTF8_FLAG or info.filename.isascii()):
            yield finding(
                "member-decoded",
                path,
                member=info.filename,
                encoding=encoding,
                name=name,
            )


def _bomb(
    path: Path, infos: list[zipfile.ZipInfo], limits: ArchiveLimits
) -> Finding | None:
    found = sum(info.file_size for info in infos)
    packed = min(sum(info.compress_size for info in infos), path.stat().st_size)
    allowed = min(limits.total_bytes, max(limits.small, limits.ratio * packed))
    if found <= allowed:
        return None
    return finding("archive-bomb", path, packed=packed, found=found)


def _faults(
    path: Path, info: zipfile.ZipInfo, name: str, seen: set[str]
) -> Iterator[Finding]:
    if info.flag_bits & ENCRYPTED_FLAG:
        yield finding("member-encrypted", path, member=name)
    if info.compress_type == DEFLATE64:
        yield finding("member-deflate64", path, member=name)
    elif info.compress_type not in METHODS:
        yield finding("member-method", path, member=name)
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        yield finding("member-link", path, member=name)
    try:
        safe = str(safe_path(path, name)).casefold()
    except UnreadableArchive:
        yield finding("member-outside", path, member=name)
        return
    if safe in seen:
        yield finding("member-twice", path, member=name)
    seen.add(safe)


def _is_whole(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    try:
        with archive.open(info) as source:
            return _drain(source, info.file_size)
    except BROKEN_LATE:
        return False


def _drain(source: IO[bytes], size: int) -> bool:
    """Read at most `size` bytes; tell whether there were just so many."""
    left = size
    while chunk := source.read(min(CHUNK, left + 1)):
        left -= len(chunk)
        if left < 0:
            return False
    return left == 0
