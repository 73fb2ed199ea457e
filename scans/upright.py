"""The upright file: one rigid motion, master's frame to upright frame."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scans.errors import BadUpright
from scans.geometry.rigid import is_rigid


def read_upright(path: Path) -> NDArray[np.float64]:
    """Read and check an upright file.

    Raises BadUpright.
    """
    try:
        matrix = np.array(json.loads(path.read_text())["matrix"], dtype=np.float64)
    except OSError as error:
        raise BadUpright(path, "it cannot be opened") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadUpright(path, "it holds no matrix of numbers") from error
    if not is_rigid(matrix):
        raise BadUpright(path, "its matrix scales, shears, mirrors or is not 4x4")
    return matrix
