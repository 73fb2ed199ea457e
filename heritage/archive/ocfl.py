"""Write OCFL 1.1 objects: https://ocfl.io/1.1/spec/.

The storage root is the store itself. Objects lie where extension 0004 (hashed n-tuple)
puts them, so that a stranger finds one from its identifier alone.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .byte_store import ROOT_DECLARATION, Place
from .errors import BrokenInventory

INVENTORY = "inventory.json"
SIDECAR = "inventory.json.sha512"
DECLARATION = "0=ocfl_object_1.1"
SPEC = "https://ocfl.io/1.1/spec/#inventory"
LAYOUT = "0004-hashed-n-tuple-storage-layout"
LAYOUT_CONFIG = {
    "extensionName": LAYOUT,
    "digestAlgorithm": "sha256",
    "tupleSize": 3,
    "numberOfTuples": 3,
    "shortObjectRoot": False,
}

Aside = Callable[[Path], None]


@dataclass(frozen=True)
class Content:
    """One file of an object: its logical name, where its bytes lie, their SHA-512."""

    name: str
    content_path: str
    sha512: str


def ensure_root(root: Path) -> None:
    """Make the storage root with its declarations if it is not there."""
    if (root / ROOT_DECLARATION).exists():
        return
    for path, data in root_files().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        _write(root / path, data)
    sync_folder(root)


def root_files() -> dict[str, bytes]:
    """Give the files that make a storage root; what declares it is the last."""
    layout = {"extension": LAYOUT, "description": "Objects by the SHA-256 of their id"}
    return {
        f"extensions/{LAYOUT}/config.json": _as_json(LAYOUT_CONFIG),
        "ocfl_layout.json": _as_json(layout),
        ROOT_DECLARATION: b"ocfl_1.1\n",
    }


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
    for place in (folder / "v1", folder):
        _write_inventory(place, inventory)
    _write(folder / DECLARATION, f"{DECLARATION[2:]}\n".encode())
    sync_tree(folder)


def write_content(folder: Path, name: str, data: bytes) -> Content:
    """Write a small file of a first version."""
    path = f"v1/content/{name}"
    _write(folder / path, data)
    return Content(name, path, hashlib.sha512(data).hexdigest())


def add_version(
    folder: Path,
    staging: Path,
    *,
    files: Mapping[str, bytes],
    version: Mapping[str, Any],
) -> int:
    """Give a settled object a further version that holds exactly these small files.

    The version's folder is made whole in `staging`, on the same file system, and
    renamed into place; then the root's inventory follows. Killed in between, `settle`
    completes it. Gives the version's number.
    """
    inventory = json.loads((folder / INVENTORY).read_bytes())
    name = f"v{int(inventory['head'][1:]) + 1}"
    digests = {n: hashlib.sha512(data).hexdigest() for n, data in files.items()}
    draft = staging / name
    for logical, digest in digests.items():
        if digest not in inventory["manifest"]:
            path = f"{name}/content/{logical}"
            inventory["manifest"][digest] = [path]
            (staging / path).parent.mkdir(parents=True, exist_ok=True)
            _write(staging / path, files[logical])
    draft.mkdir(exist_ok=True)
    inventory["head"] = name
    inventory["versions"][name] = {**version, "state": _group(digests)}
    _write_inventory(draft, _as_json(inventory))
    sync_tree(draft)
    draft.rename(folder / name)
    sync_folder(folder)
    settle(folder, staging)
    return int(name[1:])


def settle(folder: Path, staging: Path, *, aside: Aside | None = None) -> list[Path]:
    """Make the root's inventory and that of the newest version alike again.

    They differ after a kill within `add_version`, or when a bit of one has flipped: the
    newest that agrees with its sidecar is right. What is replaced is first handed to
    `aside`. Gives the paths written; raises `BrokenInventory` if none agrees.
    """
    raw, head = newest_inventory(folder)
    right = {INVENTORY: raw, SIDECAR: sidecar(raw)}
    changed = []
    for place in (folder / head, folder):
        for name, data in right.items():
            if _bytes_of(place / name) == data:
                continue
            if aside is not None and (place / name).exists():
                aside(place / name)
            _write(staging / name, data)
            (staging / name).replace(place / name)
            changed.append(place / name)
        sync_folder(place)
    return changed + _settle_declaration(folder, staging, aside)


def _settle_declaration(folder: Path, staging: Path, aside: Aside | None) -> list[Path]:
    right = f"{DECLARATION[2:]}\n".encode()
    path = folder / DECLARATION
    if _bytes_of(path) == right:
        return []
    if aside is not None and path.exists():
        aside(path)
    _write(staging / DECLARATION, right)
    (staging / DECLARATION).replace(path)
    sync_folder(folder)
    return [path]


def is_whole(place: Place) -> bool:
    """Tell whether a folder's inventory agrees with its sidecar."""
    raw, told = _bytes_of(place / INVENTORY), _bytes_of(place / SIDECAR)
    return raw is not None and told is not None and told == sidecar(raw)


def read_state(folder: Place) -> dict[str, str]:
    """Give the newest version's files: logical name to SHA-512."""
    inventory = json.loads((folder / INVENTORY).read_bytes())
    state = inventory["versions"][inventory["head"]]["state"]
    return {name: digest for digest, names in state.items() for name in names}


def head_of(folder: Place) -> int:
    """Give the number of the newest version."""
    return int(json.loads((folder / INVENTORY).read_bytes())["head"][1:])


def read_file(folder: Place, name: str) -> bytes:
    """Read a small file of the newest version."""
    inventory = json.loads((folder / INVENTORY).read_bytes())
    digest = read_state(folder)[name]
    data: bytes = (folder / inventory["manifest"][digest][0]).read_bytes()
    return data


def read_manifest(folder: Place) -> dict[str, str]:
    """Give every content path of an object with its SHA-512."""
    inventory = json.loads((folder / INVENTORY).read_bytes())
    return {
        path: digest
        for digest, paths in inventory["manifest"].items()
        for path in paths
    }


def read_contents(folder: Place) -> list[Content]:
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


def sync_tree(folder: Path) -> None:
    """Make all names in a tree survive a power cut."""
    for path in (*folder.rglob("*"), folder):
        if path.is_dir():
            sync_folder(path)


def write_inventory(folder: Path, staging: Path, inventory: Mapping[str, Any]) -> None:
    """Put a changed inventory of the same head into its place, then `settle` the rest.

    Killed in between, `settle` takes either the old or the new one for right.
    """
    raw = _as_json(inventory)
    for name, data in ((INVENTORY, raw), (SIDECAR, sidecar(raw))):
        replace_file(folder / name, data, staging)
    settle(folder, staging)


def replace_file(path: Path, data: bytes, staging: Path) -> None:
    """Write a small file so that at any moment the old or the new one is there, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(staging / path.name, data)
    (staging / path.name).replace(path)
    sync_folder(path.parent)


def new_digest() -> "hashlib._Hash":
    """Begin a digest by the algorithm that all our inventories use."""
    return hashlib.sha512()


def newest_inventory(folder: Place) -> tuple[bytes, str]:
    """Find the inventory with the highest head among those that agree with sidecars."""
    best: tuple[int, bytes] | None = None
    for place in (folder, *folder.glob("v*")):
        if place.is_dir() and is_whole(place):
            raw = (place / INVENTORY).read_bytes()
            number = int(json.loads(raw)["head"][1:])
            if best is None or number > best[0]:
                best = number, raw
    if best is None:
        raise BrokenInventory(folder.name)
    return best[1], f"v{best[0]}"


def _write_inventory(place: Path, raw: bytes) -> None:
    _write(place / INVENTORY, raw)
    _write(place / SIDECAR, sidecar(raw))


def sidecar(raw: bytes) -> bytes:
    return f"{hashlib.sha512(raw).hexdigest()} {INVENTORY}\n".encode()


def _bytes_of(path: Place) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


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
