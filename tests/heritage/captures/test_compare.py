"""Two masters compared: as a run like others, kept as a condition check, shown to members."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.translation import override

from heritage.captures.actions import add_files, confirm_upright, start_run
from heritage.captures.actions.compare import compare_runs, keep_as_condition
from heritage.captures.actions.decide import decide_run
from heritage.captures.errors import (
    AlreadyComputing,
    NotComparable,
    NotPermitted,
    RunHasNoModel,
)
from heritage.captures.models import Capture, Run
from heritage.catalogue.models import ConditionCheck
from tests.heritage.factories import make_relic

from .conftest import item

Work = Callable[..., Run]
ENGLISH: Any = {"HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.fixture
def before(run: Run, work: Work) -> Run:
    return work(run)


@pytest.fixture
def after(before: Run, curator: User, work: Work) -> Run:
    later = Capture.objects.create(relic=before.capture.relic)
    add_files(later, [item(text="points 9")], by=curator)
    return work(start_run(later, by=curator))


@pytest.fixture
def compared(before: Run, after: Run, volunteer: User, work: Work) -> Run:
    return work(compare_runs(before, after, by=volunteer))


def place(run: Run, rest: str = "") -> str:
    return f"/admin/captures/capture/{run.capture_id}/{rest}"


def test_it_is_a_run_with_figures_and_pictures(
    compared: Run, before: Run, after: Run
) -> None:
    assert compared.state == "succeeded"
    assert (compared.compared_with, compared.master_of) == (before, after)
    assert compared.report["masters"][0] != compared.report["masters"][1]
    roles = set(compared.derivatives.values_list("role", "profile"))
    assert {("change", "change"), ("change", "histogram")} <= roles


def test_it_knows_how_sure_both_are_and_how_they_stand(
    before: Run, after: Run, curator: User
) -> None:
    for run, size in ((before, 2e-5), (after, 5e-5)):
        run.report["dimensions"] = {"uncertainty_m": size}
        run.save(update_fields=["report"])
        confirm_upright(run, matrix=run.report["upright"]["used"], by=curator)
    asked = compare_runs(before, after, by=curator)
    assert asked.parameters["first_mm"] == pytest.approx(0.02)
    assert asked.parameters["second_mm"] == pytest.approx(0.05)
    assert asked.parameters["start"] == [
        [float(i == j) for j in range(4)] for i in range(4)
    ]


def test_it_is_kept_once_among_the_condition_checks(
    compared: Run, curator: User, volunteer: User
) -> None:
    with pytest.raises(NotPermitted):
        keep_as_condition(compared, by=volunteer)
    with override("en"):
        kept = keep_as_condition(compared, by=curator)
        assert keep_as_condition(compared, by=curator) == kept
    check = ConditionCheck.objects.get(key=kept.check_key)
    assert "4.00 cm², up to 0.50 mm deep" in check.completeness_note
    assert compared.key in check.evidence


def test_it_never_becomes_the_relics_model(compared: Run, curator: User) -> None:
    with pytest.raises(RunHasNoModel):
        decide_run(compared, verdict="accepted", by=curator)


def test_one_model_twice_and_another_relics_are_refused(
    before: Run, curator: User, work: Work
) -> None:
    other = Capture.objects.create(relic=make_relic(before.capture.relic.collection))
    add_files(other, [item()], by=curator)
    strange = work(start_run(other, by=curator))
    for second in (before, strange):
        with pytest.raises(NotComparable):
            compare_runs(before, second, by=curator)


def test_it_is_not_asked_for_twice(before: Run, after: Run, curator: User) -> None:
    compare_runs(before, after, by=curator)
    with pytest.raises(AlreadyComputing):
        compare_runs(before, after, by=curator)


def test_members_read_the_pages_and_strangers_do_not(
    client: Client, volunteer: User, curator: User, stranger: User, compared: Run
) -> None:
    client.force_login(volunteer)
    map_page = place(compared, f"work/{compared.key}/change/")
    shown = client.get(map_page, **ENGLISH).text
    assert "400.0 ± 20.0" in shown
    assert "Keep as a condition check" not in shown
    assert client.get(place(compared, "compare/"), **ENGLISH).status_code == 200
    assert map_page in client.get(place(compared, "work/")).text
    client.force_login(curator)
    client.post(f"{map_page}keep/")
    assert "Kept as a condition check" in client.get(map_page, **ENGLISH).text
    stranger.is_staff = True
    stranger.save()
    client.force_login(stranger)
    for address in (map_page, place(compared, "compare/")):
        assert client.get(address).status_code == 404
    assert client.post(f"{map_page}keep/").status_code == 404
    picture = compared.derivatives.filter(role="change")[0]
    client.logout()
    assert client.get(f"/media/{picture.key}/").status_code == 404


def test_the_difference_is_asked_for_on_the_page(
    client: Client, volunteer: User, before: Run, after: Run
) -> None:
    client.force_login(volunteer)
    page = place(after, "compare/")
    assert before.key in client.get(page).text
    client.post(page, {"first": before.key, "second": after.key})
    assert Run.objects.get(type="compare").compared_with == before
