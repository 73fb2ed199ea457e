"""Take content out of one OCFL object for ever, as a law may demand.

An OCFL object is not meant to lose anything, so this rewrites its one version as if the
files had never been in it, and leaves a notice in its `logs` folder, which OCFL leaves
to us. Every step may be the last before a kill: done again from the start, it ends the
same. https://ocfl.io/1.1/implementation-notes/#purge
"""

import json
import shutil
from collections.abc import Collection
from pathlib import Path

from . import ocfl
from .stores import Store

LOGS = "logs"


def purge(
    folder: Path, staging: Path, digests: Collection[str], *, notice: tuple[str, bytes]
) -> None:
    """Remove the content with these digests from an object of one version.

    `notice` is the name and the text of what stays in its place. The inventory goes
    first: a look at the object in between finds nothing missing.
    """
    ocfl.settle(folder, staging)
    name, text = notice
    ocfl.replace_file(folder / LOGS / name, text, staging)
    inventory = json.loads((folder / ocfl.INVENTORY).read_bytes())
    for digest in digests:
        inventory["manifest"].pop(digest, None)
    for version in inventory["versions"].values():
        for digest in digests:
            version["state"].pop(digest, None)
    ocfl.write_inventory(folder, staging, inventory)
    _remove_unlisted(folder, inventory["manifest"])


def purge_aside(store: Store, object_path: str, paths: Collection[str]) -> None:
    """Remove what lies of these content paths in quarantine, or is being copied."""
    name = object_path.rsplit("/", 1)[-1]
    # Whoever is copying the object into this store fails, and copies it anew.
    shutil.rmtree(store.incoming / f"copy-{name}", ignore_errors=True)
    shutil.rmtree(store.incoming / f"copy-{name}.old", ignore_errors=True)
    for moment in store.quarantine.glob("*"):
        for path in paths:
            (moment / object_path / path).unlink(missing_ok=True)


def _remove_unlisted(folder: Path, manifest: dict[str, list[str]]) -> None:
    """Remove content that the inventory no longer names, now or from before a kill."""
    named = {path for paths in manifest.values() for path in paths}
    content = folder / "v1" / "content"
    for path in sorted(content.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(folder).as_posix() not in named:
            path.unlink()
    ocfl.sync_tree(folder)
