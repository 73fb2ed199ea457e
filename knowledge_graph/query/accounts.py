"""What each client has used: queries at once, and seconds from a token bucket."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from knowledge_graph.errors import OverBudget, TooManyAtOnce
from knowledge_graph.query.limits import Limits

# Beyond so many clients, those that owe nothing are forgotten.
REMEMBERED = 10_000


@dataclass
class _Account:
    balance_s: float
    seen: float
    running: int = 0


class Accounts:
    """Admits and bills clients; any thread may call it."""

    def __init__(
        self, limits: Limits, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._accounts: dict[str, _Account] = {}
        self._lock = threading.Lock()

    def admit(self, client: str) -> None:
        """Count a query in; raises `TooManyAtOnce` or `OverBudget`."""
        with self._lock:
            self._admissible(client).running += 1

    def check(self, client: str) -> None:
        """Raises as `admit` would, and counts nothing."""
        with self._lock:
            self._admissible(client)

    def bill(self, client: str, used_s: float) -> None:
        """Take what was used beside any query; the balance may fall below zero."""
        with self._lock:
            self._brought_up_to_date(client).balance_s -= max(0.0, used_s)

    def settle(self, client: str, used_s: float) -> None:
        """Count a query out and take what it used; the balance may fall below zero."""
        with self._lock:
            account = self._brought_up_to_date(client)
            account.running -= 1
            account.balance_s -= used_s

    def running(self) -> int:
        """Count the queries that are running or waiting for a reader."""
        with self._lock:
            return sum(account.running for account in self._accounts.values())

    def _admissible(self, client: str) -> _Account:
        account = self._brought_up_to_date(client)
        if account.running >= self._limits.concurrent:
            raise TooManyAtOnce(limit=self._limits.concurrent)
        if account.balance_s <= 0:
            raise OverBudget(retry_after_s=self._wait_s(account))
        return account

    def _brought_up_to_date(self, client: str) -> _Account:
        now = self._clock()
        if client not in self._accounts:
            self._forget_idle(now)
        account = self._accounts.setdefault(
            client, _Account(self._limits.budget_s, now)
        )
        self._earn(account, now)
        return account

    def _earn(self, account: _Account, now: float) -> None:
        earned = (now - account.seen) * self._limits.earned_s
        account.balance_s = min(self._limits.budget_s, account.balance_s + earned)
        account.seen = now

    def _wait_s(self, account: _Account) -> int:
        return max(1, math.ceil(-account.balance_s / self._limits.earned_s))

    def _forget_idle(self, now: float) -> None:
        if len(self._accounts) < REMEMBERED:
            return
        for account in self._accounts.values():
            self._earn(account, now)
        self._accounts = {
            client: account
            for client, account in self._accounts.items()
            if account.running or account.balance_s < self._limits.budget_s
        }
