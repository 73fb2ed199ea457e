"""Take content out of one OCFL object for ever, as a law may demand.

An OCFL object is not meant to lose anything, so this rewrites its one version as if the
files had never been in it, and leaves a notice in its `logs` folder, which OCFL leaves
to us. Every step may be the last before a kill: done again from the start, it ends the
same. https://ocfl.io/1.1/implementation-notes/#purge
"""

import json
from collections.abc import Collection
from pathlib import Path

from . import ocfl
from .byte_store import ByteStore

LOGS = "logs"


def purge(
    store: ByteStore,
    object_path: str,
    digests: Collection[str],
    *,
    staging: Path,
    notice: tuple[str, bytes],
) -> None:
    """Remove the content with these digests from an object of one version.

    `notice` is the name and the text of what stays in its place. The inventory goes
    first: a look at the object in between finds nothing missing.
    """
    with store.edit(object_path, staging) as folder:
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
    listed = {path for paths in inventory["manifest"].values() for path in paths}
    store.remove_unlisted(object_path, listed)
