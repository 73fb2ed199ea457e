"""Look into a BagIt bag that was handed in: RFC 8493 and the drafts since 0.93.

Nothing in it is trusted: no path may lead out of the bag, nothing is fetched, no link
is followed. Every fault is found, not only the first, and said in the reader's language.
"""

import codecs
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.utils.translation import gettext as _

from .bag_form import (
    Bag,
    is_safe,
    normal,
    parse_info,
    read_text,
    unescape,
    walk,
)

CHUNK_BYTES = 1024**2
ALGORITHMS = ("sha512", "sha384", "sha256", "sha224", "sha1", "md5")
SYSTEM_FILES = {"Thumbs.db", ".DS_Store", "desktop.ini"}
_MANIFEST = re.compile(r"(tag)?manifest-(\w+)\.txt")
_LINE = re.compile(r"\s*([0-9a-fA-F]+)[ \t]+(\*?)(.+?)\s*")
_VERSION = re.compile(r"BagIt-Version:\s*(\d+)\.(\d+)\s*")
_ENCODING = re.compile(r"Tag-File-Character-Encoding:\s*(\S+)\s*")
_OXUM = re.compile(r"(\d+)\.(\d+)")


def is_bag(folder: Path) -> bool:
    return (folder / "bagit.txt").is_file()


def read_bag(folder: Path) -> Bag:
    """Read a bag and every byte of it; `errors` tells whether it may be accepted."""
    bag = Bag(folder)
    _read_declaration(bag)
    _list_files(bag)
    if bag.errors:
        return bag
    _read_manifests(bag)
    _read_info(bag)
    _check_fetch(bag)
    _check_complete(bag)
    _check_oxum(bag)
    if not bag.errors:
        _check_digests(bag)
    return bag


def _read_declaration(bag: Bag) -> None:
    lines = read_text(bag, "bagit.txt", "utf-8").splitlines()
    version = _VERSION.fullmatch(lines[0]) if lines else None
    encoding = _ENCODING.fullmatch(lines[1]) if len(lines) > 1 else None
    if version is None or encoding is None:
        bag.fault(
            "not-a-bag",
            "bagit.txt",
            _("%(file)s is missing or is not as BagIt demands."),
        )
        return
    bag.version = int(version[1]), int(version[2])
    if not (0, 93) <= bag.version <= (1, 0):
        bag.fault(
            "bag-version",
            "bagit.txt",
            _("%(file)s names a version of BagIt that is not known."),
        )
    try:
        bag.encoding = codecs.lookup(encoding[1]).name
    except LookupError:
        bag.fault(
            "bag-encoding",
            "bagit.txt",
            _("%(file)s names a character set that is not known."),
        )


def _list_files(bag: Bag) -> None:
    """List what is there; links and names that would collide are faults."""
    for path in sorted(walk(bag.folder)):
        name = path.relative_to(bag.folder).as_posix()
        if path.is_symlink():
            bag.fault(
                "link", name, _("%(file)s is a link. Put the file itself into the bag.")
            )
        elif path.is_file():
            bag.files.append(name)
            bag.by_name[normal(name)] = name
            if path.name in SYSTEM_FILES:
                bag.warn(
                    "system-file",
                    name,
                    _(
                        "%(file)s was made by an operating system and is kept with the rest."
                    ),
                )
        elif not path.is_dir():
            bag.fault("not-a-file", name, _("%(file)s is neither a file nor a folder."))
    same = Counter(map(normal, bag.files))
    for name in bag.files:
        if same[normal(name)] > 1:
            bag.fault(
                "names-collide",
                name,
                _("%(file)s has the same name as another file but for its encoding."),
            )
        if not is_safe(name):
            bag.fault("unsafe-path", name, _("%(file)s leads outside the bag."))
    if not (bag.folder / "data").is_dir():
        bag.fault("no-payload", "data", _("The bag has no folder %(file)s."))


def _read_manifests(bag: Bag) -> None:
    for name in bag.files:
        match = _MANIFEST.fullmatch(name)
        if match is None:
            continue
        if match[2].lower() not in ALGORITHMS:
            bag.warn(
                "unknown-algorithm",
                name,
                _("%(file)s uses digests that are not known; it was not checked."),
            )
            continue
        manifests = bag.tag_manifests if match[1] else bag.manifests
        manifests[match[2].lower()] = _read_manifest(bag, name, is_payload=not match[1])
    if not bag.manifests:
        bag.fault(
            "no-manifest",
            "manifest-sha512.txt",
            _("The bag has no manifest with digests that are known, such as %(file)s."),
        )


def _read_manifest(bag: Bag, manifest: str, *, is_payload: bool) -> dict[str, str]:
    digests: dict[str, str] = {}
    for line in read_text(bag, manifest, bag.encoding).splitlines():
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            bag.fault(
                "manifest-line",
                manifest,
                _("%(file)s has a line that is not a digest and a name."),
            )
            continue
        if match[2]:
            bag.warn(
                "md5sum-star",
                manifest,
                _("%(file)s was made with md5sum: its names begin with a star."),
            )
        name = unescape(match[3], bag.version).removeprefix("./")
        if not is_safe(name) or (is_payload and not name.startswith("data/")):
            bag.fault("unsafe-path", name, _("%(file)s leads outside the bag."))
            continue
        _add(bag, digests, _as_on_disk(bag, name), match[1].lower())
    return digests


def _add(bag: Bag, digests: dict[str, str], name: str, digest: str) -> None:
    if name not in digests:
        digests[name] = digest
    elif digests[name] != digest:
        bag.fault(
            "listed-twice", name, _("%(file)s is listed twice with different digests.")
        )
    elif bag.version >= (1, 0):
        bag.fault("listed-twice", name, _("%(file)s is listed twice."))
    else:
        bag.warn("listed-twice", name, _("%(file)s is listed twice."))


def _as_on_disk(bag: Bag, name: str) -> str:
    """Find the file that a manifest means when only the encoding of its name differs."""
    known = bag.by_name.get(normal(name), name)
    if known != name:
        bag.warn(
            "other-normalisation",
            name,
            _("%(file)s is encoded otherwise in the manifest than on the disk."),
        )
    return known


def _read_info(bag: Bag) -> None:
    for name in ("bag-info.txt", "package-info.txt"):
        if name in bag.files:
            bag.info += parse_info(read_text(bag, name, bag.encoding))


def _check_fetch(bag: Bag) -> None:
    if "fetch.txt" not in bag.files:
        return
    for line in read_text(bag, "fetch.txt", bag.encoding).splitlines():
        parts = line.split(None, 2)
        if not parts:
            continue
        name = unescape(parts[-1], bag.version).removeprefix("./")
        if len(parts) < 3 or not is_safe(name) or not name.startswith("data/"):
            bag.fault("unsafe-path", name, _("%(file)s leads outside the bag."))
        elif normal(name) not in bag.by_name:
            bag.fault(
                "not-fetched",
                name,
                _(
                    "%(file)s is to be fetched from elsewhere. Nothing is fetched: hand in the complete bag."
                ),
            )
    bag.warn(
        "fetch",
        "fetch.txt",
        _("%(file)s names addresses; nothing was fetched from them."),
    )


def _check_complete(bag: Bag) -> None:
    present = set(bag.files)
    for digests in (*bag.manifests.values(), *bag.tag_manifests.values()):
        for name in sorted(digests.keys() - present):
            bag.fault("missing", name, _("%(file)s is listed and not there."))
    for name in bag.payload:
        listed = [name in digests for digests in bag.manifests.values()]
        # Since 1.0 each manifest lists every file; before, one had to.
        is_listed = all(listed) if bag.version >= (1, 0) else any(listed)
        if not is_listed:
            bag.fault(
                "not-listed",
                name,
                _("%(file)s is there and not listed in every manifest."),
            )


def _check_oxum(bag: Bag) -> None:
    sizes = [(bag.folder / name).stat().st_size for name in bag.payload]
    for label, value in bag.info:
        told = _OXUM.fullmatch(value) if label.lower() == "payload-oxum" else None
        if told and (int(told[1]), int(told[2])) != (sum(sizes), len(sizes)):
            bag.fault(
                "oxum",
                "bag-info.txt",
                _("%(file)s tells another number of files or bytes than there are."),
            )


def _check_digests(bag: Bag) -> None:
    told: dict[str, dict[str, str]] = {}
    for manifests in (bag.manifests, bag.tag_manifests):
        for algorithm, digests in manifests.items():
            for name, digest in digests.items():
                told.setdefault(name, {})[algorithm] = digest
    for name, digests in sorted(told.items()):
        if _digests_of(bag.folder / name, digests) != digests:
            bag.fault(
                "digest",
                name,
                _(
                    "%(file)s does not agree with its digest: it was changed or damaged on the way."
                ),
            )


def _digests_of(path: Path, algorithms: Iterable[str]) -> Mapping[str, str]:
    """Hash a file by several algorithms in one pass."""
    hashes = {name: hashlib.new(name) for name in algorithms}
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            for one in hashes.values():
                one.update(chunk)
    return {name: one.hexdigest() for name, one in hashes.items()}
