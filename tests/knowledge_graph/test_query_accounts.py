"""Clients are billed for what they use; the clock is the test's."""

import pytest

from knowledge_graph.errors import OverBudget, TooManyAtOnce
from knowledge_graph.query import accounts as module
from knowledge_graph.query.accounts import Accounts
from knowledge_graph.query.limits import Limits

LIMITS = Limits(budget_s=10, earned_s=0.5, concurrent=2)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(clock: Clock) -> Accounts:
    return Accounts(LIMITS, clock)


def use(accounts: Accounts, client: str, seconds: float) -> None:
    accounts.admit(client)
    accounts.settle(client, seconds)


def test_only_so_many_at_once(accounts: Accounts) -> None:
    accounts.admit("a")
    accounts.admit("a")
    with pytest.raises(TooManyAtOnce):
        accounts.admit("a")
    accounts.admit("b")
    accounts.settle("a", 0.1)
    accounts.admit("a")


def test_time_used_is_earned_again(accounts: Accounts, clock: Clock) -> None:
    use(accounts, "a", 15)
    with pytest.raises(OverBudget) as caught:
        accounts.admit("a")
    assert caught.value.facts["retry_after_s"] == 10
    use(accounts, "b", 1)
    clock.now = 10.5
    use(accounts, "a", 0)


def test_nobody_saves_up_more_than_the_budget(accounts: Accounts, clock: Clock) -> None:
    use(accounts, "a", 0)
    clock.now = 1e6
    use(accounts, "a", 10)
    with pytest.raises(OverBudget):
        accounts.admit("a")


def test_those_who_owe_nothing_are_forgotten(
    accounts: Accounts, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 3)
    use(accounts, "debtor", 1000)
    accounts.admit("running")
    use(accounts, "passing", 1)
    clock.now = 100
    use(accounts, "new", 1)
    assert set(accounts._accounts) == {"debtor", "running", "new"}


def test_what_was_done_beside_a_query_is_billed(accounts: Accounts) -> None:
    accounts.bill("a", -5)  # a clock that went back earns nothing
    accounts.bill("a", 11)
    with pytest.raises(OverBudget):
        accounts.admit("a")
    assert accounts.running() == 0


def test_who_may_not_ask_is_told_without_being_counted(accounts: Accounts) -> None:
    accounts.check("a")
    accounts.admit("a")
    accounts.check("a")
    accounts.settle("a", 11)
    with pytest.raises(OverBudget):
        accounts.check("a")
    assert accounts.running() == 0
