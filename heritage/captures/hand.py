"""What stands of the acts by hand on a capture, and what the engine makes of it."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from heritage.archive.local_copies import local_path

from .errors import BadAct
from .hand_models import HandAct
from .models import Capture, Derivative, Run
from .rigid import Matrix, inverse
from .ties import ties_of

Kind = HandAct.Kind
Json = dict[str, Any]
LEAST_POINTS = 3
MOST_ACTS = 2_000
FARTHEST_M = 1e7
SIDES = ("first", "second")


@dataclass
class Picks:
    """Places clicked on two scans, in their own frames, in order."""

    first: list[list[float]] = field(default_factory=list)
    second: list[list[float]] = field(default_factory=list)

    @property
    def points(self) -> list[list[list[float]]]:
        return [list(pair) for pair in zip(self.first, self.second, strict=False)]

    @property
    def is_enough(self) -> bool:
        return len(self.points) >= LEAST_POINTS


@dataclass
class Said:
    """What a person has said so far; nothing of what was undone."""

    left_out: set[str] = field(default_factory=set)
    picks: dict[tuple[str, str], Picks] = field(default_factory=dict)
    boxes: list[Json] = field(default_factory=list)
    planes: list[Json] = field(default_factory=list)
    close_holes: bool | None = None

    def as_json(self) -> Json:
        return {
            "left_out": sorted(self.left_out),
            "pairs": [
                {"first": a, "second": b, "picks": [p.first, p.second]}
                for (a, b), p in self.picks.items()
            ],
            "boxes": self.boxes,
            "planes": self.planes,
            "close_holes": self.close_holes,
        }


def standing_acts(capture: Capture) -> list[HandAct]:
    return list(capture.hand_acts.filter(undone_at__isnull=True))


def steps_taken(capture: Capture) -> int:
    """Count what was done: undoing an act is a step as well, so it is never the same."""
    acts = capture.hand_acts
    return int(acts.count() + acts.filter(undone_at__isnull=False).count())


def said_by(acts: Iterable[HandAct]) -> Said:
    """Fold acts, in their order, into what they come to."""
    said = Said()
    for act in acts:
        data = act.data
        if act.kind == Kind.LEAVE_OUT:
            said.left_out.add(data["scan"])
        elif act.kind == Kind.TAKE_IN:
            said.left_out.discard(data["scan"])
        elif act.kind == Kind.POINT:
            picks = said.picks.setdefault((data["first"], data["second"]), Picks())
            getattr(picks, data["side"]).append(data["place"])
        elif act.kind == Kind.BOX:
            said.boxes.append(data)
        elif act.kind == Kind.PLANE:
            said.planes += data["planes"]
        elif act.kind == Kind.HOLES:
            said.close_holes = data["close"]
    return said


def constraints_of(said: Said, names: Iterable[str]) -> Json:
    """Write what was said as the engine reads it, of the scans that are there.

    A box was drawn in the world of one run. Another run may have another world, so it is
    told by scans: where that run had placed all of them, by one, to be cut once they are
    placed again, which leaves the placement as it was; else in the frame of each.
    """
    there = set(names) - said.left_out
    pairs = [
        {"first": a, "second": b, "points": picks.points}
        for (a, b), picks in said.picks.items()
        if picks.is_enough and {a, b} <= there
    ]
    boxes = [own for box in said.boxes for own in _boxes(box, there)]
    planes = [
        {**{k: plane[k] for k in ("scan", "point", "normal")}, "cut": "below"}
        for plane in said.planes
        if plane["scan"] in there
    ]
    told: Json = {"leave_out": sorted(said.left_out)}
    told |= {"pairs": pairs, "boxes": boxes, "planes": planes}
    return {name: value for name, value in told.items() if value}


def poses_of(run: Run) -> dict[str, Matrix]:
    """Give where a run placed each scan that is the same today, by the scan's name."""
    now = ties_of(run.capture)
    then = {one["name"]: one for one in run.report.get("inputs", [])}
    return {
        name: pose
        for name, pose in read_poses(run).items()
        if _is_same(now.get(name, {}), then.get(name, {}))
    }


def read_poses(run: Run) -> dict[str, Matrix]:
    """Give where a run placed its scans, as they were called then."""
    rows = run.derivatives.filter(role=Derivative.Role.REPORT, profile="poses")
    row = rows.select_related("stored_file").first()
    if row is None:
        return {}
    found: dict[str, Matrix] = json.loads(local_path(row.stored_file).read_text())
    return found


def _is_same(tie: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Compare a scan of today with what a run's report says of the one it took."""
    digests = {row.get("sha512"), row.get("archive_sha512")} - {None}
    return tie.get("sha512") in digests and tie.get("unit") == row.get("unit")


def check_act(
    kind: str, data: Any, names: Sequence[str], *, runs: QuerySet[Run]
) -> Json:
    """Give an act's data as it is kept; raise `BadAct` for what cannot be meant.

    `runs` are those whose world a box may be drawn in.
    """
    if not isinstance(data, dict):
        raise BadAct
    if kind in (Kind.LEAVE_OUT, Kind.TAKE_IN):
        return {"scan": _scan(data.get("scan"), names)}
    if kind == Kind.POINT:
        first, second = (_scan(data.get(side), names) for side in SIDES)
        if first == second or data.get("side") not in SIDES:
            raise BadAct
        place = _numbers(data.get("place"))
        return {"first": first, "second": second, "side": data["side"], "place": place}
    if kind == Kind.BOX:
        low, high = _numbers(data.get("min")), _numbers(data.get("max"))
        if not all(a < b for a, b in zip(low, high, strict=True)):
            raise BadAct
        if not isinstance(data.get("keep"), bool):
            raise BadAct
        run = _run(data.get("run"), runs)
        return {"min": low, "max": high, "keep": data["keep"], "run": run}
    if kind == Kind.PLANE and isinstance(data.get("planes"), list) and data["planes"]:
        return {"planes": [_plane(one, names) for one in data["planes"][: len(names)]]}
    if kind == Kind.HOLES and isinstance(data.get("close"), bool):
        return {"close": data["close"]}
    raise BadAct


def _plane(data: Any, names: Sequence[str]) -> Json:
    if not isinstance(data, Mapping):
        raise BadAct
    normal = _numbers(data.get("normal"))
    if math.hypot(*normal) < 1e-6:
        raise BadAct
    scan = _scan(data.get("scan"), names)
    return {"scan": scan, "point": _numbers(data.get("point")), "normal": normal}


def _scan(value: Any, names: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in names:
        raise BadAct
    return value


def _run(value: Any, runs: QuerySet[Run]) -> str:
    """Check that a run has placed scans: without, a box is nowhere."""
    run = runs.filter(key=value).first() if isinstance(value, str) else None
    if run is None or not poses_of(run):
        raise BadAct
    return str(run.key)


def _numbers(value: Any) -> list[float]:
    if not isinstance(value, list) or len(value) != 3:
        raise BadAct
    if not all(isinstance(n, int | float) and abs(n) < FARTHEST_M for n in value):
        raise BadAct
    return [float(n) for n in value]


def _boxes(box: Json, there: set[str]) -> Iterable[Json]:
    run = Run.objects.filter(key=box["run"]).first()
    poses = poses_of(run) if run else {}
    if not poses:  # a cut that is left out unsaid would leave in what was cut away
        raise BadAct
    sides = {name: box[name] for name in ("min", "max", "keep")}
    if there <= poses.keys():
        anchor = min(there)
        yield {
            "scan": anchor,
            "matrix": inverse(poses[anchor]),
            "when": "placed",
        } | sides
        return
    for scan in sorted(there & poses.keys()):
        yield {"scan": scan, "matrix": inverse(poses[scan]), **sides}
