"""What the stage that places scans writes down."""

import json

import numpy as np

from scans.stages.registering import rounded


def test_noise_of_the_last_bit_is_not_written() -> None:
    """Sums over threads leave 1e-16 open, on either side of nought."""
    pose = np.eye(4)
    noise = np.full((4, 4), 3e-16)
    above, below = rounded(pose + noise), rounded(pose - noise)
    assert json.dumps(above.tolist()) == json.dumps(below.tolist())
    assert not np.signbit(below).any()
