"""The capture's pages: send scans, start, follow, set upright; and who may."""

import io
import json
import sys
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from heritage.archive.actions.deposit import deposit_files
from heritage.captures.models import (
    Capture,
    CaptureFile,
    Derivative,
    Heartbeat,
    Run,
    Upright,
)
from heritage.catalogue.models import Collection
from scans import child
from tests.heritage.factories import make_relic

IDENTITY = [[float(i == j) for j in range(4)] for i in range(4)]
QUARTER = [
    [0.0, 0.0, 1.0, 0.0],
    [0.0, 1.0, 0.0, 0.0],
    [-1.0, 0.0, 0.0, 0.0],
    IDENTITY[3],
]


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:captures_capture_{name}", args=args)


@pytest.fixture(autouse=True)
def standin_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests hand real files to the real engine."""
    monkeypatch.setattr(child, "ENGINE", (sys.executable, "-m", "scans"))


@pytest.fixture
def capture(collection: Collection) -> Capture:
    return Capture.objects.create(relic=make_relic(collection), unit="m")


@pytest.fixture
def finished(capture: Capture) -> Run:
    report = {"upright": {"used": IDENTITY, "proposed": IDENTITY, "confirmed": False}}
    run = Run.objects.create(
        capture=capture, state="succeeded", report=report, fraction=1
    )
    Upright.objects.create(run=run, matrix=IDENTITY)
    deposit = deposit_files(
        [("headset.glb", io.BytesIO(b"glTF"))], kind="derived", by=None
    )
    Derivative.objects.create(
        run=run, role="model", profile="headset", stored_file=deposit.files.get()
    )
    return run


@pytest.fixture
def inside(client: Client, curator: User) -> Client:
    client.force_login(curator)
    return client


def test_scans_are_kept_and_what_is_wrong_is_said(
    inside: Client, capture: Capture
) -> None:
    good = (
        b"ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\n"
    )
    good += b"property float z\nend_header\n0 0 0\n1 0 0\n0 1 0\n"
    files = [
        SimpleUploadedFile("good.ply", good),
        SimpleUploadedFile("bad.ply", b"nonsense"),
    ]
    answer = inside.post(page("send_form", capture.pk), {"files": files})
    told = answer.content.decode()
    assert answer.status_code == 422
    assert "bad.ply" in told
    assert not CaptureFile.objects.exists()
    assert inside.post(page("keep", capture.pk), {"despite": "1"}).status_code == 302
    faults = {
        file.stored_file.name: [one["code"] for one in file.findings]
        for file in CaptureFile.objects.filter(capture=capture)
    }
    assert faults["bad.ply"] == ["unreadable-scan"]
    assert "unreadable-scan" not in faults["good.ply"]
    shown = inside.get(page("work", capture.pk)).content.decode()
    assert "good.ply" in shown


def test_a_start_without_scans_is_refused_with_a_sentence(
    inside: Client, capture: Capture
) -> None:
    answer = inside.post(page("start", capture.pk), follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert not Run.objects.exists()


def test_progress_is_asked_for_only_while_something_runs(
    inside: Client, capture: Capture
) -> None:
    assert "hx-trigger" not in inside.get(page("runs", capture.pk)).content.decode()
    Run.objects.create(capture=capture, stage="register", fraction=0.25)
    shown = inside.get(page("runs", capture.pk)).content.decode()
    assert "hx-trigger" in shown
    assert "25 %" in shown


def test_a_waiting_run_is_stopped(inside: Client, capture: Capture) -> None:
    run = Run.objects.create(capture=capture)
    inside.post(page("cancel", capture.pk, run.key))
    run.refresh_from_db()
    assert run.state == "cancelled"


def test_the_proposed_standing_is_confirmed(inside: Client, finished: Run) -> None:
    address = page("upright", finished.capture_id, finished.key)
    assert inside.get(address).status_code == 200
    answer = inside.post(address, json.dumps({"matrix": IDENTITY}), "application/json")
    finished.refresh_from_db()
    assert answer.json()["next"] == page("work", finished.capture_id)
    assert finished.is_accepted
    assert finished.upright.confirmed_at is not None


def test_another_standing_makes_the_files_again(inside: Client, finished: Run) -> None:
    address = page("upright", finished.capture_id, finished.key)
    inside.post(address, json.dumps({"matrix": QUARTER}), "application/json")
    delivery = Run.objects.get(type="deliver")
    assert delivery.master_of == finished
    assert delivery.parameters["upright"] == QUARTER


@pytest.mark.parametrize("body", ["", "[]", '{"matrix": 3}', '{"matrix": [[1]]}', "{}"])
def test_what_is_no_transform_is_refused(
    inside: Client, finished: Run, body: str
) -> None:
    address = page("upright", finished.capture_id, finished.key)
    answer = inside.post(address, body, "application/json")
    assert 400 <= answer.status_code < 500
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("name", "extra"),
    [("work", ()), ("runs", ()), ("send_form", ()), ("start", ()), ("unit", ()),
     ("cancel", ("key",)), ("decide", ("key",)), ("upright", ("key",))],
)  # fmt: skip
def test_strangers_learn_nothing(
    client: Client, stranger: User, finished: Run, name: str, extra: tuple[str, ...]
) -> None:
    stranger.is_staff = True
    stranger.save()
    client.force_login(stranger)
    keys = (finished.key,) if extra else ()
    method = client.get if name in {"work", "runs", "upright"} else client.post
    assert method(page(name, finished.capture_id, *keys)).status_code == 404


def test_a_volunteer_computes_but_does_not_choose(
    client: Client, volunteer: User, finished: Run
) -> None:
    client.force_login(volunteer)
    assert client.get(page("work", finished.capture_id)).status_code == 200
    client.post(
        page("decide", finished.capture_id, finished.key), {"verdict": "accepted"}
    )
    finished.refresh_from_db()
    assert not finished.is_accepted


def test_the_banner_tells_that_no_worker_answers(inside: Client) -> None:
    assert (
        'data-banner="workers"' in inside.get(reverse("admin:index")).content.decode()
    )
    for role in ("quick", "heavy"):
        Heartbeat.objects.create(name=role, role=role, at=timezone.now())
    assert "data-banner" not in inside.get(reverse("admin:index")).content.decode()
