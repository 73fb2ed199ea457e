"""Whose detail comes first, where a device cannot draw all of it."""

from hypothesis import given
from hypothesis import strategies as st

from heritage.exhibits.importance import Claim, ranks, view_deg
from heritage.exhibits.layout import Thing, lay_out


def turns(*claims: Claim) -> list[int]:
    return [rank.turn for rank in ranks(claims)]


def test_the_curators_order_comes_before_any_size() -> None:
    assert turns(Claim(0, 2, 90.0), Claim(0, 1, 5.0)) == [2, 1]


def test_what_nobody_ranked_goes_by_its_size_on_view() -> None:
    ranked = ranks([Claim(0, 0, 5.0), Claim(0, 0, 40.0), Claim(0, 7, 80.0)])
    assert [rank.turn for rank in ranked] == [2, 1, 3]
    assert [rank.is_tied for rank in ranked] == [True, True, False]


def test_rooms_come_in_their_order_and_tie_only_within_themselves() -> None:
    ranked = ranks([Claim(1, 0, 90.0), Claim(0, 0, 5.0)])
    assert [rank.turn for rank in ranked] == [2, 1]
    assert not any(rank.is_tied for rank in ranked)


def test_alike_in_all_they_keep_the_order_in_which_they_were_put_in() -> None:
    assert turns(Claim(0, 0, 9.0), Claim(0, 0, 9.0), Claim(0, 0, 9.0)) == [1, 2, 3]


def seen(height_m: float, *, scale: float = 1.0, y_m: float = 0.0) -> float:
    thing = Thing(0.3, height_m, 0.3, 0.0, y_m, 0.0, 0.0, scale)
    (place,), _signs = lay_out([thing], "hand")
    return view_deg(thing, place)


def test_it_is_the_placed_size_that_counts() -> None:
    assert seen(0.4, scale=2.0) > seen(0.4) > seen(0.4, scale=0.1)


def test_what_hangs_high_is_farther_from_the_eye() -> None:
    assert seen(0.4, y_m=8.0) < seen(0.4, y_m=1.4)


claims = st.builds(
    Claim, st.integers(0, 2), st.integers(0, 3), st.sampled_from((0.0, 5.0, 80.0))
)


@given(st.lists(claims, max_size=12))
def test_each_has_a_turn_of_its_own_and_none_overtakes(rows: list[Claim]) -> None:
    found = turns(*rows)
    assert sorted(found) == list(range(1, len(rows) + 1))
    dealt = sorted(range(len(rows)), key=lambda n: found[n])
    keys = [(rows[n].room, rows[n].number, -rows[n].view_deg) for n in dealt]
    assert keys == sorted(keys)
