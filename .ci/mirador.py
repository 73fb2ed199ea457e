"""Fetch Mirador for the tests: the IIIF viewer that others open our manifests in.

Its package carries a file that stands alone; the hundred packages which that was built
of are left where they are. Nothing of it is served by the museum.
"""

from __future__ import annotations

import base64
import hashlib
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from system_packages import Unready

PACKAGE = "mirador@4.0.0"
SHA512 = (  # as npm's registries name it (`npm view mirador@4.0.0 dist.integrity`)
    "uWsE9e2oqSc/lUu+vVwDGhTsycuhGsfZ2KfX6CLfXiT3wgGy6qT9+q5M3V9Zz72h"
    "kdIgsJugKesaowmRtYmvrA=="
)
MEMBER = "package/dist/mirador.min.js"


def fetch(target: Path, pack: Callable[[str, Path], None]) -> None:
    """Put the viewer at `target`; `pack(name, folder)` brings a package's archive."""
    with tempfile.TemporaryDirectory() as folder:
        pack(PACKAGE, Path(folder))
        (archive,) = Path(folder).glob("*.tgz")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(read_member(archive, MEMBER, SHA512))


def read_member(archive: Path, member: str, sha512: str) -> bytes:
    """Give a file of an archive, which must be the one of this digest."""
    digest = hashlib.sha512(archive.read_bytes()).digest()
    if base64.b64encode(digest).decode() != sha512:
        raise Unready(f"{archive.name} is not what it was when it was chosen.")
    with tarfile.open(archive) as packed:
        found = packed.extractfile(member)
        if found is None:
            raise Unready(f"{archive.name} holds no {member}.")
        return found.read()
