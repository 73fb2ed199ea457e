"""Check one OCFL inventory: the JSON alone, without looking at any file.

Codes are those of https://ocfl.io/1.1/spec/validation-codes.html: E is an error, W a
warning. `ocfl_check` looks at the object that the inventory describes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SPECS = ("https://ocfl.io/1.0/spec/#inventory", "https://ocfl.io/1.1/spec/#inventory")
REQUIRED = ("id", "type", "digestAlgorithm", "head")
OPTIONAL = ("contentDirectory", "manifest", "versions", "fixity")
HEX_LENGTHS = {
    "md5": 32, "sha1": 40, "sha256": 64, "sha512": 128, "blake2b-512": 128,
}  # fmt: skip
VERSION_NAME = re.compile(r"v(0*)([1-9]\d*)")
_MOMENT = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]"
    r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)"
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


@dataclass(frozen=True)
class Finding:
    """What is wrong: the specification's code, a sentence, the place in the object."""

    code: str
    message: str
    place: str = ""

    @property
    def is_error(self) -> bool:
        return self.code.startswith("E")


Findings = Iterator[Finding]


def check_inventory(inventory: object) -> list[Finding]:
    """Tell all that is wrong with a parsed inventory."""
    if not isinstance(inventory, dict):
        return [Finding("E033", "The inventory is not a JSON object.")]
    return [
        *_check_keys(inventory),
        *_check_manifest(inventory),
        *_check_versions(inventory),
        *_check_fixity(inventory),
        *_check_use(inventory),
    ]


def content_folder(inventory: Mapping[str, Any]) -> str:
    return str(inventory.get("contentDirectory", "content"))


def states_of(inventory: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Give the states that are well formed enough to be looked at."""
    versions = inventory.get("versions")
    if not isinstance(versions, dict):
        return {}
    return {
        name: version["state"]
        for name, version in versions.items()
        if isinstance(version, dict) and isinstance(version.get("state"), dict)
    }


def block(inventory: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = inventory.get(name)
    return found if isinstance(found, dict) else {}


def names_in(paths: object) -> list[str]:
    if not isinstance(paths, list):
        return []
    return [path for path in paths if isinstance(path, str)]


def _check_keys(inventory: Mapping[str, Any]) -> Findings:
    for name in REQUIRED:
        if name not in inventory:
            yield Finding("E036", f"The key {name} is missing.")
    for name in inventory.keys() - {*REQUIRED, *OPTIONAL}:
        yield Finding("E102", f"The key {name} is none of OCFL's.")
    if "id" in inventory and not _is_text(inventory["id"]):
        yield Finding("E037", "The identifier is not a text.")
    elif not _URI.fullmatch(str(inventory.get("id", "x:x"))):
        yield Finding("W005", "The identifier is not a URI.")
    if inventory.get("type", SPECS[1]) not in SPECS:
        yield Finding("E038", f"The type {inventory['type']} is not known.")
    algorithm = inventory.get("digestAlgorithm", "sha512")
    if algorithm not in ("sha512", "sha256"):
        yield Finding("E025", f"The digest algorithm {algorithm} is not allowed.")
    elif algorithm == "sha256":
        yield Finding("W004", "SHA-512 is recommended, this is SHA-256.")
    folder = inventory.get("contentDirectory", "content")
    if not _is_text(folder) or "/" in folder:
        yield Finding("E017", "The content folder has a slash in its name.")
    elif folder in (".", ".."):
        yield Finding("E018", "The content folder is no folder's name.")


def _check_manifest(inventory: Mapping[str, Any]) -> Findings:
    if "manifest" not in inventory:
        yield Finding("E041", "There is no manifest.")
        return
    if not isinstance(inventory["manifest"], dict):
        yield Finding("E041", "The manifest is not a JSON object.")
        return
    yield from _check_digests(
        inventory["manifest"],
        algorithm=str(inventory.get("digestAlgorithm")),
        twice="E096",
        badly="E092",
    )
    yield from _check_content_paths(inventory["manifest"], "manifest")
    for path in _paths(inventory["manifest"]):
        version, _, rest = path.partition("/")
        inside = rest.startswith(f"{content_folder(inventory)}/")
        if not VERSION_NAME.fullmatch(version) or not inside:
            yield Finding("E042", f"{path} is in no version's content.")


def _check_digests(
    groups: Mapping[str, Any], *, algorithm: str, twice: str, badly: str
) -> Findings:
    length = HEX_LENGTHS.get(algorithm)
    seen: set[str] = set()
    for digest, paths in groups.items():
        if digest.lower() in seen:
            yield Finding(twice, f"The digest {digest[:20]}… is there twice.")
        seen.add(digest.lower())
        if length and not re.fullmatch(rf"[0-9a-fA-F]{{{length}}}", digest):
            yield Finding(badly, f"{digest[:20]}… is no {algorithm} digest.")
        if not isinstance(paths, list) or len(names_in(paths)) != len(paths):
            yield Finding(badly, f"{digest[:20]}… does not list its paths.")


def _check_content_paths(groups: Mapping[str, Any], where: str) -> Findings:
    seen: set[str] = set()
    for path in _paths(groups):
        if path.startswith("/") or path.endswith("/"):
            yield Finding("E100", f"{where}: {path} begins or ends with a slash.")
        elif any(part in ("", ".", "..") for part in path.split("/")):
            yield Finding("E099", f"{where}: {path} climbs or has empty parts.")
        if path in seen:
            yield Finding("E101", f"{where}: {path} is listed twice.")
        seen.add(path)
    for path in _conflicts(seen):
        yield Finding("E101", f"{where}: {path} is a file and a folder.")


def _check_versions(inventory: Mapping[str, Any]) -> Findings:
    if "versions" not in inventory:
        yield Finding("E043", "There is no list of versions.")
        return
    versions = inventory["versions"]
    if not isinstance(versions, dict):
        yield Finding("E044", "The versions are not a JSON object.")
        return
    yield from _check_names(versions, inventory.get("head"))
    for name, version in versions.items():
        if not isinstance(version, dict):
            yield Finding("E047", f"{name} is not a JSON object.")
            continue
        yield from _check_version(name, version, inventory)


def _check_names(versions: Mapping[str, Any], head: object) -> Findings:
    matched = {name: VERSION_NAME.fullmatch(name) for name in versions}
    for name, match in matched.items():
        if match is None:
            yield Finding("E046", f"{name} is no version's name.")
    numbers = {int(match[2]): name for name, match in matched.items() if match}
    if 1 not in numbers:
        yield Finding("E009", "The versions do not begin at 1.")
    if sorted(numbers) != list(range(1, len(numbers) + 1)):
        yield Finding("E010", "The versions have gaps.")
    padded = [match for match in matched.values() if match and match[1]]
    if padded and len(padded) < len(versions):
        yield Finding("E011", "Only some of the versions are filled up with zeros.")
    elif padded and len({len(name) for name in versions}) > 1:
        yield Finding("E012", "The versions are not named alike.")
    elif padded:
        yield Finding("W001", "The versions' numbers are filled up with zeros.")
    if head is not None and head != numbers.get(max(numbers, default=0)):
        yield Finding("E040", f"The head {head} is not the newest version.")


def _check_version(
    name: str, version: Mapping[str, Any], inventory: Mapping[str, Any]
) -> Findings:
    for key in {"created", "state"} - version.keys():
        yield Finding("E048", f"{name} has no {key}.")
    created = version.get("created", "2000-01-01T00:00:00Z")
    if not _is_text(created) or not _MOMENT.fullmatch(created):
        yield Finding("E049", f"{name}: {created} is no moment with a time zone.")
    if not _is_text(version.get("message", "")):
        yield Finding("E094", f"{name}: the message is not a text.")
    if "message" not in version:
        yield Finding("W007", f"{name} has no message.")
    yield from _check_user(name, version)
    state = version.get("state", {})
    if not isinstance(state, dict):
        yield Finding("E050", f"{name}: the state is not a JSON object.")
        return
    for digest in state.keys() - block(inventory, "manifest").keys():
        yield Finding("E050", f"{name}: {digest[:20]}… is not in the manifest.")
    yield from _check_logical_paths(name, state)


def _check_user(name: str, version: Mapping[str, Any]) -> Findings:
    if "user" not in version:
        yield Finding("W007", f"{name} names no person.")
        return
    user = version["user"]
    if not isinstance(user, dict) or not _is_text(user.get("name")):
        yield Finding("E054", f"{name}: the person has no name.")
    elif "address" not in user:
        yield Finding("W008", f"{name}: the person has no address.")
    elif not _URI.fullmatch(str(user["address"])):
        yield Finding("W009", f"{name}: the person's address is not a URI.")


def _check_logical_paths(name: str, state: Mapping[str, Any]) -> Findings:
    seen: set[str] = set()
    for digest, paths in state.items():
        if not isinstance(paths, list) or len(names_in(paths)) != len(paths):
            yield Finding("E051", f"{name}: {digest[:20]}… does not list its paths.")
    for path in _paths(state):
        if path.startswith("/") or path.endswith("/"):
            yield Finding("E053", f"{name}: {path} begins or ends with a slash.")
        elif any(part in ("", ".", "..") for part in path.split("/")):
            yield Finding("E052", f"{name}: {path} climbs or has empty parts.")
        if path in seen:
            yield Finding("E095", f"{name}: {path} is there twice.")
        seen.add(path)
    for path in _conflicts(seen):
        yield Finding("E095", f"{name}: {path} is a file and a folder.")


def _check_fixity(inventory: Mapping[str, Any]) -> Findings:
    if "fixity" not in inventory:
        return
    fixity = inventory["fixity"]
    if not isinstance(fixity, dict):
        yield Finding("E057", "The fixity block is not a JSON object.")
        return
    known = set(_paths(block(inventory, "manifest")))
    for algorithm, groups in fixity.items():
        if not isinstance(groups, dict):
            yield Finding("E057", f"{algorithm} is not a JSON object.")
            continue
        yield from _check_digests(
            groups, algorithm=algorithm, twice="E097", badly="E057"
        )
        yield from _check_content_paths(groups, algorithm)
        for path in set(_paths(groups)) - known:
            yield Finding("E057", f"{algorithm}: {path} is not in the manifest.")


def _check_use(inventory: Mapping[str, Any]) -> Findings:
    used = {digest for state in states_of(inventory).values() for digest in state}
    for digest in block(inventory, "manifest").keys() - used:
        yield Finding("E107", f"No version uses {digest[:20]}….")


def _paths(groups: Mapping[str, Any]) -> Iterator[str]:
    for paths in groups.values():
        yield from names_in(paths)


def _conflicts(paths: Iterable[str]) -> Iterator[str]:
    """Find paths that are the beginning of another: a file where a folder must be."""
    known = set(paths)
    for path in known:
        parts = path.split("/")
        for end in range(1, len(parts)):
            if "/".join(parts[:end]) in known:
                yield "/".join(parts[:end])


def _is_text(value: object) -> bool:
    return isinstance(value, str)
