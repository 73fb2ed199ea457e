"""Open3D works without the plotting that it imports for notebooks."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
from scans.lean_import import PLOTTING, skip_plotting
skip_plotting()
import sys
import open3d
box = open3d.geometry.TriangleMesh.create_box()
assert len(box.triangles) == 12
assert not any(hasattr(sys.modules[name], "__path__") for name in PLOTTING)
assert "plotly.io" not in sys.modules
"""


def test_open3d_is_imported_without_plotting() -> None:
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
