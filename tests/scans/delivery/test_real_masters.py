"""A museum's mesh with holes and a scanner's noise, through the whole delivery."""

from pathlib import Path

import numpy as np
import pytest
import trimesh

from scans.delivery.levels import build_levels
from scans.geometry.mesh import Mesh
from scans.imaging.views import Studio
from tests.scans.delivery.solids import UP_IS_Y

MASTERS = {
    "bunny": "scans/bunny-range/reference/bun_zipper.ply",
    "nefertiti": "meshes/heritage/nefertiti/nefertiti-lowres.obj",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MASTERS)
def test_a_real_master_is_delivered_within_a_thousandth(
    name: str, shared_data: Path, tmp_path: Path
) -> None:
    loaded = trimesh.load_mesh(shared_data / MASTERS[name])
    master = Mesh(
        np.asarray(loaded.vertices, np.float64), np.asarray(loaded.faces, np.int32)
    )
    reports = build_levels(master, UP_IS_Y, tmp_path, lambda fraction: None)
    shares = [report.deviation.share_of_diagonal for report in reports]
    assert shares[0] < 0.003
    assert shares[1] < 0.001
    assert shares[2] < 0.0001  # below 150 000 triangles: only rounding is left
    covered = Studio(master, UP_IS_Y).picture(0.0, 128).covered > 0
    rows, columns = (np.flatnonzero(covered.any(axis=axis)) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 >= 0.8 * 128
