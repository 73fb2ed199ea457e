"""Readers that are imported when a file asks for them.

laspy, pye57, trimesh and DracoPy take 0.6 of a second to import (2026-11), and most runs
need none of them.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def late(module: str, name: str) -> Callable[[Path], Any]:
    """A function of a module beside this one, which is imported at the first call."""

    def call(path: Path) -> Any:
        return getattr(import_module(f"scans.readers.{module}"), name)(path)

    return call
