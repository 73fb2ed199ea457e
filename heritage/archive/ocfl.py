"""Write OCFL 1.1 objects: https://ocfl.io/1.1/spec/.

The storage root is the store itself. Objects lie where extension 0004 (hashed n-tuple)
puts them, so that a stranger finds one from its identifier alone.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SPEC = "https://ocfl.io/1.1/spec/#inventory"
LAYOUT = "0004-hashed-n-tuple-storage-layout"
LAYOUT_CONFIG = {
    "extensionName": LAYOUT,
    "digestAlgorithm": "sha256",
    "tupleSize": 3,
    "numberOfTuples": 3,
    "shortObjectRoot": False,
}


@dataclass(frozen=True)
class Content:
    """One file of an object: its logical name, where its bytes lie, their SHA-512."""

    name: str
    content_path: str
    sha512: str


def ensure_root(root: Path) -> None:
    """Make the storage root with its declarations if it is not there."""
    declaration = root / "0=ocfl_1.1"
    if declaration.exists():
        return
    folder = root / "extensions" / LAYOUT
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "config.json", _as_json(LAYOUT_CONFIG))
    layout = {"extension": LAYOUT, "description": "Objects by the SHA-256 of their id"}
    _write(root / "ocfl_layout.json", _as_json(layout))
    _write(declaration, b"ocfl_1.1\n")
    sync_folder(root)


def object_path(object_id: str) -> str:
    """Tell where an object lies within the storage root."""
    digest = hashlib.sha256(object_id.encode()).hexdigest()
    return "/".join([digest[0:3], digest[3:6], digest[6:9], digest])


def seal_object(
    folder: Path,
    *,
    object_id: str,
    contents: Sequence[Content],
    version: Mapping[str, Any],
) -> None:
    """Write declaration and inventories of a first version whose content is in place.

    `version` holds `created`, `message` and `user` of OCFL 3.5.3.1.
    """
    inventory = _as_json(
        {
            "id": object_id,
            "type": SPEC,
            "digestAlgorithm": "sha512",
            "head": "v1",
            "manifest": _group({c.content_path: c.sha512 for c in contents}),
            "versions": {
                "v1": {**version, "state": _group({c.name: c.sha512 for c in contents})}
            },
        }
    )
    sidecar = f"{hashlib.sha512(inventory).hexdigest()} inventory.json\n".encode()
    for place in (folder / "v1", folder):
        _write(place / "inventory.json", inventory)
        _write(place / "inventory.json.sha512", sidecar)
    _write(folder / "0=ocfl_object_1.1", b"ocfl_object_1.1\n")
    for path in (*folder.rglob("*"), folder):
        if path.is_dir():
            sync_folder(path)


def read_contents(folder: Path) -> list[Content]:
    """Read back what the first version of an object holds."""
    inventory = json.loads((folder / "inventory.json").read_bytes())
    paths = {digest: names[0] for digest, names in inventory["manifest"].items()}
    state = inventory["versions"]["v1"]["state"]
    return [
        Content(name, paths[digest], digest)
        for digest, names in state.items()
        for name in names
    ]


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _group(digest_of: Mapping[str, str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for path, digest in sorted(digest_of.items()):
        groups.setdefault(digest, []).append(path)
    return groups


def _as_json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
