"""The register's sizes against the model's, and scans in different units."""

import pytest

from scans.errors import BadParameter
from scans.quality.scale import (
    Match,
    find_factor,
    match_register,
    odd_units,
    parse_lengths,
)

SIDES_M = (0.148, 0.121, 0.263)  # what it really measures
REGISTERED_CM = (26.1, 15.0, 12.0)  # by hand, in another order


@pytest.mark.parametrize(
    ("meant", "taken", "times"),
    [("m", "m", 1.0), ("mm", "m", 1000.0), ("in", "m", 39.37), ("cm", "mm", 0.1)],
)
def test_the_unit_that_fits_is_proposed(meant: str, taken: str, times: float) -> None:
    seen = [side * times for side in SIDES_M]
    match = match_register(seen, REGISTERED_CM, taken=taken)
    assert match is not None
    assert match.unit == meant
    assert match.factor == pytest.approx(1 / times, rel=1e-4)


@pytest.mark.parametrize("registered", [(26.3,), (15.0, 26.0), (12.1, 14.8, 26.3)])
def test_a_register_that_gives_less_is_compared_all_the_same(
    registered: tuple[float, ...],
) -> None:
    assert match_register(SIDES_M, registered, taken="m") == Match("m", 1.0)


def test_another_object_is_none_in_any_unit() -> None:
    assert match_register(SIDES_M, (40.0, 12.0, 5.0), taken="m") is None
    # One side of another size is enough, even where the others would do.
    assert match_register(SIDES_M, (26.3, 14.8, 20.0), taken="m") is None


def test_thin_things_are_given_the_register_s_rounding() -> None:
    coin = (0.0241, 0.0240, 0.0014)
    assert match_register(coin, (2.4, 2.4, 0.1), taken="m") == Match("m", 1.0)


def test_one_scan_in_another_unit_stands_out() -> None:
    extents = [0.21, 0.30, 0.25, 240.0, 0.26]
    assert odd_units(extents) == {3: 1000.0}
    assert odd_units([20.1, 0.8, 22.0, 19.0]) == {1: pytest.approx(1 / 25.4)}


def test_scans_of_different_sides_and_close_ups_do_not() -> None:
    assert odd_units([0.21, 0.30, 0.08, 0.25]) == {}
    assert odd_units([0.2]) == {}


def test_lengths_are_read() -> None:
    assert parse_lengths("") == ()
    assert parse_lengths("12.5, 3,30") == (12.5, 3.0, 30.0)


@pytest.mark.parametrize("text", ["a", "1,2,3,4", "0", "-3,1,1", "nan", "inf,1"])
def test_lengths_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(BadParameter):
        parse_lengths(text)


@pytest.mark.parametrize("times", [1.0, 1000.0, 0.1, 25.4, 1 / 39.37])
def test_any_two_units_may_have_been_taken_for_each_other(times: float) -> None:
    seen = [side * times for side in SIDES_M]
    assert find_factor(seen, REGISTERED_CM) == pytest.approx(1 / times, rel=1e-3)
    assert find_factor(seen, (40.0, 12.0, 5.0)) is None
