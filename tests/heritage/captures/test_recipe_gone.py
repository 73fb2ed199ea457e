"""A waiting run whose recipe or parameter went with an update of the engine."""

import sys
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation

from heritage.captures.actions import start_run
from heritage.captures.messages import run_error_sentence
from heritage.captures.models import Capture, Run
from scans import child

Work = Callable[..., Run]
pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("told", "code", "name"),
    [
        ({"recipe": "gone-for-ever"}, "unknown-recipe", "gone-for-ever"),
        ({"parameters": {"gone": 3}}, "unknown-parameter", "gone"),
    ],
)
def test_it_fails_and_says_what_to_do(
    told: dict[str, object],
    code: str,
    name: str,
    client: Client,
    filled: Capture,
    work: Work,
    curator: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The engine itself refuses it, before it opens a scan; the worker goes on."""
    run = start_run(filled, by=curator, **told)  # type: ignore[arg-type]
    with monkeypatch.context() as real:
        real.setattr(child, "ENGINE", (sys.executable, "-m", "scans"))
        work(run)
    assert (run.state, run.error_code) == (Run.State.FAILED, code)
    assert run.finished_at is not None
    assert run.outputs is None
    with translation.override("en"):
        told_so = run_error_sentence(run)
    assert name in told_so
    assert "Start again" in told_so
    client.force_login(curator)
    page = client.get(
        f"/admin/captures/capture/{filled.pk}/work/", HTTP_ACCEPT_LANGUAGE="en"
    )
    assert told_so in page.text
    again = f"/admin/captures/capture/{filled.pk}/work/start/?again={run.key}"
    form = client.get(again, HTTP_ACCEPT_LANGUAGE="en").text
    assert "no longer there" in form
    assert name in form
    assert work(start_run(filled, by=curator)).state == Run.State.SUCCEEDED
