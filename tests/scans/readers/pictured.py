"""What holds of a scan that brings its picture along."""

import numpy as np

from scans.delivery.maps import stored_levels
from scans.delivery.paintings import light_on
from scans.geometry.scan import Scan


def shows_its_picture(scan: Scan) -> None:
    """At its corners the picture has the colours that were carried to the vertices."""
    assert scan.painting is not None
    assert scan.triangles is not None
    assert scan.colours is not None
    painted = np.flatnonzero(scan.painting.picture >= 0)
    assert len(painted)
    for corner in range(3):
        weights = np.zeros((len(painted), 3), np.float32)
        weights[:, corner] = 1
        blank = np.zeros((len(painted), 3), np.float32)
        found = stored_levels(light_on(scan.painting, painted, weights, blank))
        wanted = scan.colours[scan.triangles[painted, corner]]
        assert np.abs(found.astype(int) - wanted).max() <= 1
