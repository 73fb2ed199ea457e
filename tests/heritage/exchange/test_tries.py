"""A row that ends the process each time is refused after some tries; all others come in."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from heritage.catalogue.models import Relic
from heritage.exchange.actions import begin, run_load, stage_load
from heritage.exchange.actions.mappings import find_mapping
from heritage.exchange.entering import Entering
from heritage.exchange.models import Load, LoadedRow
from heritage.exchange.tries import MOST_TRIES
from heritage.exchange.words import told_fault
from tests.heritage.factories import make_collection

from .loading import at_once
from .registers import make_register

pytestmark = pytest.mark.django_db
ROWS, DEADLY = 12, 7


class Killed(BaseException):
    """The process ends here: nothing is caught, nothing is told."""


@pytest.fixture
def load(tmp_path: Path) -> Load:
    path = tmp_path / "t.csv"
    path.write_bytes(make_register(ROWS, faulty=0).csv())
    by = User.objects.create_superuser("chief")
    load = stage_load([path], collection=make_collection(), by=by)
    begin(load, find_mapping("register-zh"), by=by)
    return load


def take_up_until_done(load: Load) -> int:
    """Ring again after each death, as the clock does; gives how often it died."""
    for deaths in range(50):
        Load.objects.update(leased_until=None)
        try:
            run_load(load.pk, rest=at_once)
        except Killed:
            continue
        return deaths
    raise AssertionError("it loops")


def test_a_row_that_kills_is_refused_and_the_rest_comes_in(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Entering.write

    def deadly(entering: Any) -> None:
        if any(entry.place == DEADLY for entry in entering.batch):
            raise Killed
        write(entering)

    monkeypatch.setattr(Entering, "write", deadly)
    # As a batch, then alone.
    assert take_up_until_done(load) == 2 * MOST_TRIES + 1
    load.refresh_from_db()
    assert (load.state, load.cursor) == (Load.State.DONE, ROWS)
    assert Relic.objects.count() == ROWS - 1
    (refused,) = load.results.filter(verdict=LoadedRow.Verdict.REFUSED)
    assert refused.place == DEADLY
    assert refused.cells
    assert str(MOST_TRIES) in told_fault(refused.faults[0])


def test_who_is_killed_elsewhere_each_time_enters_all(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, seen = Entering.write, set[int]()

    def dies_once(entering: Any) -> None:
        place = entering.batch[0].place
        if place not in seen:
            seen.add(place)
            raise Killed
        write(entering)

    monkeypatch.setattr(Entering, "write", dies_once)
    take_up_until_done(load)
    assert Relic.objects.count() == ROWS
    assert not load.results.filter(verdict=LoadedRow.Verdict.REFUSED).exists()
