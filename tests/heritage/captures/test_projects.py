"""A project's figures on any day: counted from what happened, never from what is now."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from openpyxl import load_workbook
from time_machine import TimeMachineFixture

from heritage.captures.actions import add_files, start_run
from heritage.captures.actions.decide import decide_run
from heritage.captures.models import Capture, Project, ProjectItem, Run
from heritage.captures.project_chart import draw_course, sampled_days
from heritage.captures.project_figures import Stage, figures_on, read_stories
from heritage.catalogue.actions.release import release, withdraw
from heritage.catalogue.models import Collection, Membership
from heritage.catalogue.policy import Person
from tests.heritage.factories import make_collection, make_relic

from .conftest import item

Work = Callable[..., Run]
BEGIN, DUE = date(2026, 3, 1), date(2026, 3, 20)


@pytest.fixture
def project(collection: Collection) -> Project:
    made: Project = Project.objects.create(
        collection=collection,
        name_zh="一期",
        name_en="First",
        starts_on=BEGIN,
        due_on=DUE,
    )
    for name in ("=1+1", "鼎"):
        relic = make_relic(collection, name_zh=name, name_en=name)
        ProjectItem.objects.create(project=made, relic=relic, planned_on=BEGIN)
    return made


@pytest.fixture
def at(time_machine: TimeMachineFixture) -> Callable[[int], None]:
    """Go to noon of a day in March."""
    return lambda day: time_machine.move_to(
        datetime(2026, 3, day, 4, tzinfo=UTC), tick=False
    )


@pytest.fixture
def lived(
    project: Project, curator: User, work: Work, at: Callable[[int], None]
) -> Project:
    """One relic captured on the 2nd, computed the 5th, accepted the 8th, out the 11th."""
    first = project.items.order_by("pk")[0]
    at(2)
    capture = Capture.objects.create(relic=first.relic, captured_on=date(2026, 3, 2))
    add_files(capture, [item()], by=curator)
    at(5)
    run = work(start_run(capture, by=curator))
    at(8)
    decide_run(run, verdict="accepted", by=curator)
    at(11)
    release(first.relic, by=curator)
    at(14)
    withdraw(first.relic, by=curator)
    at(17)
    decide_run(run, verdict="refused", by=curator, reason="A better one is needed.")
    at(25)
    return project


@pytest.mark.parametrize(
    ("day", "stage", "late"),
    [(1, Stage.PLANNED, 0), (2, Stage.CAPTURED, 0), (5, Stage.PROCESSED, 0),
     (8, Stage.ACCEPTED, 0), (11, Stage.PUBLISHED, 0), (14, Stage.ACCEPTED, 0),
     (17, Stage.PROCESSED, 0), (20, Stage.PROCESSED, 0), (21, Stage.PROCESSED, 2)],
)  # fmt: skip
def test_each_day_is_told_as_it_was(
    day: int, stage: Stage, late: int, lived: Project, curator: User
) -> None:
    told = figures_on(read_stories(lived, Person.of(curator)), date(2026, 3, day))
    rest = Stage.PLANNED
    assert told.planned == 2
    assert told.late == late
    assert told.by_stage[stage] == (2 if stage == rest else 1)
    assert told.percent_done == (50.0 if stage >= Stage.ACCEPTED else 0.0)


def test_what_is_taken_out_is_still_told_of_before(
    project: Project, curator: User
) -> None:
    first = project.items.order_by("pk")[0]
    first.taken_out_on = date(2026, 3, 10)
    first.save()
    stories = read_stories(project, Person.of(curator))
    counts = [figures_on(stories, date(2026, 3, day)).planned for day in (9, 10)]
    assert counts == [2, 1]


def test_nobody_is_planned_before_the_beginning(
    project: Project, curator: User
) -> None:
    told = figures_on(read_stories(project, Person.of(curator)), date(2026, 2, 28))
    assert (told.planned, told.percent_done) == (0, 0.0)


def test_the_chart_has_an_area_for_each_stage(lived: Project, curator: User) -> None:
    stories = read_stories(lived, Person.of(curator))
    chart = draw_course(stories, BEGIN, date(2026, 3, 25), DUE)
    assert chart is not None
    assert [area.stage for area in chart.areas] == list(Stage)
    assert chart.due is not None
    assert draw_course(stories, BEGIN, BEGIN, DUE) is None


@pytest.mark.parametrize("days", [0, 1, 59, 700])
def test_days_are_sampled_from_the_first_to_the_last(days: int) -> None:
    last = date.fromordinal(BEGIN.toordinal() + days)
    found = sampled_days(BEGIN, last)
    assert found[-1] == last
    assert len(found) == len(set(found)) <= 60


def test_it_is_taken_away_as_a_table_without_formulas(
    client: Client, volunteer: User, lived: Project
) -> None:
    client.force_login(volunteer)
    place = f"/admin/captures/project/{lived.pk}/ledger"
    plain = client.get(f"{place}.csv?on=2026-03-08").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(plain)))
    assert [row[1] for row in rows[1:]] == ["'=1+1", "鼎"]
    assert rows[1][4:8] == ["2026-03-02", "2026-03-05", "2026-03-08", ""]
    book = load_workbook(io.BytesIO(client.get(f"{place}.xlsx").content))
    cell = book.active.cell(2, 2)
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_members_see_it_and_strangers_do_not(
    client: Client, curator: User, stranger: User, lived: Project
) -> None:
    place = f"/admin/captures/project/{lived.pk}/"
    client.force_login(curator)
    shown = client.get(f"{place}progress/?on=2026-03-11")
    assert "<polygon" in shown.text
    assert client.get(f"{place}progress/?on=yesterday").status_code == 200
    assert client.get(f"{place}change/").status_code == 200
    stranger.is_staff = True
    stranger.save()
    client.force_login(stranger)
    for rest in ("progress/", "ledger.csv", "ledger.xlsx"):
        assert client.get(place + rest).status_code == 404


def test_another_collections_relics_are_not_told_of(
    client: Client, curator: User, project: Project
) -> None:
    secret = make_relic(make_collection(), name_zh="密尊", name_en="Hidden")
    ProjectItem.objects.create(project=project, relic=secret, planned_on=BEGIN)
    client.force_login(curator)
    place = f"/admin/captures/project/{project.pk}/"
    for rest in ("progress/", "ledger.csv"):
        told = client.get(f"{place}{rest}?on=2026-03-02").content.decode()
        assert "鼎" in told
        assert "密尊" not in told
    assert len(read_stories(project, Person.of(curator))) == 2


def test_a_project_takes_only_relics_of_its_collection(
    client: Client, curator: User, collection: Collection
) -> None:
    other = make_collection()
    Membership.objects.create(user=curator, collection=other, role="curator")
    client.force_login(curator)
    values = {
        "name_zh": "二期", "collection": collection.pk, "starts_on": BEGIN,
        "items-TOTAL_FORMS": 1, "items-INITIAL_FORMS": 0, "items-0-planned_on": BEGIN,
    }  # fmt: skip
    add = "/admin/captures/project/add/"
    for home, status in ((other, 200), (collection, 302)):
        values["items-0-relic"] = make_relic(home).pk
        assert client.post(add, values).status_code == status
    assert ProjectItem.objects.count() == 1
