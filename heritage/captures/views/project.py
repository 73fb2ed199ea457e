"""A digitization project on any day: figures, course, what is late; and its ledger to take away."""

import datetime as dt
from typing import Any
from urllib.parse import quote

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from heritage.captures.project_chart import draw_course
from heritage.captures.project_figures import Stage, figures_on, read_stories
from heritage.captures.project_models import Project
from heritage.captures.project_words import NO_DAY, STAGES, stage_label
from heritage.catalogue.policy import person_of, visible

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the project as it was on the day asked for, or is today."""
    project, day = _project(request, pk), _day(request)
    stories = read_stories(project, person_of(request))
    told = figures_on(stories, day)
    context: dict[str, Any] = admin.site.each_context(request) | {
        "title": str(project),
        "opts": Project._meta,
        "project": project,
        "day": day,
        "figures": told,
        "counts": [(STAGES[stage], told.by_stage[stage], stage.name) for stage in Stage],
        "rows": [
            (story, stage_label(story.stage(day)), story.stage(day).name, story.is_late(day))
            for story in stories
            if story.is_in(day)
        ],
        "chart": draw_course(stories, project.starts_on, day, project.due_on),
        "stages": [(stage.name, label) for stage, label in STAGES.items()],
    }  # fmt: skip
    return render(request, "captures/project.html", context)


@require_safe
def export(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """Give the ledger as a table."""
    project, day = _project(request, pk), _day(request)
    # Costs every command a tenth of a second where it is imported beforehand.
    from heritage.captures.project_export import write_csv, write_xlsx

    write = {"csv": write_csv, "xlsx": write_xlsx}[form]
    stories = read_stories(project, person_of(request))
    response = HttpResponse(write(stories, day), content_type=TYPES[form])
    name = quote(f"{project}-{day.isoformat()}.{form}")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response["Cache-Control"] = "private, no-store"
    return response


def _project(request: HttpRequest, pk: int) -> Project:
    rows = Project.objects.select_related("contractor", "collection")
    project: Project = get_object_or_404(visible(rows, person_of(request)), pk=pk)
    return project


def _day(request: HttpRequest) -> dt.date:
    """Read the day asked for; one that is none is told of, and today shown."""
    text = request.GET.get("on", "")
    try:
        return dt.date.fromisoformat(text) if text else timezone.localdate()
    except ValueError:
        messages.error(request, str(NO_DAY))
        return timezone.localdate()
