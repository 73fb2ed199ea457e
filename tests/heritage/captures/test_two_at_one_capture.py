"""Two people at one capture, a browser that is closed, two hundred scans: nothing is lost."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heritage.captures.actions import add_files, start_run
from heritage.captures.models import Capture, Run

from .conftest import item

MANY = 200


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:captures_capture_{name}", args=args)


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_the_second_to_state_a_unit_is_told(
    filled: Capture, curator: User, volunteer: User
) -> None:
    first, second = as_user(curator), as_user(volunteer)
    first.post(page("unit", filled.pk), {"seen": "", "unit": "mm"})
    answer = second.post(
        page("unit", filled.pk), {"seen": "", "unit": "cm"}, follow=True
    )
    filled.refresh_from_db()
    assert filled.unit == "mm"
    assert [one.level_tag for one in answer.context["messages"]] == ["error"]


def test_two_who_leave_a_file_out_at_once_do_not_take_it_in_again(
    filled: Capture, curator: User, volunteer: User
) -> None:
    row = filled.files.first()
    assert row is not None
    for user in (curator, volunteer):
        as_user(user).post(page("leave_out", filled.pk, row.pk), {"out": "1"})
    row.refresh_from_db()
    assert row.is_left_out
    as_user(curator).post(page("leave_out", filled.pk, row.pk), {"out": "0"})
    row.refresh_from_db()
    assert not row.is_left_out


def test_a_browser_closed_while_picking_has_lost_no_place(
    filled: Capture, curator: User, volunteer: User
) -> None:
    told = {"first": "front.ply", "second": "back.ply", "side": "first"}
    for number, user in enumerate((curator, volunteer)):
        sent = {
            "after": number,
            "kind": "point",
            "data": {**told, "place": [number, 0, 0]},
        }
        # Another session each time: nothing is kept but on the server.
        answer = as_user(user).post(
            page("hand_act", filled.pk), json.dumps(sent), "application/json"
        )
        assert answer.status_code == 200
    shown = as_user(curator).get(page("hand", filled.pk)).context["page"]["state"]
    [pair] = shown["said"]["pairs"]
    assert pair["picks"] == [[[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]], []]
    assert shown["after"] == 2


def test_the_page_that_follows_a_run_asks_no_more_for_more_runs(
    filled: Capture, curator: User
) -> None:
    client = as_user(curator)
    made = {"capture": filled, "state": "failed", "error_code": "nothing-fits"}
    Run.objects.create(**made)
    few = queries_of(client, page("runs", filled.pk))
    for _ in range(5):
        Run.objects.create(**made)
    assert queries_of(client, page("runs", filled.pk)) == few


def test_a_viewer_who_missed_nothing_asks_for_the_bars_alone(
    run: Run, volunteer: User, stranger: User
) -> None:
    client = as_user(volunteer)
    address = page("runs", run.capture_id)
    shown = client.get(page("work", run.capture_id))
    asked = f"{address}?seen={shown.context['stamp']}"
    assert asked in shown.text
    Run.objects.filter(pk=run.pk).update(fraction=0.4, eta_s=30, stage="read")
    client.get(asked)  # what is asked once a process is asked here
    with CaptureQueriesContext(
        connection,
    ) as queries:
        told = client.get(asked)
    of_runs = [one["sql"] for one in queries if "captures_" in one["sql"]]
    assert len(of_runs) == 1
    assert "report" not in of_runs[0]
    assert told["HX-Reswap"] == "none"
    assert f'id="progress-{run.key}" hx-swap-oob="true"' in told.text
    assert 'value="40"' in told.text
    assert "<article" not in told.text
    # Who sees no run gets no bar, whatever he sends along.
    stranger.is_staff = True
    stranger.save()
    assert as_user(stranger).get(asked).status_code == 404
    # What has happened since is shown whole.
    Run.objects.filter(pk=run.pk).update(state="failed", error_code="nothing-fits")
    whole = client.get(asked)
    assert "HX-Reswap" not in whole
    assert 'data-state="failed"' in whole.text


@pytest.mark.slow
def test_two_hundred_scans_are_listed_arranged_and_computed(
    filled: Capture, curator: User
) -> None:
    client = as_user(curator)
    few = queries_of(client, page("work", filled.pk))
    names = [item(f"turn-{n:03d}.ply", f"points of turn {n}") for n in range(MANY)]
    add_files(filled, names, by=curator)
    assert queries_of(client, page("work", filled.pk)) <= few
    shown = client.get(page("hand", filled.pk)).context["page"]
    assert len(shown["scans"]) == MANY + 2
    assert start_run(filled, by=curator).state == "waiting"
