"""Levels of detail chosen within a budget."""

from hypothesis import given
from hypothesis import strategies as st

from heritage.exhibits.choose import (
    BEST,
    BUDGET,
    LEFT_OUT,
    NO_MODEL,
    Choice,
    Level,
    choose,
    total,
)
from heritage.exhibits.devices import Cost

PLENTY = Cost(10_000_000, 10_000, 2**40)


def level(triangles: int, profile: str = "web") -> Level:
    return Level(profile, Cost(triangles, 1, triangles * 30))


def three(coarse: int = 20, middle: int = 50, fine: int = 150) -> list[Level]:
    return [level(coarse, "thumb"), level(middle, "headset"), level(fine, "web")]


def profiles(objects: list[list[Level]], choices: list[Choice]) -> list[str | None]:
    return [
        None if choice.index is None else levels[choice.index].profile
        for levels, choice in zip(objects, choices, strict=True)
    ]


def test_everything_is_finest_where_there_is_room() -> None:
    objects = [three(), three()]
    choices = choose(objects, PLENTY)
    assert profiles(objects, choices) == ["web", "web"]
    assert {choice.code for choice in choices} == {BEST}


def test_the_first_objects_become_finer_and_nobody_is_left_out() -> None:
    objects = [three(), three(), three()]
    # 150 + 50 + 50 fits, a second 150 does not.
    choices = choose(objects, Cost(260, 100, 2**30))
    assert profiles(objects, choices) == ["web", "headset", "headset"]
    assert choices[1] == Choice(
        1, BUDGET, {"level": "web", "figure": "triangles", "needed": 350, "limit": 260}
    )


def test_a_later_small_object_may_still_be_finer() -> None:
    objects = [three(fine=900), three()]
    choices = choose(objects, Cost(250, 100, 2**30))
    assert profiles(objects, choices) == ["headset", "web"]


def test_what_cannot_be_held_at_all_is_left_out_and_says_so() -> None:
    objects = [three(), three()]
    choices = choose(objects, Cost(30, 100, 2**30))
    assert profiles(objects, choices) == ["thumb", None]
    assert choices[1].code == LEFT_OUT
    assert choices[1].facts["needed"] == 40


def test_draws_and_memory_bind_as_triangles_do() -> None:
    objects = [three(), three()]
    by_draws = choose(objects, Cost(10_000, 1, 2**30))
    assert by_draws[1].facts["figure"] == "draws"
    by_memory = choose(objects, Cost(10_000, 10, 20 * 30 * 2))
    assert profiles(objects, by_memory) == ["thumb", "thumb"]
    assert by_memory[0].facts["figure"] == "gpu_bytes"


def test_an_object_without_models_is_no_one_elses_loss() -> None:
    objects = [[], three()]
    choices = choose(objects, PLENTY)
    assert choices[0] == Choice(None, NO_MODEL)
    assert profiles(objects, choices) == [None, "web"]


sizes = st.lists(st.integers(1, 500), max_size=3).map(sorted)
rooms = st.lists(sizes.map(lambda row: [level(size) for size in row]), max_size=8)


@given(objects=rooms, limit=st.integers(1, 3000), draws=st.integers(1, 8))
def test_the_sums_never_pass_the_budget(
    objects: list[list[Level]], limit: int, draws: int
) -> None:
    budget = Cost(limit, draws, 2**30)
    choices = choose(objects, budget)
    assert total(objects, choices).breaks(budget) == ""


@given(objects=rooms, limit=st.integers(1, 3000))
def test_what_was_refused_would_really_not_fit_then(
    objects: list[list[Level]], limit: int
) -> None:
    for choice in choose(objects, Cost(limit, 100, 2**30)):
        if choice.code in {BUDGET, LEFT_OUT}:
            assert int(choice.facts["needed"]) > int(choice.facts["limit"])
