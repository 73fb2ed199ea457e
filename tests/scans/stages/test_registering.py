"""What the stage that places scans writes down."""

import json

import numpy as np

from scans.stages.registering import rounded, steady


def test_noise_of_the_last_bit_is_not_written() -> None:
    """Sums over threads leave 1e-16 open, on either side of nought."""
    pose = np.eye(4)
    noise = np.full((4, 4), 3e-16)
    above, below = rounded(pose + noise), rounded(pose - noise)
    assert json.dumps(above.tolist()) == json.dumps(below.tolist())
    assert not np.signbit(below).any()


def test_scans_left_out_change_the_step_only_where_they_were_not_like_the_others() -> (
    None
):
    assert steady(1.0, 1.05) == 1.05
    assert steady(1.0, 8.0) == 1.0
    assert steady(1.0, 0.2) == 1.0
