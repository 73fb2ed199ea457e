"""Keep what a run gave: one deposit for the files, then all rows at once.

The rows are written in one transaction behind the lease. A process killed between the
deposit and the rows leaves a deposit that no run names; the next attempt makes its own,
and `due.py` takes the orphan away.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.models import Deposit, StoredFile

from .acceptance import accept_upright, set_upright
from .lease import Lease
from .masters import PAINTED
from .models import Derivative, Run, Upright
from .motions import note_compared
from .products import OTHERS, SIDES, TWIN_SUFFIX, model_files
from .profiles import MuseumProfile, Values
from .sameness import ask_for_shape

NOTE_PREFIX = "run "
Role = Derivative.Role
WEBP = "-webp"
SEEN = (
    ".png",
    ".bin",
)  # of a quality sheet: pictures, and what viewers colour models by
CHANGE_PICTURES = ("change", "deviation", "histogram")
VIEWS = tuple(f"view-{number}" for number in range(8))


class ResultsMissing(Exception):
    """The engine said it was done, and a file is not there."""

    code = "results-missing"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.facts: dict[str, str | int | float] = {"file": name}


@dataclass(frozen=True)
class Output:
    """A file in the engine's folder and its part in the run."""

    path: Path
    role: str
    profile: str
    is_needed: bool = True

    @property
    def name(self) -> str:
        """Its name in the deposit; pictures of quality keep their folder."""
        is_picture = self.role == Role.QUALITY and self.path.suffix in SEEN
        return f"quality/{self.path.name}" if is_picture else self.path.name


def deposit_note(run: Run, attempt: int) -> str:
    """Name the attempt whose outputs a deposit holds."""
    return f"{NOTE_PREFIX}{run.key} {attempt}"


def list_results(run: Run, out: Path, profiles: Mapping[str, Values]) -> list[Output]:
    """Tell what the engine left; raise `ResultsMissing` for what it should have."""
    if run.type == Run.Type.COMPARE:
        return _list_change(out)
    outputs = [
        Output(out / "report.json", Role.REPORT, "report"),
        Output(out / "poses.json", Role.REPORT, "poses", is_needed=False),
        Output(out / "master.ply", Role.MASTER, "master", is_needed=False),
        *_list_painting(out),
        *_list_models(out, profiles),
        *_list_others(out, run.parameters.get("also", ())),
        *([] if run.type == Run.Type.ADD else _list_pictures(out / "pictures")),
        *_list_quality(out),
    ]
    for output in outputs:
        if output.is_needed and not output.path.is_file():
            raise ResultsMissing(output.path.name)
    return [output for output in outputs if output.path.is_file()]


def _list_painting(out: Path) -> list[Output]:
    """What a master is painted with: later deliveries are baked from it."""
    files = [*out.glob(f"{PAINTED}*.npz"), *out.glob(f"{PAINTED}*.png")]
    return [Output(path, Role.REPORT, path.stem) for path in sorted(files)]


def _list_models(out: Path, profiles: Mapping[str, Values]) -> Iterator[Output]:
    for name, values in profiles.items():
        for role, profile in model_files(MuseumProfile(name, values)):
            ending = "usdz" if profile.endswith(TWIN_SUFFIX) else "glb"
            yield Output(out / f"{name}.{ending}", role, profile)


def _list_others(out: Path, names: Iterable[str]) -> Iterator[Output]:
    """Files of products that are no profile: `print-stl` is print.stl."""
    for name in names:
        if name == SIDES:
            yield from _list_more_pictures(
                out / "pictures", {p for _, p in OTHERS[name]}
            )
            continue
        for role, profile in OTHERS[name]:
            yield Output(out / profile.replace("-", ".", 1), role, profile)


def _list_more_pictures(folder: Path, needed: set[str]) -> Iterator[Output]:
    """What was drawn besides the eight sides, and what should have been."""
    there = {_picture_profile(path): path for path in sorted(folder.glob("*.*"))}
    for profile in sorted(needed | set(there) - {*VIEWS, "thumb"}):
        stem = profile.removesuffix(WEBP)
        missing = folder / f"{stem}{'.webp' if stem != profile else '.png'}"
        yield Output(there.get(profile, missing), Role.PICTURE, profile)


def _picture_profile(path: Path) -> str:
    return f"{path.stem}{WEBP}" if path.suffix == ".webp" else path.stem


def _list_pictures(folder: Path) -> Iterator[Output]:
    """The eight sides and the thumbnail, which every model has."""
    for name in (*VIEWS, "thumb"):
        yield Output(folder / f"{name}.png", Role.PICTURE, name)


def _list_change(out: Path) -> list[Output]:
    """What a comparison leaves; raise `ResultsMissing` for what is not there."""
    outputs = [
        Output(out / "report.json", Role.REPORT, "report"),
        *(Output(out / f"{name}.png", Role.CHANGE, name) for name in CHANGE_PICTURES),
    ]
    for output in outputs:
        if not output.path.is_file():
            raise ResultsMissing(output.path.name)
    return outputs


def _list_quality(out: Path) -> list[Output]:
    """The quality sheet's figures and pictures; a delivery has none of its own."""
    pictures = sorted(p for p in (out / "quality").glob("*") if p.suffix in SEEN)
    return [
        Output(out / "quality.json", Role.QUALITY, "sheet", is_needed=False),
        *(Output(path, Role.QUALITY, path.stem) for path in pictures),
    ]


def keep_results(
    run: Run, lease: Lease, outputs: list[Output], *, profiles: Mapping[str, Values]
) -> None:
    """Deposit the outputs and end the run as succeeded, or raise `LeaseLost`."""
    report = json.loads(_path_of(outputs, "report").read_text())
    if run.type == Run.Type.RECONSTRUCT:
        _path_of(outputs, "master")
    deposit = deposit_files(
        [(output.name, output.path) for output in outputs],
        kind=Deposit.Kind.DERIVED,
        by=run.asked_by,
        note=deposit_note(run, lease.attempt),
    )
    with transaction.atomic():
        lease.conclude(
            state=Run.State.SUCCEEDED,
            outputs=deposit,
            report=report,
            fraction=1.0,
            eta_s=0.0,
            stage="",
            finished_at=timezone.now(),
        )
        run.refresh_from_db()
        _write_derivatives(run, outputs, deposit, profiles)
        _stand_up(run)


def _path_of(outputs: list[Output], profile: str) -> Path:
    for output in outputs:
        if output.profile == profile and output.role in {Role.REPORT, Role.MASTER}:
            return output.path
    raise ResultsMissing({"master": "master.ply"}.get(profile, f"{profile}.json"))


def _write_derivatives(
    run: Run, outputs: list[Output], deposit: Deposit, profiles: Mapping[str, Values]
) -> None:
    files: dict[str, StoredFile] = {file.name: file for file in deposit.files.all()}
    figures = {entry["file"]: entry for entry in _entries(run.report)}
    digests = {name: MuseumProfile(name, v).digest for name, v in profiles.items()}
    for output in outputs:
        known: dict[str, Any] = figures.get(output.path.name, {})
        Derivative.objects.create(
            run=run,
            role=output.role,
            profile=output.profile,
            profile_digest=digests.get(output.profile.removesuffix(TWIN_SUFFIX), ""),
            stored_file=files[output.name],
            triangles=known.get("triangles"),
            gpu_bytes=known.get("gpu_bytes"),
            draws=known.get("draws"),
            figures=known,
        )


def _entries(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What the report says of each model, and of each file of another product."""
    for entry in report.get("derivatives", []):
        yield entry
        if "twin" in entry:
            yield entry["twin"]
    for product in OTHERS:
        yield from report.get(product, {}).get("files", [])


def _stand_up(run: Run) -> None:
    """Propose how the model stands, or keep what a curator has decided.

    Whether it is the relic at all, its shape is asked.
    """
    if run.type == Run.Type.RECONSTRUCT:
        matrix = run.report["upright"]["proposed"]
        Upright.objects.update_or_create(run=run, defaults={"matrix": matrix})
        ask_for_shape(run)
    elif run.type == Run.Type.DELIVER and run.master_of is not None:
        set_upright(run.master_of, run.parameters["upright"], by=run.asked_by)
        accept_upright(run, by=run.asked_by)
    elif run.type == Run.Type.COMPARE:
        note_compared(run)
