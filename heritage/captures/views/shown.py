"""What the pages of a capture show of its files and runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from heritage.archive.staying import is_in_use
from heritage.archive.thumbnails import is_drawn
from heritage.captures.clouds import clouds_there, read_index
from heritage.captures.media import media_path
from heritage.captures.messages import finding_sentence, run_error_sentence, stage_label
from heritage.captures.models import Capture, CaptureFile, Derivative, Run
from heritage.captures.products import VIEWS, asked_for
from heritage.captures.quality.numbers import write_mebibytes
from heritage.captures.usable import (
    UNIT_UNKNOWN,
    files_in_use,
    is_usable,
    named_scans,
)

from .ready import ShownReady, shown_ready

MINUTE_S = 60
MODELS = {Run.Type.RECONSTRUCT, Run.Type.DELIVER}
STATE_TONES = {
    Run.State.SUCCEEDED: "good",
    Run.State.FAILED: "bad",
    Run.State.CANCELLED: "quiet",
    Run.State.RUNNING: "busy",
    Run.State.WAITING: "quiet",
}


@dataclass(frozen=True)
class ShownFile:
    row: CaptureFile
    findings: list[tuple[str, bool]]  # sentence, whether it blocks
    points: int | None
    is_usable: bool
    picture: str = ""  # of a scan whose cloud was thinned: its number
    is_drawn: bool = False  # a photograph, of which a small picture can be made


@dataclass(frozen=True)
class ShownProgress:
    """How far a run is."""

    run: Run
    stage: str
    percent: int
    time_left: str
    memory: str


@dataclass(frozen=True)
class ShownRun(ShownProgress):
    """A run as the page tells it."""

    tone: str
    error: str
    warnings: list[str]
    figures: list[tuple[str, str]]
    pictures: list[str]
    is_waiting_for_upright: bool
    asked_for: str = ""
    ready: ShownReady | None = None  # of a model; an addition is told of there


def shown_files(capture: Capture) -> list[ShownFile]:
    numbers = _pictured(capture)
    return [
        ShownFile(
            row=row,
            picture=numbers.get(row.pk, ""),
            is_drawn=is_drawn(row.stored_file.name),
            findings=shown_findings(row),
            points=row.figures.get("points"),
            is_usable=is_usable(row),
        )
        for row in files_in_use(capture)
    ]


def _pictured(capture: Capture) -> dict[int, str]:
    """Number the pictures that there are of scans, by their files; none is made here."""
    place = clouds_there(capture)
    if place is None:
        return {}
    numbers = {one["name"]: str(one["number"]) for one in read_index(place)}
    return {
        file.pk: numbers[name + station]
        for name, file in named_scans(capture)
        for station in (file.figures.get("stations") or [""])[:1]
        if name + station in numbers
    }


def shown_findings(row: CaptureFile) -> list[tuple[str, bool]]:
    """Give each finding's sentence and whether it keeps the file from being used."""
    return [
        (finding_sentence(entry), bool(entry.get("blocks")))
        for entry in row.findings
        if not (entry["code"] == UNIT_UNKNOWN and row.capture.unit)
    ]


def shown_runs(capture: Capture) -> list[ShownRun]:
    rows = capture.runs.select_related(
        "upright", "master_of__upright", "capture__relic"
    )
    return [
        _shown(run)
        for run in rows.prefetch_related("derivatives__stored_file__deposit")
    ]


def shown_progress(run: Run) -> ShownProgress:
    """Tell how far a run is; asks the database nothing."""
    return ShownProgress(
        run=run,
        stage=stage_label(run.stage) if run.stage else "",
        percent=round(100 * run.fraction),
        time_left=_time_left(run.eta_s),
        memory=write_mebibytes(run.peak_bytes) if run.peak_bytes else "",
    )


def _shown(run: Run) -> ShownRun:
    is_model = run.state == Run.State.SUCCEEDED and run.type in MODELS
    return ShownRun(
        **vars(shown_progress(run)),
        tone=STATE_TONES[Run.State(run.state)],
        error=run_error_sentence(run),
        warnings=[finding_sentence(entry) for entry in run.report.get("warnings", [])],
        figures=list(_figures(run)),
        pictures=[media_path(row) for row in pictures_of(run)],
        is_waiting_for_upright=_waits_for_upright(run),
        asked_for=_(", ").join(asked_for(run)),
        ready=shown_ready(run) if is_model else None,
    )


def pictures_of(run: Run) -> list[Derivative]:
    """The eight sides; of an addition its pictures of all sides, in their order."""
    wanted = [*(f"view-{n}" for n in range(8)), *(f"{name}-webp" for name in VIEWS)]
    there = {
        row.profile: row
        for row in run.derivatives.all()
        if row.role == Derivative.Role.PICTURE and is_in_use(row.stored_file)
    }
    return [there[name] for name in wanted if name in there]


def _waits_for_upright(run: Run) -> bool:
    if run.state != Run.State.SUCCEEDED or run.type not in MODELS:
        return False
    master = run.master_of or run
    upright = getattr(master, "upright", None)
    return upright is None or upright.confirmed_at is None


def _figures(run: Run) -> Iterator[tuple[str, str]]:
    report: dict[str, Any] = run.report
    if "placed" in report:
        total = len(report["placed"]) + len(report.get("not_placed", []))
        yield _("Scans placed"), f"{len(report['placed'])} / {total}"
    figures = report.get("figures", {})
    if isinstance(figures.get("registration_rms_m"), int | float):
        yield _("Scans agree within"), f"{1000 * figures['registration_rms_m']:.3f} mm"
    if "triangles" in figures:
        yield _("Triangles of the master"), f"{figures['triangles']:,}"
    if report.get("dimensions"):
        sizes = (report["dimensions"][f"{n}_m"] for n in ("height", "width", "depth"))
        yield (
            _("Height × width × depth"),
            " × ".join(f"{100 * s:.2f}" for s in sizes) + " cm",
        )
    if report.get("stages"):
        seconds = sum(stage["seconds"] for stage in report["stages"])
        yield _("Computed in"), _time_left(seconds)


def _time_left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < MINUTE_S:
        return _("%(count)d s") % {"count": round(seconds)}
    return _("%(count)d min") % {"count": round(seconds / MINUTE_S)}
