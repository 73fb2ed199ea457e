"""What a run asks of the engine: its command line, and the folder it works from."""

import json
import shutil
from pathlib import Path

from django.conf import settings

from heritage.archive.local_copies import lay_out
from heritage.archive.models import StoredFile
from heritage.catalogue.models import Dimension, Relic

from .masters import master_files
from .models import CaptureFile, DeliveryProfile, Run
from .profiles import Values, made_always, museum_profiles
from .ties import PLACES, is_stale
from .usable import companions, named_scans

# Sizes that are a side of the box around the object; others (a wall's thickness, a
# mouth's diameter) say nothing of it. The engine compares three of them at most.
SIDES = ("length", "width", "height", "depth", "diameter")
MOST_SIDES = 3
CM = {"m": 100.0, "cm": 1.0, "mm": 0.1}
PROFILES = "profiles.json"
Facts = dict[str, str | int | float]


class RunFailed(Exception):
    """The run cannot succeed; code and facts become a sentence in messages.py."""

    def __init__(self, code: str, facts: Facts | None = None) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts or {}


def engine_arguments(run: Run, folder: Path) -> list[str]:
    """Lay out what the run needs in `folder`; give the engine's arguments.

    Raises `RunFailed` where the archive lacks a file.
    """
    out = str(folder / "out")
    if run.type == Run.Type.COMPARE:
        return [*_compared(run, folder), "--out", out]
    profiles = [*_profiles(run, folder), *_about(run.capture.relic)]
    if run.type != Run.Type.RECONSTRUCT:
        master = str(_master(run, folder))
        words = ["deliver", master, "--out", out, *_upright(run, folder)]
        return words + profiles + _registered(run.capture.relic) + _also(run)
    words = ["reconstruct", str(_inputs(run, folder)), "--out", out]
    words += ["--exact" if run.is_exact else "--fast", *profiles]
    words += [f"--scan={name}" for name, _file in _scans(run)]
    words += _constraints(run, folder)
    if run.recipe:
        words.append(f"--recipe={run.recipe}")
    if run.capture.unit:
        words.append(f"--unit={run.capture.unit}")
    words += _registered(run.capture.relic)
    return words + [f"--set={name}={value}" for name, value in run.parameters.items()]


def ordered_profiles(folder: Path) -> dict[str, Values]:
    """Give the profiles that a run's files are made by, as they were written down."""
    path = folder / PROFILES
    return dict(json.loads(path.read_text())) if path.is_file() else {}


def _profiles(run: Run, folder: Path) -> list[str]:
    """Write the run's profiles down, and name them where they are not the engine's own."""
    if run.type == Run.Type.ADD:
        wanted, is_plain = run.parameters["profiles"], False
    else:
        always = made_always(museum_profiles())
        wanted = {name: profile.values for name, profile in always.items()}
        is_plain = not DeliveryProfile.objects.exists()
    path = folder / PROFILES
    path.write_text(json.dumps(wanted))
    if is_plain:
        return []
    if not wanted:
        return ["--no-levels"]
    return [f"--profiles={','.join(wanted)}", f"--profile-file={path}"]


def _about(relic: Relic) -> list[str]:
    """What every file says of itself, wherever it is taken."""
    address = f"{settings.BASE_IRI}/id/{relic.kind}/{relic.key}"
    return [
        f"--relic={address}",
        *([f"--rights={relic.rights}"] if relic.rights else []),
    ]


def _also(run: Run) -> list[str]:
    """An addition makes no pictures, and what else it was asked for."""
    if run.type != Run.Type.ADD:
        return []
    return ["--no-pictures", *(f"--also={name}" for name in run.parameters["also"])]


def _registered(relic: Relic) -> list[str]:
    sizes = registered_cm(relic)
    return (
        [f"--registered-cm={','.join(f'{size:g}' for size in sizes)}"] if sizes else []
    )


def registered_cm(relic: Relic) -> list[float]:
    """Give the sizes that people measured, in centimetres; never what a scan gave."""
    rows = relic.dimensions.filter(kind__in=SIDES, unit__in=CM)
    by_hand = rows.exclude(origin=Dimension.Origin.SCAN)
    # An old card yields to a caliper.
    cards = {row.kind: row for row in by_hand.filter(origin=Dimension.Origin.CARD)}
    known = cards | {
        row.kind: row for row in by_hand.filter(origin=Dimension.Origin.CALIPER)
    }
    found = [known[kind] for kind in SIDES if kind in known]
    return [row.value * CM[row.unit] for row in found[:MOST_SIDES]]


def _scans(run: Run) -> list[tuple[str, CaptureFile]]:
    """Give the files of which at least something is used."""
    left_out = _left_out(run)
    return [one for one in named_scans(run.capture) if one[0] not in left_out]


def _left_out(run: Run) -> set[str]:
    return set(run.constraints.get("leave_out", []))


def _constraints(run: Run, folder: Path) -> list[str]:
    """Tell what a person said; of a whole file left out nothing: it is not handed over."""
    files = {name for name, _file in named_scans(run.capture)}
    stations = sorted(_left_out(run) - files)
    said = {name: run.constraints[name] for name in PLACES if name in run.constraints}
    if stations:
        said["leave_out"] = stations
    if not said:
        return []
    if is_stale(run.capture, run.constraints):
        raise RunFailed("picks-stale")
    path = folder / "constraints.json"
    path.write_text(json.dumps(said))
    return [f"--constraints={path}"]


def _inputs(run: Run, folder: Path) -> Path:
    """Lay links to the archive's files into one folder, under the names handed in."""
    inputs = folder / "inputs"
    shutil.rmtree(inputs, ignore_errors=True)
    inputs.mkdir()
    scans = _scans(run)
    for name, file in [*scans, *companions(run.capture, taken=dict(scans))]:
        _lay_out(file.stored_file, inputs / name)
    return inputs


def _lay_out(file: StoredFile, target: Path) -> None:
    try:
        lay_out(file, target)
    except FileNotFoundError:
        raise RunFailed("file-missing", {"file": target.name}) from None


def _compared(run: Run, folder: Path) -> list[str]:
    """Lay out both masters, the earlier one first; tell what is known of both."""
    before, after = run.compared_with, run.master_of
    if before is None or after is None:  # a constraint forbids it
        raise RunFailed("file-missing", {"file": "master.ply"})
    words = ["compare"]
    words += [str(_lay_master(m, folder / n)) for m, n in ((before, "a"), (after, "b"))]
    known = run.parameters
    words.append(f"--uncertainty-mm={known['first_mm']!r},{known['second_mm']!r}")
    if known.get("free_scale"):
        words.append("--free-scale")
    for name in ("start", "upright"):
        if known.get(name):
            path = folder / f"{name}.json"
            path.write_text(json.dumps({"matrix": known[name]}))
            words.append(f"--{name}={path}")
    return words


def _master(run: Run, folder: Path) -> Path:
    return _lay_master(run.master_of or run, folder / "master")


def _lay_master(run: Run, place: Path) -> Path:
    """Lay out the master and what it is painted with, under the names they were given."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    files = master_files(run)
    for file in files:
        _lay_out(file, place / file.name)
    return place / files[0].name


def _upright(run: Run, folder: Path) -> list[str]:
    path = folder / "upright.json"
    path.write_text(json.dumps({"matrix": run.parameters["upright"]}))
    return ["--upright", str(path)]
