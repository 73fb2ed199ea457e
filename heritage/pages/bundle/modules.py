"""Which of our static files a page's script needs: found by following its imports."""

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path

from django.contrib.staticfiles import finders

IMPORT = re.compile(
    r"""(?:^|[\s;}])(?:import|export)\s*(?:[\w*{][^'";]*?\bfrom\s*)?["']([^"']+)["']"""
)
THREE = "three/three.module.min.js"
ADDONS = "three/addons/"
# What scripts fetch by address rather than import.
FETCHED = {
    "three/addons/loaders/KTX2Loader.js": (
        "three/addons/libs/basis/basis_transcoder.js",
        "three/addons/libs/basis/basis_transcoder.wasm",
    ),
    "pages/maps.js": ("pages/map_worker.js",),
    "pages/studio.js": ("pages/light.bin",),
}


def needed_by(*entries: str) -> dict[str, Path]:
    """Give the files that these scripts need, themselves too, by their static names.

    Raises `FileNotFoundError` for an import that leads nowhere.
    """
    found: dict[str, Path] = {}
    waiting = list(entries)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = locate(name)
        waiting += FETCHED.get(name, ())
        if name.endswith(".js"):
            waiting += _imports(name, found[name].read_text("utf-8"))
    return found


def locate(name: str) -> Path:
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(name)
    return Path(path)


def _imports(name: str, source: str) -> Iterable[str]:
    for target in IMPORT.findall(source):
        if target == "three":
            yield THREE
        elif target.startswith(ADDONS):
            yield target
        elif target.startswith("."):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
