"""The light that models are shown in is three.js' own room, filtered once and kept."""

import numpy as np
import pytest
from playwright.sync_api import Browser

from tests.browser.light import HEIGHT, LIGHT, WIDTH, filtered, packed, unpacked


def test_what_is_packed_is_read_again_to_a_part_in_510() -> None:
    random = np.random.default_rng(3)
    light = random.lognormal(0, 2, (HEIGHT, WIDTH, 1)) * random.uniform(
        0.9, 1, (HEIGHT, WIDTH, 3)
    )
    light[0, :4] = np.array([[0, 0, 0], [1, 0, 0], [511.9, 1, 0], [6e4, 0, 1]])
    largest = light.max(axis=-1, keepdims=True)
    off = np.abs(unpacked(packed(light)) - light) / np.maximum(largest, 1e-9)
    assert off.max() <= 1 / 510  # half a step of the smallest mantissa, 256


@pytest.mark.browser
def test_the_light_is_what_three_js_makes_of_its_room(chromium: Browser) -> None:
    context = chromium.new_context()
    # Coarser than what is kept was made from, and 14 times sooner.
    made = filtered(context.new_page(), 64)
    context.close()
    kept = unpacked(LIGHT.read_bytes())
    lit = made.sum(axis=-1) > 0.05
    assert lit.mean() > 0.4
    assert np.abs(kept - made)[lit].mean() < 0.05 * made[lit].mean()
    # A face that is upside down, or swapped with another, is far off.
    assert np.abs(kept[:, ::-1] - made)[lit].mean() > 0.2 * made[lit].mean()
