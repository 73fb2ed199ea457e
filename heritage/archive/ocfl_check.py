"""Check a whole OCFL 1.0 or 1.1 object on disk: declaration, inventories, content.

Nothing of it is trusted; nothing is changed. `check_object` gives findings with the
specification's codes, errors (E) and warnings (W).
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .byte_store import Place
from .ocfl_inventory import (
    HEX_LENGTHS,
    VERSION_NAME,
    Finding,
    Findings,
    block,
    check_inventory,
    content_folder,
    names_in,
    states_of,
)

CHUNK_BYTES = 1024**2
_DECLARATION = re.compile(r"0=ocfl_object_(1\.[01])")
_SIDECAR = re.compile(rb"([0-9a-fA-F]+)[ \t]+inventory\.json\r?\n?")


def check_object(folder: Place, *, with_content: bool = True) -> list[Finding]:
    """Tell all that is wrong with an object; `with_content` reads every byte of it."""
    found = list(_check_declaration(folder))
    raw = _read(folder / "inventory.json")
    if raw is None:
        return [*found, Finding("E063", "There is no inventory in the root.")]
    inventory, faults = _parse(raw)
    found += [*faults, *check_inventory(inventory)]
    if not isinstance(inventory, dict):
        return found
    found += _check_sidecar(folder, raw, inventory, "")
    found += _check_root(folder, inventory)
    found += _check_version_folders(folder, inventory, raw)
    found += _check_content(folder, inventory)
    if with_content:
        found += _check_digests(folder, inventory)
    return list(dict.fromkeys(found))


def errors_of(folder: Place, *, with_content: bool = True) -> list[Finding]:
    return [f for f in check_object(folder, with_content=with_content) if f.is_error]


def digest_of(path: Place, algorithm: str) -> str:
    """Hash a file with one of OCFL's algorithms, in constant memory."""
    digest = hashlib.new({"blake2b-512": "blake2b"}.get(algorithm, algorithm))
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _check_declaration(folder: Place) -> Findings:
    names = [path for path in _list(folder) if path.name.startswith("0=")]
    known = [path for path in names if _DECLARATION.fullmatch(path.name)]
    if len(known) != 1 or len(names) != 1:
        yield Finding("E003", "There is not exactly one declaration of the version.")
    for path in known:
        if path.read_bytes() != f"{path.name.removeprefix('0=')}\n".encode():
            yield Finding("E007", "The declaration does not say its own name.")


def _parse(raw: bytes) -> tuple[object, list[Finding]]:
    twice: list[Finding] = []

    def pairs(entries: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(entries)) != len(entries):
            twice.append(Finding("E033", "A key of the inventory is there twice."))
        return dict(entries)

    try:
        return json.loads(raw, object_pairs_hook=pairs), twice
    except (ValueError, RecursionError):
        return None, [Finding("E033", "The inventory is not JSON.")]


def _check_sidecar(
    folder: Place, raw: bytes, inventory: Mapping[str, Any], place: str
) -> Findings:
    algorithm = inventory.get("digestAlgorithm")
    if algorithm not in HEX_LENGTHS:
        return
    sidecar = _read(folder / f"inventory.json.{algorithm}")
    if sidecar is None:
        yield Finding("E058", "The inventory has no sidecar.", place)
        return
    told = _SIDECAR.fullmatch(sidecar)
    if told is None:
        yield Finding("E061", "The sidecar is not as it must be.", place)
    elif told[1].decode().lower() != hashlib.new(str(algorithm), raw).hexdigest():
        yield Finding("E060", "The sidecar tells another digest.", place)


def _check_root(folder: Place, inventory: Mapping[str, Any]) -> Findings:
    algorithm = inventory.get("digestAlgorithm")
    files = {"inventory.json", f"inventory.json.{algorithm}"}
    versions = {n for n in block(inventory, "versions") if VERSION_NAME.fullmatch(n)}
    for path in _list(folder):
        if path.is_symlink():
            yield Finding("E090", f"{path.name} is a link.")
        elif path.is_dir():
            if path.name not in {"logs", "extensions"} | versions:
                code = "E046" if VERSION_NAME.fullmatch(path.name) else "E001"
                yield Finding(code, f"The folder {path.name} does not belong here.")
        elif path.name not in files and not path.name.startswith("0="):
            yield Finding("E001", f"The file {path.name} does not belong here.")
    for name in versions:
        if not (folder / name).is_dir():
            yield Finding("E046", f"The folder of {name} is missing.")


def _check_version_folders(
    folder: Place, inventory: Mapping[str, Any], root_raw: bytes
) -> Findings:
    for name in block(inventory, "versions"):
        place = folder / name
        if not VERSION_NAME.fullmatch(name) or not place.is_dir():
            continue
        yield from _check_version_folder(place, inventory)
        raw = _read(place / "inventory.json")
        if raw is None:
            yield Finding("W010", "The version has no inventory of its own.", name)
            continue
        if name == inventory.get("head"):
            if raw != root_raw:
                yield Finding("E064", "The newest inventory is not the root's.", name)
            own, _ = _parse(raw)
            if isinstance(own, dict):
                yield from _check_sidecar(place, raw, own, name)
            continue
        yield from _check_older(place, raw, inventory)


def _check_version_folder(place: Place, inventory: Mapping[str, Any]) -> Findings:
    for path in _list(place):
        if path.is_dir() and path.name != content_folder(inventory):
            yield Finding("W002", f"The folder {path.name} is ignored.", place.name)
        elif path.is_file() and not path.name.startswith("inventory.json"):
            yield Finding("E015", f"{path.name} does not belong here.", place.name)
    content = place / content_folder(inventory)
    if content.is_dir() and not any(_list(content)):
        yield Finding("W003", "The content folder is empty.", place.name)


def _check_older(place: Place, raw: bytes, newest: Mapping[str, Any]) -> Findings:
    older, faults = _parse(raw)
    for finding in (*faults, *check_inventory(older)):
        yield Finding(finding.code, finding.message, place.name)
    if not isinstance(older, dict):
        return
    yield from _check_sidecar(place, raw, older, place.name)
    if older.get("id") != newest.get("id"):
        yield Finding("E110", "An older version has another identifier.", place.name)
    if older.get("head") != place.name:
        yield Finding("E040", "The inventory is not of this version.", place.name)
    if content_folder(older) != content_folder(newest):
        yield Finding("E020", "The content folder has changed its name.", place.name)
    for name, state in states_of(older).items():
        if _as_content(state, older) != _as_content(
            states_of(newest).get(name, {}), newest
        ):
            yield Finding("E066", f"The state of {name} has changed.", place.name)
        if _described(older, name) != _described(newest, name):
            yield Finding("W011", f"What is told of {name} differs.", place.name)
    yield from _check_older_digests(place, older, newest)


def _check_older_digests(
    place: Place, older: Mapping[str, Any], newest: Mapping[str, Any]
) -> Findings:
    """Hold an older manifest against the newest, or, by another algorithm, the files."""
    algorithm = older.get("digestAlgorithm")
    same = algorithm == newest.get("digestAlgorithm")
    known = {
        path: digest.lower()
        for digest, paths in block(newest, "manifest").items()
        for path in names_in(paths)
    }
    for digest, paths in block(older, "manifest").items():
        for name in names_in(paths):
            path = place.parent / name
            if same and known.get(name) != digest.lower():
                yield Finding("E092", f"Another digest of {name} is told.", place.name)
            elif not same and path.is_file() and _differs(path, digest, algorithm):
                yield Finding("E092", f"The digest of {name} differs.", place.name)


def _differs(path: Place, digest: str, algorithm: object) -> bool:
    known = isinstance(algorithm, str) and algorithm in HEX_LENGTHS
    return known and digest_of(path, str(algorithm)) != digest.lower()


def _as_content(
    state: Mapping[str, Any], inventory: Mapping[str, Any]
) -> dict[str, frozenset[str]]:
    """Give the content paths behind each logical path: digests may have changed."""
    manifest = block(inventory, "manifest")
    return {
        path: frozenset(names_in(manifest.get(digest)))
        for digest, paths in state.items()
        for path in names_in(paths)
    }


def _described(inventory: Mapping[str, Any], name: str) -> list[Any]:
    version = block(block(inventory, "versions"), name)
    return [version.get(key) for key in ("created", "message", "user")]


def _check_content(folder: Place, inventory: Mapping[str, Any]) -> Findings:
    listed = {
        path
        for paths in block(inventory, "manifest").values()
        for path in names_in(paths)
    }
    held: set[str] = set()
    for name in block(inventory, "versions"):
        content = folder / name / content_folder(inventory)
        if VERSION_NAME.fullmatch(name) and "/" not in content_folder(inventory):
            for path in _walk(content):
                relative = path.as_posix().removeprefix(f"{folder.as_posix()}/")
                if path.is_symlink():
                    yield Finding("E090", f"{relative} is a link.")
                elif path.is_dir():
                    if not any(_list(path)):
                        yield Finding("E024", f"The folder {relative} is empty.")
                else:
                    held.add(relative)
    for missing in sorted(listed - held):
        yield Finding("E092", "This file is missing.", missing)
    for extra in sorted(held - listed):
        yield Finding("E023", "This file is in no manifest.", extra)


def _check_digests(folder: Place, inventory: Mapping[str, Any]) -> Findings:
    """Hash every file of the manifest, and by every algorithm of the fixity block."""
    told = [
        ("E092", str(inventory.get("digestAlgorithm")), block(inventory, "manifest"))
    ]
    told += [
        ("E093", algorithm, groups)
        for algorithm, groups in block(inventory, "fixity").items()
        if isinstance(groups, dict)
    ]
    for code, algorithm, groups in told:
        if algorithm not in HEX_LENGTHS:
            continue
        for digest, paths in groups.items():
            for name in names_in(paths):
                path = folder / name
                if not _is_inside(path, folder) or not path.is_file():
                    continue
                if digest_of(path, algorithm) != digest.lower():
                    yield Finding(code, f"The {algorithm} digest differs.", name)


def _is_inside(path: Place, folder: Place) -> bool:
    start = f"{folder.resolve().as_posix()}/"
    return path.resolve().as_posix().startswith(start)


def _walk(folder: Place) -> Iterator[Place]:
    for path in _list(folder):
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)


def _list(folder: Place) -> list[Place]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _read(path: Place) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        return None
