"""Sets of scans of objects that never were, with the truth beside them.

Each scan is a PLY in its own camera frame (the camera at the origin, looking down -Z), as
if nobody had kept the poses. `truth/` holds poses.json (scan to the object's frame),
surface.ply, truth.json (what was built, what stood round it, what was planted) and
labels.npz (for each scan, which points are the object's).
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.errors import BadParameter
from scans.forms import KINDS, PAINTED, PLAIN, build_form
from scans.forms.dense import sample
from scans.forms.fixtures import FIXTURES
from scans.forms.plants import (
    DENT_M,
    DENT_RADIUS,
    HOLE_RADIUS,
    NOISIER,
    PLANTS,
    STRANGERS,
    Planted,
    Spot,
    choose_spot,
    dented,
    in_wrong_unit,
    missing_side,
)
from scans.forms.scanner import Scanner, Seen, Shot
from scans.forms.session import Plan, build_session
from scans.geometry.cloud_file import cloud_header, cloud_rows, write_cloud
from scans.geometry.mesh import Mesh
from scans.geometry.mesh_file import write_master
from scans.geometry.rigid import carry

FloatArray = NDArray[np.float64]

MOST_POINTS = 100_000_000  # of one cloud: some 2 GB of file and truth


@dataclass(frozen=True)
class Scanning:
    """How an object is scanned.

    points  : wished for on the object in each scan
    noise_m : standard deviation along the ray where it meets the surface squarely
    fixture : what stands round it (see FIXTURES), or ""
    seats   : how many times it is seated on the fixture: one or two
    plant   : a defect to plant (see PLANTS), or ""
    """

    scans: int = 10
    points: int = 15_000
    noise_m: float = 0.00005
    coloured: bool = True
    fixture: str = ""
    seats: int = 2
    plant: str = ""


@dataclass(frozen=True)
class _Taken:
    """One scan as it will be written; `shot` is None for a stranger's."""

    name: str
    seen: Seen
    seat: int
    pose: FloatArray | None


def synthesize(
    kind: str, out: Path, *, seed: int, scanning: Scanning
) -> dict[str, Any]:
    """Build an object of a kind, scan it, and write scans and truth; say what was made.

    Raises BadParameter.
    """
    scanning = _checked(kind, scanning)
    form = build_form(kind, seed)
    planted = Planted(scanning.plant)
    taken = _session(kind, form, scanning, seed, planted)
    taken = _mixed(taken, kind, scanning, seed, planted)
    taken = _doubled(taken, seed, planted)
    _write(out, taken, coloured=scanning.coloured, planted=planted)
    write_master(out / "truth" / "surface.ply", form)
    told = _told(kind, form, scanning, seed, taken, planted)
    _write_json(out / "truth" / "truth.json", told)
    return {
        "kind": kind,
        "seed": seed,
        "scans": [one.name for one in taken],
        "unit": "m",
        "plant": planted.told(),
    }


def synthesize_cloud(
    kind: str, out: Path, *, seed: int, scanning: Scanning
) -> dict[str, Any]:
    """Write one cloud of `scanning.points`, its true normals and its surface.

    `truth/normals.npy` holds (points, 3) float32, in the order of the cloud's points.
    Raises BadParameter.
    """
    _checked(kind, scanning)
    points = scanning.points
    form = build_form(kind, seed)
    name = f"{kind}-cloud.ply"
    (out / "truth").mkdir(parents=True, exist_ok=True)
    normals = np.lib.format.open_memmap(
        out / "truth" / "normals.npy", mode="w+", dtype=np.float32, shape=(points, 3)
    )
    done = 0
    with (out / name).open("wb") as file:
        file.write(cloud_header(points, coloured=scanning.coloured))
        for piece in sample(form, points, noise_m=scanning.noise_m, seed=seed):
            colours = piece.colours if scanning.coloured else None
            file.write(cloud_rows(piece.points, colours))
            normals[done : done + len(piece.points)] = piece.normals
            done += len(piece.points)
    normals.flush()
    write_master(out / "truth" / "surface.ply", form)
    return {"kind": kind, "seed": seed, "scans": [name], "points": points, "unit": "m"}


def _checked(kind: str, scanning: Scanning) -> Scanning:
    chosen = (
        ("kind", kind, KINDS),
        ("fixture", scanning.fixture, ("", *FIXTURES)),
        ("plant", scanning.plant, ("", *PLANTS)),
    )
    for name, value, known in chosen:
        if value not in known:
            listed = ", ".join(word for word in known if word)
            raise BadParameter(name, value, f"known are {listed}")
    if not 1 <= scanning.scans <= 100:
        raise BadParameter("scans", str(scanning.scans), "it must lie from 1 to 100")
    if not 1 <= scanning.points <= MOST_POINTS:
        raise BadParameter(
            "points", str(scanning.points), f"it must lie from 1 to {MOST_POINTS}"
        )
    if scanning.seats not in (1, 2):
        raise BadParameter("seats", str(scanning.seats), "it must be 1 or 2")
    if scanning.plant == "moved-turntable":
        fixture = scanning.fixture or "turntable"
        return replace(scanning, fixture=fixture, seats=1)
    return scanning


def _session(
    kind: str, form: Mesh, scanning: Scanning, seed: int, planted: Planted
) -> list[_Taken]:
    random = np.random.default_rng([seed, 4])
    moved = planted.kind == "moved-turntable"
    plan = Plan(scanning.scans, scanning.fixture, scanning.seats, jolted=moved)
    shots = build_session(form, plan, seed)
    left_out = (
        missing_side(shots, form, random) if planted.kind == "missing-scan" else []
    )
    scanner = Scanner(
        _shown(form, planted, random),
        points=scanning.points,
        noise_m=scanning.noise_m * (NOISIER if planted.kind == "noise" else 1.0),
        random=np.random.default_rng([seed, 1]),
    )
    hole = _hole(form, planted, random)
    taken = []
    for number, (seat, shot) in enumerate(shots):
        if number not in left_out:
            seen = _without(scanner.scan(shot), shot, hole)
            taken.append(_Taken(f"{kind}-{number:02d}.ply", seen, seat, shot.pose))
    if left_out:
        planted.facts["scans"] = [f"{kind}-{number:02d}.ply" for number in left_out]
    if moved:
        planted.facts["from"] = f"{kind}-{scanning.scans // 2:02d}.ply"
    if planted.kind == "noise":
        planted.facts["noise_m"] = scanner.noise_m
    return taken


def _shown(form: Mesh, planted: Planted, random: np.random.Generator) -> Mesh:
    """The object as it stands before the scanner."""
    if planted.kind != "dent":
        return form
    spot = choose_spot(form, DENT_RADIUS, random)
    planted.facts |= spot.told() | {"depth_m": DENT_M, "normal": spot.normal.tolist()}
    return dented(form, spot)


def _hole(form: Mesh, planted: Planted, random: np.random.Generator) -> Spot | None:
    if planted.kind != "hole":
        return None
    spot = choose_spot(form, HOLE_RADIUS, random)
    planted.facts |= spot.told()
    return spot


def _without(seen: Seen, shot: Shot, hole: Spot | None) -> Seen:
    """Lose what lies in a spot that sends nothing back (dark, wet or glossy)."""
    if hole is None:
        return seen
    off = np.linalg.norm(carry(seen.points, shot.pose) - hole.place, axis=1)
    kept = (off > hole.radius) | ~seen.ours
    return Seen(seen.points[kept], seen.colours[kept], seen.ours[kept])


def _mixed(
    taken: list[_Taken], kind: str, scanning: Scanning, seed: int, planted: Planted
) -> list[_Taken]:
    """Put scans of another object in the place of the last third."""
    if planted.kind != "two-objects":
        return taken
    others = [name for name in KINDS if name not in PLAIN and name != kind]
    other = others[seed % len(others)]
    count = max(1, round(len(taken) * STRANGERS))
    plain = replace(scanning, plant="", scans=len(taken))
    strange = _session(other, build_form(other, seed), plain, seed, Planted(""))
    mixed = [
        replace(theirs, name=ours.name, pose=None)
        for ours, theirs in zip(taken[-count:], strange, strict=False)
    ]
    planted.facts |= {"other": other, "scans": [one.name for one in mixed]}
    return taken[:-count] + mixed


def _doubled(taken: list[_Taken], seed: int, planted: Planted) -> list[_Taken]:
    """Export one scan twice: the same points, in another order."""
    if planted.kind != "doubled-scan":
        return taken
    random = np.random.default_rng([seed, 5])
    first = taken[len(taken) // 2]
    order = random.permutation(len(first.seen.points))
    seen = first.seen
    again = Seen(seen.points[order], seen.colours[order], seen.ours[order])
    name = first.name.replace(".ply", "-again.ply")
    planted.facts["scans"] = [first.name, name]
    return [*taken, replace(first, name=name, seen=again)]


def _write(out: Path, taken: list[_Taken], *, coloured: bool, planted: Planted) -> None:
    (out / "truth").mkdir(parents=True, exist_ok=True)
    wrong = planted.kind == "wrong-unit"
    for one in taken:
        points = in_wrong_unit(one.seen.points) if wrong else one.seen.points
        write_cloud(out / one.name, points, one.seen.colours if coloured else None)
    if wrong:
        planted.facts |= {"stated": "m", "meant": "mm"}
    poses = {one.name: one.pose.tolist() for one in taken if one.pose is not None}
    _write_json(out / "truth" / "poses.json", poses)
    labels: dict[str, Any] = {one.name: one.seen.ours for one in taken}
    np.savez_compressed(out / "truth" / "labels.npz", **labels)


def _told(
    kind: str,
    form: Mesh,
    scanning: Scanning,
    seed: int,
    taken: list[_Taken],
    planted: Planted,
) -> dict[str, Any]:
    size = np.sort(np.ptp(form.vertices, axis=0))[::-1]
    return {
        "kind": kind,
        "seed": seed,
        "noise_m": scanning.noise_m,
        # What tells how far a scan was turned about the axis.
        "told_by": told_by(kind),
        "registered_cm": [round(100 * float(side), 2) for side in size],
        "fixture": scanning.fixture,
        "seats": {one.name: one.seat for one in taken},
        "plant": planted.told(),
    }


def told_by(kind: str) -> str:
    """What tells a scan's turn about the axis: "shape", "colour" or "nothing"."""
    if kind in PLAIN:
        return "nothing"
    return "colour" if kind in PAINTED else "shape"


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n")
