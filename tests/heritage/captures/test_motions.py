"""The way from one master to the next: through scans of both, or by a comparison."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from heritage.captures.actions import start_run
from heritage.captures.actions.decide import decide_run
from heritage.captures.actions.follow import confirm_motion
from heritage.captures.errors import NotPermitted
from heritage.captures.models import MasterMotion, Run, Upright
from heritage.captures.motions import standing_of_last, way_between
from heritage.captures.rigid import Matrix, inverse, multiplied
from heritage.exhibits.models import Hotspot
from tests.heritage.exhibits.made import make_run
from tests.heritage.factories import make_relic

Work = Callable[..., Run]
FRONT, BACK = "front.ply", "back.ply"
POSES: dict[int, dict[str, Matrix]] = {}


def turned(angle: float, x: float = 0.0) -> Matrix:
    sin, cos = math.sin(angle), math.cos(angle)
    return [[cos, -sin, 0, x], [sin, cos, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]


def place_on(run: Run) -> None:
    place = dict.fromkeys(("x_m", "y_m", "z_m", "normal_x", "normal_y"), 0.0)
    relic = run.capture.relic
    Hotspot.objects.create(relic=relic, master=run, normal_z=1.0, **place)


@pytest.fixture
def pair(collection: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[Run, Run]:
    """Two models of one relic from the same two scans; the first is accepted."""
    relic = make_relic(collection)
    first, second = make_run(relic), make_run(relic, is_accepted=False)
    for run in (first, second):
        inputs = [{"name": n, "sha512": n, "unit": "m"} for n in (FRONT, BACK)]
        sizes = {"height_m": 0.3, "width_m": 0.2, "depth_m": 0.2}
        run.report = {**run.report, "inputs": inputs, "dimensions": sizes}
        run.save()
    monkeypatch.setattr(
        "heritage.captures.motions.read_poses", lambda run: POSES.get(run.pk, {})
    )
    POSES.clear()
    return first, second


def accept(runs: tuple[Run, Run], by: User) -> None:
    for run in runs:
        decide_run(run, verdict="accepted", reason="looked at", by=by)


def test_scans_of_both_masters_lead_over_and_are_followed_at_once(
    pair: tuple[Run, Run], curator: User
) -> None:
    first, second = pair
    way = turned(0.4, 0.3)
    POSES[first.pk] = {FRONT: turned(0.0), BACK: turned(1.0, 0.1)}
    POSES[second.pk] = {n: multiplied(way, p) for n, p in POSES[first.pk].items()}
    accept(pair, curator)
    row = MasterMotion.objects.get()
    assert (row.basis, row.confirmed_by) == ("scans", curator)
    found = way_between(first.pk, second.pk)
    assert found is not None
    assert np.allclose(found, way, atol=1e-12)
    assert standing_of_last(second) is None  # nobody has said yet how the first stands
    how = turned(0.9, 0.1)
    Upright.objects.update_or_create(
        run=first, defaults={"matrix": how, "confirmed_at": timezone.now()}
    )
    stood = standing_of_last(second)
    assert stood is not None
    assert np.allclose(multiplied(stood, way), how, atol=1e-12)
    # An exhibit places relics as they stand: no mark on this one moves with its new model.
    for mark in np.random.default_rng(5).normal(size=(4, 3)):
        was = np.array(how) @ [*mark, 1.0]
        assert np.allclose(np.array(stood) @ np.array(way) @ [*mark, 1.0], was)
    back = way_between(second.pk, first.pk)
    assert back is not None
    assert np.allclose(back, inverse(way), atol=1e-12)
    accept((first, second), curator)  # the first again: the way back is known
    assert MasterMotion.objects.get() == row


def test_scans_that_lie_otherwise_in_the_other_master_tell_nothing(
    pair: tuple[Run, Run], curator: User
) -> None:
    first, second = pair
    POSES[first.pk] = {FRONT: turned(0.0), BACK: turned(1.0)}
    POSES[second.pk] = {FRONT: turned(0.0), BACK: turned(1.1)}
    accept(pair, curator)
    assert not MasterMotion.objects.exists()
    assert not Run.objects.filter(type="compare").exists()  # nothing lies on the first
    place_on(first)
    accept(pair, curator)
    asked = Run.objects.get(type="compare")
    assert (asked.compared_with, asked.master_of) == (first, second)


def test_a_comparison_proposes_a_way_that_a_curator_confirms(
    run: Run, curator: User, volunteer: User, work: Work
) -> None:
    first, second = work(run), work(start_run(run.capture, by=curator))
    place_on(first)
    accept((first, second), curator)
    work(Run.objects.get(type="compare"))
    row = MasterMotion.objects.get()
    assert (row.basis, row.confirmed_at) == ("surface", None)
    assert way_between(first.pk, second.pk) is None
    with pytest.raises(NotPermitted):
        confirm_motion(row, is_right=True, by=volunteer)
    confirm_motion(row, is_right=True, by=curator)
    assert way_between(first.pk, second.pk) == row.matrix
    confirm_motion(row, is_right=False, by=curator)
    assert way_between(first.pk, second.pk) is None
