"""Build the quality sheet of a run from its report, in the reader's language."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from heritage.archive.staying import in_use
from heritage.captures.messages import finding_sentence
from heritage.captures.models import Derivative, Run
from heritage.catalogue.fields import concept_label

from .delivery import delivery_section
from .making import making_section
from .numbers import find_figure, write_figure, write_number, write_time
from .parts import Cell, Measure, Picture, Section, Sheet, Table, Verdict
from .scale import scale_section
from .scans import scans_section
from .words import (
    AT_LEAST,
    CAPTIONS,
    MEASURES,
    PROFILE_OF_GRADE,
    PROFILE_OF_OTHERS,
    PROFILES,
    SECTIONS,
)

Figures = dict[str, Any]


def measured_run(run: Run) -> Run:
    """Give the run that measured the master: a delivery only shows it in another way."""
    return run.master_of or run


def quality_of(run: Run) -> Figures:
    """Give the figures that the engine measured; empty for runs from before it did."""
    found: Figures = measured_run(run).report.get("quality") or {}
    return found


def build_sheet(run: Run) -> Sheet:
    """Tell all that is known of the quality of a run's master."""
    master = measured_run(run)
    relic = run.capture.relic
    return Sheet(
        title=_("Quality sheet: %(relic)s") % {"relic": relic.title},
        subject=list(_subject(run)),
        sections=[
            section for section in _sections(master, run) if not _is_empty(section)
        ],
    )


def _sections(run: Run, shown: Run) -> Iterator[Section]:
    """The parts of a master's sheet, and what it was delivered as by the run shown."""
    quality = quality_of(run)
    pictures = list(_pictures(run, quality))
    if quality:
        yield _acceptance(run, quality)
        yield _findings(run, quality)
        yield _figures("deviation", quality, pictures=pictures)
        yield scale_section(_figures("size", quality), quality)
        yield scans_section(quality)
        for slug in ("points", "completeness", "mesh"):
            yield _figures(slug, quality)
    yield delivery_section(shown)
    yield making_section(run)


def _is_empty(section: Section) -> bool:
    parts = (section.sentences, section.measures, section.tables, section.pictures)
    return not any(parts)


def _subject(run: Run) -> Iterator[tuple[str, str]]:
    master, capture = measured_run(run), run.capture
    yield _("Relic"), capture.relic.title
    if capture.relic.register_no:
        yield _("Register number"), capture.relic.register_no
    yield _("Captured"), f"{capture.captured_on} · {capture.get_technique_display()}"
    if capture.device:
        yield _("Device"), f"{capture.device} {capture.device_serial}".strip()
    yield _("Run"), f"{master.key} · {write_time(master.finished_at)}"


def _acceptance(run: Run, quality: Figures) -> Section:
    """Judge by the profile of the relic's grade; the others stand for comparison."""
    grade = run.capture.relic.grade
    own = PROFILE_OF_GRADE.get(grade, PROFILE_OF_OTHERS)
    found = quality.get("acceptance") or []
    profiles = sorted(found, key=lambda profile: profile.get("profile") != own)
    judged = [one for one in profiles if one.get("profile") == own]
    return Section(
        slug="acceptance",
        title=_("Acceptance"),
        about=_(
            "Measured against limits that this project proposes by itself; they are no "
            "standard. A museum may set its own."
        ),
        sentences=[
            _("Judged as %(profile)s, by the relic's grade in the register: %(grade)s.")
            % {"profile": _profile_name(own), "grade": concept_label("grade", grade)}
        ]
        if judged
        else [],
        verdict=Verdict.of(judged[0].get("passed")) if judged else None,
        tables=[
            _profile(profile, is_own=profile.get("profile") == own)
            for profile in profiles
        ],
    )


def _profile(profile: Figures, *, is_own: bool) -> Table:
    head = (_("Measure"), _("Measured"), _("Limit"), _("Result"))
    rows = [_acceptance_row(line) for line in profile.get("lines", [])]
    name = _profile_name(str(profile.get("profile", "")))
    title = name if is_own else _("For comparison: %(profile)s") % {"profile": name}
    return Table(title=title, head=head, rows=rows)


def _profile_name(name: str) -> str:
    return str(PROFILES.get(name, name))


def _acceptance_row(line: Figures) -> list[Cell]:
    place = str(line.get("measure", ""))
    word = MEASURES.get(place)
    unit = word.unit if word else str(line.get("unit", ""))
    limit = write_figure(line.get("limit"), unit)
    verdict = Verdict.of(line.get("passed"))
    return [
        Cell(measure_label(place)),
        Cell(write_figure(line.get("value"), unit), is_number=True),
        Cell(f"{'≥' if place in AT_LEAST else '≤'} {limit}", is_number=True),
        Cell(verdict.text, verdict=verdict),
    ]


def measure_label(place: str) -> str:
    word = MEASURES.get(place)
    return str(word.label) if word else place


def _findings(run: Run, quality: Figures) -> Section:
    found = [*quality.get("findings", []), *run.report.get("warnings", [])]
    sentences = dict.fromkeys(finding_sentence(entry) for entry in found)
    return Section(
        slug="findings",
        title=_("What was noticed"),
        sentences=list(sentences) or [_("Nothing out of the ordinary.")],
    )


def _figures(
    slug: str, quality: Figures, *, pictures: list[Picture] | None = None
) -> Section:
    title, about, places = SECTIONS[slug]
    return Section(
        slug=slug,
        title=str(title),
        about=str(about),
        measures=[_measure(place, quality) for place in places],
        pictures=pictures or [],
    )


def _measure(place: str, quality: Figures) -> Measure:
    word = MEASURES[place]
    value = find_figure(quality, place)
    return Measure(str(word.label), write_figure(value, word.unit), str(word.about))


def _pictures(run: Run, quality: Figures) -> Iterator[Picture]:
    rows = run.derivatives.filter(in_use("stored_file__"), role=Derivative.Role.QUALITY)
    by_profile = {row.profile: row for row in rows.select_related("stored_file")}
    for entry in quality.get("pictures", []):
        row = by_profile.get(PurePosixPath(str(entry.get("file", ""))).stem)
        if row is not None:
            yield Picture(row, _caption(entry))


def _caption(entry: Figures) -> str:
    code = str(entry.get("caption_code", ""))
    limit = write_number(entry.get("limit_mm"))
    return str(CAPTIONS[code]) % {"limit": limit} if code in CAPTIONS else code
