"""The report names every version that could change a result."""

import tomllib
from pathlib import Path

import numpy as np

from scans.versions import versions

ROOT = Path(__file__).resolve().parents[2]


def test_the_engine_has_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert versions()["heritage-scans"] == project["version"]


def test_what_makes_the_result_is_named() -> None:
    found = versions()
    assert found["numpy"] == np.__version__
    assert {"python", "machine", "scipy", "trimesh", "npm:gltf-validator"} <= set(found)
    assert {"open3d", "open3d-cpu"} & set(found)
    assert all(found.values())
