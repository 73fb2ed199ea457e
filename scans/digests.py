"""Digests of files, folders and parameters."""

import hashlib
import json
from pathlib import Path
from typing import Any


def file_digest(path: Path) -> str:
    """SHA-512 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha512").hexdigest()


def folder_digest(folder: Path, *, without: str = "") -> str:
    """SHA-512 over the names and digests of all files of a folder."""
    names = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name != without
    )
    total = hashlib.sha512()
    for name in names:
        total.update(f"{file_digest(folder / name)}  {name}\n".encode())
    return total.hexdigest()


def key_digest(*parts: Any) -> str:
    """A short digest of anything that JSON can say, to name a stage's output by."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha512(text.encode()).hexdigest()[:24]
