"""Where things stand in the room."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.exhibits.arrangements import ARRANGEMENTS
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


def placed_in(things: Sequence[Thing], arrangement: str = "aisle") -> list[Place]:
    return lay_out(things, arrangement)[0]


def distance(one: Place, other: Place) -> float:
    return math.dist(one.position[::2], other.position[::2])


def test_a_curators_place_is_kept() -> None:
    placed = replace(BOWL, x_m=1.5, z_m=-2, turn_deg=90, scale=2)
    (place,) = placed_in([placed])
    assert place.position[0] == 1.5
    assert place.position[2] == -2
    assert place.scale == 2
    assert place.rotation == pytest.approx((0, math.sqrt(0.5), 0, math.sqrt(0.5)))


def test_one_placed_object_means_all_places_are_meant() -> None:
    placed = replace(BOWL, x_m=1.5)
    assert [place.position[0] for place in placed_in([placed, BOWL])] == [1.5, 0]


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
@pytest.mark.parametrize("count", [1, 2, 3, 5, 9, 30])
def test_what_nobody_placed_stands_apart(count: int, arrangement: str) -> None:
    places = placed_in([BOWL] * count, arrangement)
    apart = [
        distance(one, other)
        for number, one in enumerate(places)
        for other in places[:number]
    ]
    assert all(gap > 0.9 for gap in apart)


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_panels_hang_behind_all_objects_and_face_the_door(arrangement: str) -> None:
    things = [BOWL, BOWL, BOWL, PANEL]
    *objects, panel = placed_in(things, arrangement)
    assert all(panel.position[2] < place.position[2] for place in objects)
    assert panel.rotation == (0.0, 0.0, 0.0, 1.0)
    assert panel.stand is None


def test_the_middle_of_a_small_object_comes_to_eye_height() -> None:
    tall = replace(BOWL, height_m=0.8)
    (place,) = placed_in([tall])
    assert place.position[1] + 0.4 == pytest.approx(1.35)


def test_no_stand_is_higher_or_lower_than_one_can_look_at() -> None:
    tiny, huge = replace(BOWL, height_m=0.01), replace(BOWL, height_m=3)
    places = placed_in([tiny, huge])
    assert [place.position[1] for place in places] == [HIGHEST_STAND_M, LOWEST_STAND_M]


def test_the_stand_is_wider_than_what_it_bears() -> None:
    wide = replace(BOWL, width_m=1.4, scale=0.5)
    (place,) = placed_in([wide])
    assert place.stand is not None
    assert place.stand.width_m > 0.7


def test_the_circle_faces_its_middle() -> None:
    for place in placed_in([BOWL] * 7, "circle"):
        x, _y, z = place.position
        turn = 2 * math.atan2(place.rotation[1], place.rotation[3])
        # Its front is +Z turned by that: it points from the ring to the middle.
        assert math.sin(turn) * x + math.cos(turn) * z < -0.99 * math.hypot(x, z)


def test_the_time_tunnel_leads_from_age_to_age() -> None:
    han, tang = (("en", "Han"),), (("en", "Tang"),)
    things = [
        replace(BOWL, year=700, age=tang), replace(BOWL, year=-100, age=han),
        replace(BOWL, year=618, age=tang), BOWL,
    ]  # fmt: skip
    places, signs = lay_out(things, "timeline")
    depth = [place.position[2] for place in places]
    assert depth[1] > depth[2] >= depth[0] > depth[3]
    assert [sign.names for sign in signs] == [{"en": "Han"}, {"en": "Tang"}]
    assert signs[0].z_m > depth[1]
    assert depth[1] > signs[1].z_m > depth[2]


@given(
    st.lists(
        st.builds(
            replace,
            st.just(BOWL),
            width_m=st.floats(0.01, 5),
            depth_m=st.floats(0.01, 5),
            scale=st.floats(0.1, 3),
            is_panel=st.booleans(),
            year=st.none() | st.integers(-3000, 2000),
        ),
        max_size=25,
    ),
    st.sampled_from(sorted(ARRANGEMENTS)),
)
def test_nothing_stands_in_anything_else(things: list[Thing], arrangement: str) -> None:
    places = placed_in(things, arrangement)
    assert len(places) == len(things)
    standing = [place for place in places if place.stand]
    for number, one in enumerate(standing):
        for other in standing[:number]:
            half = (_radius(one) + _radius(other)) / math.sqrt(2)
            assert distance(one, other) >= half


def _radius(place: Place) -> float:
    assert place.stand is not None
    return math.hypot(place.stand.width_m, place.stand.depth_m) / 2
