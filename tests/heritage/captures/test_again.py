"""A run's log while it lasts, and the start form filled from an earlier run."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from heritage.captures.models import Run
from heritage.captures.ties import ties_of
from heritage.captures.worker_run import work_folder


def test_the_log_is_for_members(
    client: Client, volunteer: User, stranger: User, run: Run
) -> None:
    place = f"/admin/captures/capture/{run.capture_id}/work/{run.key}/log/"
    client.force_login(volunteer)
    assert client.get(place).status_code == 404
    work_folder(run).mkdir(parents=True)
    (work_folder(run) / "engine.log").write_text("x" * 30_000 + "last words")
    told = client.get(place)
    assert told.text.endswith("last words")
    assert len(told.text) == 20_000
    assert told["Refresh"] == "2"  # a reader follows it
    run.state = Run.State.FAILED
    run.save()
    assert "Refresh" not in client.get(place)
    stranger.is_staff = True
    stranger.save()
    client.force_login(stranger)
    assert client.get(place).status_code == 404


def test_the_form_begins_with_what_the_run_was_told(
    client: Client, volunteer: User, run: Run
) -> None:
    run.recipe, run.parameters = "gone-for-ever", {"closed_share": 0.25}
    run.constraints = {"leave_out": ["back.ply"]}
    run.save()
    client.force_login(volunteer)
    place = f"/admin/captures/capture/{run.capture_id}/work/start/?again={run.key}"
    shown = client.get(place, HTTP_ACCEPT_LANGUAGE="en").text
    assert "gone-for-ever is no longer there" in shown
    assert 'value="0.25"' in shown
    assert shown.count("checked") == 2


def test_what_was_done_by_hand_goes_into_the_next_run(
    client: Client, volunteer: User, run: Run
) -> None:
    by_hand: dict[str, Any] = {"planes": [{"scan": "front.ply"}], "acts": [1]}
    by_hand["scans"] = ties_of(run.capture)
    run.constraints = {**by_hand, "leave_out": ["back.ply"]}
    run.state, run.is_exact = Run.State.FAILED, False
    run.save()
    client.force_login(volunteer)
    place = f"/admin/captures/capture/{run.capture_id}/work/start/"
    shown = client.get(f"{place}?again={run.key}", HTTP_ACCEPT_LANGUAGE="en").text
    assert "done by hand for the earlier run" in shown
    assert f'name="again" value="{run.key}"' in shown
    assert 'button main" name="fast"' in " ".join(shown.split())
    client.post(place, {"again": run.key, "set_closed_share": "0.5"})
    made = run.capture.runs.exclude(pk=run.pk).get()
    assert (made.constraints, made.parameters) == (by_hand, {"closed_share": 0.5})
