"""What a person says from outside, where the machine could not finish: constraints.

A file names scans to leave out, places that two scans share, and boxes and planes beyond
which points are left aside (docs/reference/constraints.md). Frames: a scan's own, or the
world, which is the master's. Nothing is changed in the original files.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from scans.errors import BadConstraints
from scans.geometry.rigid import (
    carry,
    from_parts,
    inverse,
    is_rigid,
    nearest_rotation,
)
from scans.scale_bars import ScaleBar

FloatArray = NDArray[np.float64]
Flags = NDArray[np.bool_]
Json = dict[str, Any]

NO_LENGTH = 1e-9
FIELDS = {"leave_out", "pairs", "boxes", "planes", "scale_bars"}
LEAST_POINTS = 3
READ, PLACED = "read", "placed"  # when a box cuts
# Of three places, the farthest off the line through the others: nearer than a twentieth
# of their spread, a slip of the hand turns the scan about that line.
OFF_LINE = 0.05
# What two people clicking on one spot differ by, of the places' spread.
CLICKED_SHARE = 0.1


@dataclass(frozen=True)
class PointPair:
    """Places that two scans share: (n, 3) each, in their own frames, metres."""

    first: str
    second: str
    first_points: FloatArray
    second_points: FloatArray

    def motion(self) -> FloatArray:
        """The rigid motion from the first scan's frame to the second's (Kabsch)."""
        mine, theirs = self.first_points, self.second_points
        spread = (theirs - theirs.mean(axis=0)).T @ (mine - mine.mean(axis=0))
        turn = nearest_rotation(spread)
        return from_parts(turn, theirs.mean(axis=0) - turn @ mine.mean(axis=0))

    def residual_m(self) -> float:
        """How far the places lie apart at best, root mean square."""
        apart = carry(self.first_points, self.motion()) - self.second_points
        return float(np.sqrt((apart**2).sum(axis=1).mean()))


@dataclass(frozen=True)
class Box:
    """A box: what lies in it is kept (alone), or cut away. scan "" is the world.

    matrix : 4x4, rigid, box to frame; the box reaches from low to high in its own
    placed : it lies in the world, where the scan that it is told by has been placed
    """

    scan: str
    keep: bool
    matrix: FloatArray
    low: FloatArray
    high: FloatArray
    placed: bool = False

    def cuts(self, points: FloatArray) -> Flags:
        """Tell which points, (n, 3), are cut away."""
        own = carry(points, inverse(self.matrix))
        inside = ((own >= self.low) & (own <= self.high)).all(axis=1)
        return np.asarray(~inside if self.keep else inside)


@dataclass(frozen=True)
class CutPlane:
    """A plane: what lies above it (where its normal points) or below is cut away."""

    scan: str
    point: FloatArray
    normal: FloatArray
    cut: Literal["above", "below"]

    def cuts(self, points: FloatArray) -> Flags:
        """Tell which points, (n, 3), are cut away."""
        height = (points - self.point) @ self.normal
        return np.asarray(height > 0 if self.cut == "above" else height < 0)


@dataclass(frozen=True)
class Constraints:
    """All that a person said."""

    leave_out: tuple[str, ...] = ()
    pairs: tuple[PointPair, ...] = ()
    boxes: tuple[Box, ...] = ()
    planes: tuple[CutPlane, ...] = ()
    scale_bars: tuple[ScaleBar, ...] = ()
    told: str = "{}"  # as it was said, for the report and for what depends on it

    def cuts(self) -> "list[Box | CutPlane]":
        """All boxes and planes."""
        return [*self.boxes, *self.planes]

    def kept(self, points: FloatArray, scan: str) -> Flags:
        """Tell which points of a scan stay before it is placed, in its own frame."""
        mine = [c for c in self.cuts() if c.scan == scan and not _is_late(c)]
        return _kept(points, mine)

    def kept_in_world(self, points: FloatArray, poses: Mapping[str, Any]) -> Flags:
        """Tell which points stay of all that was placed, in the world.

        A box that is told by a scan which found no place is nowhere: it raises
        BadConstraints.
        """
        return _kept(points, [_in_world(c, poses) for c in self.cuts() if _is_late(c)])

    def before_placing(self) -> Json:
        """What placing the scans depends on: all but what is cut in the world."""
        return _told_of(self.told, is_late=False)

    def in_the_world(self) -> Json:
        """What is cut once the scans are placed; nothing if nothing is."""
        late = _told_of(self.told, is_late=True)
        return {name: entries for name, entries in late.items() if entries}

    def shown(self) -> dict[str, Any]:
        """What was said, for a report; nothing if nothing was."""
        said = json.loads(self.told)
        return {"constraints": said} if said else {}

    def check_names(self, names: list[str]) -> None:
        """Raise BadConstraints for a scan that is not there."""
        asked = {*self.leave_out, *(cut.scan for cut in self.cuts())}
        asked |= {bar.scan for bar in self.scale_bars}
        asked |= {name for pair in self.pairs for name in (pair.first, pair.second)}
        unknown = sorted(asked - {"", *names})
        if unknown:
            raise BadConstraints(unknown[0], "there is no such scan")
        if names and not set(names) - set(self.leave_out):
            raise BadConstraints("leave_out", "no scan is left")


def _kept(points: FloatArray, cuts: "Sequence[Box | CutPlane]") -> Flags:
    gone = np.zeros(len(points), dtype=bool)
    for cut in cuts:
        gone |= cut.cuts(points)
    return ~gone


def _is_late(cut: "Box | CutPlane") -> bool:
    """Tell whether it is cut once the scans are placed."""
    return not cut.scan or (isinstance(cut, Box) and cut.placed)


def _in_world(cut: "Box | CutPlane", poses: Mapping[str, Any]) -> "Box | CutPlane":
    if not cut.scan or not isinstance(cut, Box):
        return cut
    if cut.scan not in poses:
        raise BadConstraints("boxes", f"{cut.scan} has not been placed")
    pose = np.array(poses[cut.scan], dtype=np.float64)
    return replace(cut, scan="", matrix=pose @ cut.matrix)


def _told_of(told: str, *, is_late: bool) -> Json:
    """Of what was said, the cuts of one kind; before placing, with all the rest."""
    said = json.loads(told)
    cuts = {
        name: [
            entry
            for entry in said.get(name, [])
            if is_late == (not entry.get("scan") or entry.get("when") == PLACED)
        ]
        for name in ("boxes", "planes")
    }
    return cuts if is_late else said | cuts


def read_constraints(path: Path) -> Constraints:
    """Read a file of constraints.

    Raises BadConstraints.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = json.loads(text)
    except OSError as error:
        reason = f"it cannot be opened ({error.strerror})"
        raise BadConstraints(path.name, reason) from error
    except ValueError as error:
        raise BadConstraints(path.name, "it is not JSON that can be read") from error
    return parse_constraints(data)


def parse_constraints(data: Any) -> Constraints:
    """Make constraints of JSON's values.

    Raises BadConstraints.
    """
    if not isinstance(data, dict):
        raise BadConstraints("{}", "it must be an object")
    for name in sorted(set(data) - FIELDS):
        raise BadConstraints(name, "it is not known here")
    return Constraints(
        leave_out=tuple(_name(each, where) for where, each in _list(data, "leave_out")),
        pairs=tuple(_pair(each, where) for where, each in _list(data, "pairs")),
        boxes=tuple(_box(each, where) for where, each in _list(data, "boxes")),
        planes=tuple(_plane(each, where) for where, each in _list(data, "planes")),
        scale_bars=tuple(_bar(each, at) for at, each in _list(data, "scale_bars")),
        told=json.dumps(data, sort_keys=True, ensure_ascii=False),
    )


def _list(data: dict[str, Any], name: str) -> list[tuple[str, Any]]:
    """Entries of a list, each with how it is called when something is wrong."""
    value = data.get(name, [])
    if not isinstance(value, list):
        raise BadConstraints(name, "it must be a list")
    return [(f"{name} {number}", each) for number, each in enumerate(value, start=1)]


def _name(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise BadConstraints(where, "it must name a scan")
    return value


def _pair(value: Any, where: str) -> PointPair:
    fields = _fields(value, where, {"first", "second", "points"}, set())
    first, second = (_name(fields[k], where) for k in ("first", "second"))
    if first == second:
        raise BadConstraints(where, "it names one scan twice")
    points = _array(fields["points"], (-1, 2, 3), where)
    if len(points) < LEAST_POINTS:
        raise BadConstraints(where, "it holds fewer than three pairs of points")
    pair = PointPair(first, second, points[:, 0], points[:, 1])
    spread = min(_spread(mine, where) for mine in (points[:, 0], points[:, 1]))
    if pair.residual_m() > CLICKED_SHARE * spread:
        raise BadConstraints(where, "its points do not fit onto one another")
    return pair


def _spread(points: FloatArray, where: str) -> float:
    """Give how far places lie apart; refuse places on a line."""
    sizes = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    if sizes[1] <= OFF_LINE * sizes[0]:
        raise BadConstraints(where, "its points lie on a line")
    return float(sizes[0] / np.sqrt(len(points)))


def _box(value: Any, where: str) -> Box:
    fields = _fields(value, where, {"min", "max"}, {"scan", "keep", "matrix", "when"})
    low, high = (_array(fields[name], (3,), where) for name in ("min", "max"))
    if not (low < high).all():
        raise BadConstraints(where, "its min must lie below its max")
    keep = fields.get("keep", False)
    if not isinstance(keep, bool):
        raise BadConstraints(where, "keep must be true or false")
    matrix = _array(fields.get("matrix", np.eye(4).tolist()), (4, 4), where)
    if not is_rigid(matrix):
        raise BadConstraints(where, "its matrix is not a rigid motion")
    when = fields.get("when", READ)
    if when not in (READ, PLACED):
        raise BadConstraints(where, "when must be read or placed")
    return Box(_frame(fields, where), keep, matrix, low, high, placed=when == PLACED)


def _plane(value: Any, where: str) -> CutPlane:
    fields = _fields(value, where, {"point", "normal", "cut"}, {"scan"})
    point, normal = (_array(fields[name], (3,), where) for name in ("point", "normal"))
    length = float(np.linalg.norm(normal))
    if length < NO_LENGTH:
        raise BadConstraints(where, "its normal has no length")
    if fields["cut"] not in ("above", "below"):
        raise BadConstraints(where, "cut must be above or below")
    return CutPlane(_frame(fields, where), point, normal / length, fields["cut"])


def _bar(value: Any, where: str) -> ScaleBar:
    fields = _fields(value, where, {"scan", "from", "to", "length_m"}, set())
    start, end = (_array(fields[name], (3,), where) for name in ("from", "to"))
    length = float(_array([fields["length_m"]], (1,), where)[0])
    bar = ScaleBar(_name(fields["scan"], where), start, end, length)
    if min(length, bar.seen_m()) < NO_LENGTH:
        raise BadConstraints(where, "its bar has no length")
    return bar


def _frame(fields: dict[str, Any], where: str) -> str:
    """Name the scan in whose frame it holds; "" is the world."""
    named = fields.get("scan")
    return "" if named is None else _name(named, where)


def _fields(
    value: Any, where: str, needed: set[str], allowed: set[str]
) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadConstraints(where, "it must be an object")
    for name in sorted(needed - set(value)):
        raise BadConstraints(f"{where} {name}", "it is missing")
    for name in sorted(set(value) - needed - allowed):
        raise BadConstraints(f"{where} {name}", "it is not known here")
    return value


def _array(value: Any, shape: tuple[int, ...], where: str) -> FloatArray:
    try:
        array = np.array(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise BadConstraints(where, "its numbers cannot be read") from error
    fits = array.ndim == len(shape) and all(
        wanted in (-1, found) for wanted, found in zip(shape, array.shape, strict=True)
    )
    if not fits or not np.isfinite(array).all():
        raise BadConstraints(where, "its numbers are too few, too many or not finite")
    return array
