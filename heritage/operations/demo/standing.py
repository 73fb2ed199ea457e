"""How a demo relic stands: the virtual scanner knows, as a curator would by looking."""

import json
from typing import Any

import numpy as np

from heritage.archive.local_copies import local_path
from heritage.captures.models import CaptureFile, Derivative, Run

TRUTH = "truth-poses.json"
NEAR = 0.985  # cosine of 10 degrees: the proposal is as good as what is known


def known_upright(run: Run) -> list[list[float]]:
    """Give the transform that sets a demo run's master upright.

    The proposed one where it agrees with the truth, which spares a second delivery.
    """
    proposed = np.array(run.report["upright"]["used"], float)
    truth, ours = _truth(run), _poses(run)
    name = next(name for name in ours if name in truth)
    known = np.array(truth[name], float) @ np.linalg.inv(np.array(ours[name], float))
    leans = (proposed[:3, :3] * known[:3, :3]).sum(axis=1)
    chosen = proposed if leans.min() > NEAR else _rigid(known)
    return [[float(value) for value in row] for row in chosen]


def _truth(run: Run) -> dict[str, Any]:
    row = CaptureFile.objects.select_related("stored_file").get(
        capture=run.capture, stored_file__name=TRUTH
    )
    found: dict[str, Any] = json.loads(local_path(row.stored_file).read_text())
    return found


def _poses(run: Run) -> dict[str, Any]:
    row = Derivative.objects.select_related("stored_file").get(run=run, profile="poses")
    found: dict[str, Any] = json.loads(local_path(row.stored_file).read_text())
    return found


def _rigid(matrix: Any) -> Any:
    """Take the rounding of file formats out of a rotation."""
    left, _, right = np.linalg.svd(matrix[:3, :3])
    clean = matrix.copy()
    clean[:3, :3] = left @ right
    clean[3] = [0, 0, 0, 1]
    return clean
