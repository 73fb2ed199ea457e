"""Unpack a ZIP or TAR that nobody trusts: run as a program with limits, on its own.

    unpack_child.py look|unpack SOURCE TARGET MOST_FILES MOST_BYTES

Standard library only, and nothing of ours: what a broken or hostile file does to it ends
here. Prints one JSON document: `bag` is the folder in it that holds a bag (empty for the
top, null where there is none), `bytes` what it holds unpacked, `faults` a list of
[code, name]; with a fault nothing is to be used.
"""

import json
import stat
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple

CHUNK_BYTES = 1024**2
DECLARATION = "bagit.txt"
# Deflate reaches 1 : 1032, and only on one byte repeated; scans and text stay below 40.
MOST_RATIO = 200
SMALL_BYTES = 100 * 1024**2  # what is this small does no harm however it is packed
FAULTS_TOLD = 100
ENCRYPTED, UTF8 = 0x1, 0x800
METHODS = {
    zipfile.ZIP_STORED,
    zipfile.ZIP_DEFLATED,
    zipfile.ZIP_BZIP2,
    zipfile.ZIP_LZMA,
}


class Member(NamedTuple):
    name: str
    size_bytes: int
    fault: str
    is_folder: bool
    handle: Any


def main() -> int:
    act, source, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    most_files, most_bytes = int(sys.argv[4]), int(sys.argv[5])
    with open_package(source) as package:
        members = list_members(package, most_files)
        told = look(members, source.stat().st_size, most_files, most_bytes)
        if act == "unpack" and not told["faults"]:
            told["faults"] = unpack(package, members, target)
    sys.stdout.write(json.dumps(told))
    return 0


def open_package(source: Path) -> Any:
    if zipfile.is_zipfile(source):
        return zipfile.ZipFile(source)
    return tarfile.open(source, "r:*")


def list_members(package: Any, most: int) -> list[Member]:
    """List a package's members, no more of them than tell that there are too many."""
    members = []
    each = (
        _of_zip(package) if isinstance(package, zipfile.ZipFile) else _of_tar(package)
    )
    for member in each:
        members.append(member)
        if len(members) > most:
            break
    return members


def look(
    members: list[Member], packed_bytes: int, most_files: int, most_bytes: int
) -> dict[str, Any]:
    files = [member for member in members if not member.is_folder]
    size = sum(member.size_bytes for member in files)
    faults = [[member.fault, member.name] for member in members if member.fault]
    if len(members) > most_files:
        faults.append(["too-many", ""])
    if size > most_bytes:
        faults.append(["too-large", ""])
    if size > max(SMALL_BYTES, MOST_RATIO * packed_bytes):
        faults.append(["bomb", ""])
    seen: set[str] = set()
    for member in files:
        if member.name in seen:
            faults.append(["twice", member.name])
        seen.add(member.name)
    return {"bag": find_bag(files), "bytes": size, "faults": faults[:FAULTS_TOLD]}


def find_bag(files: list[Member]) -> str | None:
    """Name the folder of the bag: the top, or the one folder that everything is in."""
    names = {member.name for member in files}
    if DECLARATION in names:
        return ""
    tops = {name.partition("/")[0] for name in names}
    if len(tops) == 1:
        top = tops.pop()
        if f"{top}/{DECLARATION}" in names:
            return top
    return None


def unpack(package: Any, members: list[Member], target: Path) -> list[list[str]]:
    """Write the members below an empty folder; each gives what it promised, no more."""
    for member in members:
        path = target / member.name
        try:
            if member.is_folder:
                path.mkdir(parents=True, exist_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            with _open(package, member.handle) as file, path.open("xb") as out:
                left = _copy(file, out, member.size_bytes)
        except (zipfile.BadZipFile, tarfile.TarError, EOFError, ValueError, RuntimeError,
                NotImplementedError, FileExistsError, NotADirectoryError, IsADirectoryError) as error:  # fmt: skip
            return [["damaged", f"{member.name} ({error})"]]
        except Exception as error:
            # zlib, lzma and bz2 each have an error of their own.
            if type(error).__module__ not in {"zlib", "_lzma", "lzma", "bz2"}:
                raise
            return [["damaged", f"{member.name} ({error})"]]
        if left:
            return [["damaged", member.name]]
    return []


def _copy(file: IO[bytes], out: IO[bytes], size_bytes: int) -> int:
    """Copy what was promised; give how far from it the member was."""
    left = size_bytes
    while chunk := file.read(min(CHUNK_BYTES, left + 1)):
        left -= len(chunk)
        if left < 0:
            return left
        out.write(chunk)
    return left


def _open(package: Any, handle: Any) -> IO[bytes]:
    if isinstance(package, zipfile.ZipFile):
        return package.open(handle)
    file = package.extractfile(handle)
    if file is None:
        raise EOFError(handle.name)
    opened: IO[bytes] = file
    return opened


def _of_zip(package: zipfile.ZipFile) -> Iterator[Member]:
    for info in package.infolist():
        raw = info.orig_filename
        name = raw if info.flag_bits & UTF8 else _decode(raw.encode("cp437", "replace"))
        mode = info.external_attr >> 16
        fault = _fault_of(name)
        if stat.S_ISLNK(mode):
            fault = "link"
        elif info.flag_bits & ENCRYPTED:
            fault = "encrypted"
        elif info.compress_type not in METHODS:
            fault = "method"
        yield Member(_clean(name), info.file_size, fault, name.endswith("/"), info)


def _of_tar(package: tarfile.TarFile) -> Iterator[Member]:
    for info in package:
        name = _decode(info.name.encode("utf-8", "surrogateescape"))
        fault = _fault_of(name)
        if info.issym() or info.islnk():
            fault = "link"
        elif not (info.isfile() or info.isdir()):
            fault = "special"
        if name.strip("./") or info.isfile():  # "./" itself says nothing
            yield Member(
                _clean(name),
                info.size if info.isfile() else 0,
                fault,
                info.isdir(),
                info,
            )


def _decode(raw: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")


def _fault_of(name: str) -> str:
    path = PurePosixPath(name.replace("\\", "/"))
    is_bad = (
        path.is_absolute() or ".." in path.parts or "\0" in name or name[1:2] == ":"
    )
    return "climbing" if is_bad else ""


def _clean(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).as_posix()


if __name__ == "__main__":
    sys.exit(main())
