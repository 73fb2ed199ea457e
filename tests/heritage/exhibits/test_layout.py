"""Where things stand in the room."""

import math
from dataclasses import replace

import pytest

from heritage.exhibits.layout import (
    HIGHEST_STAND_M,
    LOWEST_STAND_M,
    Place,
    Thing,
    lay_out,
)

BOWL = Thing(
    width_m=0.2,
    height_m=0.1,
    depth_m=0.2,
    x_m=0,
    y_m=0,
    z_m=0,
    turn_deg=0,
    scale=1,
)
PANEL = replace(BOWL, width_m=1.8, height_m=1.2, depth_m=0.04, is_panel=True)


def distance(one: Place, other: Place) -> float:
    return math.dist(one.position[::2], other.position[::2])


def test_a_curators_place_is_kept() -> None:
    placed = replace(BOWL, x_m=1.5, z_m=-2, turn_deg=90, scale=2)
    (place,) = lay_out([placed])
    assert place.position[0] == 1.5
    assert place.position[2] == -2
    assert place.scale == 2
    assert place.rotation == pytest.approx((0, math.sqrt(0.5), 0, math.sqrt(0.5)))


def test_one_placed_object_means_all_places_are_meant() -> None:
    placed = replace(BOWL, x_m=1.5)
    assert [place.position[0] for place in lay_out([placed, BOWL])] == [1.5, 0]


@pytest.mark.parametrize("count", [1, 2, 5, 9])
def test_what_nobody_placed_stands_apart(count: int) -> None:
    places = lay_out([replace(BOWL) for _ in range(count)])
    apart = [
        distance(one, other)
        for number, one in enumerate(places)
        for other in places[:number]
    ]
    assert all(gap > 0.9 for gap in apart)


def test_panels_hang_behind_all_objects_and_face_the_door() -> None:
    things = [BOWL, BOWL, BOWL, PANEL]
    *objects, panel = lay_out(things)
    assert all(panel.position[2] < place.position[2] for place in objects)
    assert panel.rotation == (0.0, 0.0, 0.0, 1.0)
    assert panel.stand is None


def test_the_middle_of_a_small_object_comes_to_eye_height() -> None:
    tall = replace(BOWL, height_m=0.8)
    (place,) = lay_out([tall])
    assert place.position[1] + 0.4 == pytest.approx(1.35)


def test_no_stand_is_higher_or_lower_than_one_can_look_at() -> None:
    tiny, huge = replace(BOWL, height_m=0.01), replace(BOWL, height_m=3)
    places = lay_out([tiny, huge])
    assert [place.position[1] for place in places] == [HIGHEST_STAND_M, LOWEST_STAND_M]


def test_the_stand_is_wider_than_what_it_bears() -> None:
    wide = replace(BOWL, width_m=1.4, scale=0.5)
    (place,) = lay_out([wide])
    assert place.stand is not None
    assert place.stand.width_m > 0.7
