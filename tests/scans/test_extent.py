"""How large a thing is does not hang on a few strays."""

import numpy as np
import pytest

from scans.geometry.extent import extent

BODY = np.random.default_rng(0).random((3_000, 3))


def test_a_body_is_as_large_as_its_box() -> None:
    assert extent(BODY) == np.linalg.norm(np.ptp(BODY, axis=0))
    assert extent(np.array([[0.0, 0, 0], [3, 4, 0]])) == 5.0
    assert extent(np.ones((1, 3))) == 0.0


def test_a_thin_part_counts() -> None:
    handle = np.column_stack([np.linspace(1, 1.6, 20), np.zeros((20, 2))])
    assert extent(np.vstack([BODY, handle])) > 2.0


@pytest.mark.parametrize("far", [10.0, 1e9])
def test_strays_do_not_count(far: float) -> None:
    strays = np.random.default_rng(1).normal(size=(25, 3)) * far
    found = extent(np.vstack([BODY, strays]))
    assert found == pytest.approx(np.sqrt(3), rel=0.05)
