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
    Offer,
    choose,
    total,
)
from heritage.exhibits.devices import Cost

PLENTY = Cost(10_000_000, 10_000, 2**40)


def level(triangles: int, profile: str = "web") -> Level:
    return Level(profile, Cost(triangles, 1, triangles * 30))


def three(coarse: int = 20, middle: int = 50, fine: int = 150) -> Offer:
    levels = (level(coarse, "thumb"), level(middle, "headset"), level(fine, "web"))
    return Offer(levels)


def profiles(offers: list[Offer], choices: list[Choice]) -> list[str | None]:
    return [
        None if choice.index is None else offer.levels[choice.index].profile
        for offer, choice in zip(offers, choices, strict=True)
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
    objects = [Offer(), three()]
    choices = choose(objects, PLENTY)
    assert choices[0] == Choice(None, NO_MODEL)
    assert profiles(objects, choices) == [None, "web"]


def test_a_label_stands_alone_before_somebody_elses_detail() -> None:
    label = Cost(10, 1, 0)
    offers = [
        Offer(three().levels, label=label),
        Offer([level(500)], label=label),
        Offer(label=label),
    ]
    # 20 + 3 × 10 stands; the finer level of the first would need 30 more.
    choices = choose(offers, Cost(75, 100, 2**30))
    assert profiles(offers, choices) == ["thumb", None, None]
    assert [choice.code for choice in choices] == [BUDGET, LEFT_OUT, NO_MODEL]
    assert all(choice.is_there for choice in choices)


def test_nothing_stands_where_not_even_a_label_fits() -> None:
    label = Cost(10, 1, 0)
    offers = [Offer(three().levels, label=label), Offer(label=label)]
    choices = choose(offers, Cost(10_000, 2, 2**30))
    assert [choice.is_there for choice in choices] == [True, False]
    assert total(offers, choices).draws == 2


def test_what_goes_with_a_model_counts_only_where_there_is_one() -> None:
    offers = [Offer([level(20)], beside=Cost(80, 1, 0))]
    assert total(offers, choose(offers, Cost(100, 2, 2**30))) == Cost(100, 2, 600)
    assert total(offers, choose(offers, Cost(99, 2, 2**30))) == Cost()


sizes = st.lists(st.integers(1, 500), max_size=3).map(sorted)
costs = st.builds(Cost, st.integers(0, 90), st.integers(0, 2), st.integers(0, 2**20))
offers = st.builds(
    Offer,
    levels=sizes.map(lambda row: [level(size) for size in row]),
    label=costs,
    beside=costs,
)
rooms = st.lists(offers, max_size=8)


@given(objects=rooms, limit=st.integers(1, 3000), draws=st.integers(1, 20))
def test_the_sums_never_pass_the_budget(
    objects: list[Offer], limit: int, draws: int
) -> None:
    budget = Cost(limit, draws, 2**22)
    choices = choose(objects, budget)
    assert total(objects, choices).breaks(budget) == ""


@given(objects=rooms, limit=st.integers(1, 3000))
def test_what_was_refused_would_really_not_fit_then(
    objects: list[Offer], limit: int
) -> None:
    for choice in choose(objects, Cost(limit, 100, 2**30)):
        if choice.code in {BUDGET, LEFT_OUT}:
            assert int(choice.facts["needed"]) > int(choice.facts["limit"])
