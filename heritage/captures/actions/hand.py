"""Acts by hand on a capture's scans: kept one by one, undone in turn, made into a run."""

import json
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from heritage.captures.clouds import (
    ask_engine,
    find_clouds,
    question_folder,
    read_index,
)
from heritage.captures.errors import BadAct, NotEnoughPlaces, SavedMeanwhile
from heritage.captures.hand import (
    MOST_ACTS,
    Picks,
    check_act,
    constraints_of,
    poses_of,
    said_by,
    standing_acts,
    steps_taken,
)
from heritage.captures.hand_models import HandAct
from heritage.captures.models import Capture, Run
from heritage.captures.permission import check_member
from heritage.captures.ties import SCANS, holding, scans_named, ties_of
from heritage.captures.usable import scan_names
from scans.recipe import schema

from .runs import start_run

HOLES = "closed_share"  # the recipe's parameter: how much made-up surface may stay


def add_act(
    capture: Capture,
    kind: str,
    data: Any,
    *,
    after: int,
    by: AbstractBaseUser | None,
) -> HandAct:
    """Keep one act. `after` is the count of steps that the person has seen.

    Raises `NotPermitted`, `BadAct`, or `SavedMeanwhile` if somebody else acted since.
    """
    check_member(capture, by)
    runs = Run.objects.filter(capture=capture)
    checked = check_act(kind, data, scan_names(capture), runs=runs)
    ties = ties_of(capture)
    spoken_of = ties if kind == HandAct.Kind.BOX else scans_named(checked)
    with transaction.atomic():
        _check_seen(capture, after)
        last = capture.hand_acts.count()
        if last >= MOST_ACTS:
            raise BadAct
        made: HandAct = HandAct.objects.create(
            capture=capture, number=last + 1, kind=kind, data=checked,
            scans={name: ties[name] for name in spoken_of},
            by_id=by.pk if by else None,
        )  # fmt: skip
    return made


def undo_act(
    capture: Capture, *, after: int, by: AbstractBaseUser | None
) -> HandAct | None:
    """Undo the last act that stands; None if none does. It stays to be read.

    Raises `NotPermitted`, or `SavedMeanwhile` if somebody else acted, or undid, since.
    """
    check_member(capture, by)
    with transaction.atomic():
        _check_seen(capture, after)
        acts = standing_acts(capture)
        if not acts:
            return None
        act = acts[-1]
        act.undone_at, act.undone_by_id = timezone.now(), by.pk if by else None
        act.save(update_fields=["undone_at", "undone_by"])
        return act


def snap_pair(
    capture: Capture, first: str, second: str, *, by: AbstractBaseUser | None
) -> dict[str, Any]:
    """Place one scan on another by the places picked on both, and refine it.

    Raises `NotPermitted`, `NotEnoughPlaces`, `child.ChildRefused`.
    """
    check_member(capture, by)
    acts = holding(capture, standing_acts(capture))
    picks = said_by(acts).picks.get((first, second), Picks())
    if not picks.is_enough:
        raise NotEnoughPlaces
    clouds = find_clouds(capture)
    numbers = {one["name"]: one["number"] for one in read_index(clouds)}
    if not {first, second} <= numbers.keys():
        raise BadAct
    with question_folder() as folder:
        pair = {"first": first, "second": second, "points": picks.points}
        (folder / "pair.json").write_text(json.dumps(pair))
        words = ["snap", str(clouds), str(numbers[first]), str(numbers[second])]
        return ask_engine([*words, "--pair", str(folder / "pair.json")], folder)


def propose_cuts(
    capture: Capture, run: Run | None, *, by: AbstractBaseUser | None
) -> dict[str, Any]:
    """Propose planes under the object and a box round it, by where the run placed scans."""
    check_member(capture, by)
    clouds = find_clouds(capture)
    with question_folder() as folder:
        (folder / "poses.json").write_text(json.dumps(poses_of(run) if run else {}))
        words = ["propose", str(clouds), "--poses", str(folder / "poses.json")]
        return ask_engine(words, folder)


def start_by_hand(
    capture: Capture, *, is_exact: bool, by: AbstractBaseUser | None
) -> Run:
    """Compute again with all that was said by hand. Raises what `start_run` raises."""
    acts = holding(capture, standing_acts(capture))
    said = said_by(acts)
    names = scan_names(capture)
    told = constraints_of(said, names)
    return start_run(
        capture,
        by=by,
        is_exact=is_exact,
        parameters=_holes(close=said.close_holes),
        left_out=sorted(said.left_out),
        said={**told, "acts": _numbers(acts), SCANS: ties_of(capture)},
    )


def _holes(*, close: bool | None) -> dict[str, Any]:
    if close is None:
        return {}
    rule = schema()[HOLES]
    return {HOLES: rule.most if close else rule.least}


def _numbers(acts: Sequence[HandAct]) -> list[int]:
    return [act.number for act in acts]


def _check_seen(capture: Capture, after: int) -> None:
    """Hold the capture, so that two acts never get one number; see who was quicker."""
    Capture.objects.select_for_update().get(pk=capture.pk)
    if steps_taken(capture) != after:
        raise SavedMeanwhile
