"""What the files of captures and runs are for, and how much room each use takes."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, QuerySet, Sum

from heritage.archive.staying import in_use
from heritage.archive.storage import Line

from .models import CaptureFile, Derivative

LEVELS = {Derivative.Role.MODEL.value}  # told apart by profile: thumb, headset, web


def classes_of_files() -> list[Line]:
    """Give a line for each role of files in captures, then for each class of derivative."""
    roles = dict(CaptureFile.Role.choices)
    files = _summed(CaptureFile.objects.filter(in_use("stored_file__")), "role")
    lines = [Line(str(roles[role]), count, size) for role, count, size in files]
    return lines + list(_derivatives())


def _derivatives() -> Iterator[Line]:
    rows = Derivative.objects.filter(in_use("stored_file__"))
    others = rows.exclude(role__in=LEVELS)
    for role, count, size in _summed(others, "role"):
        yield Line(str(Derivative.Role(role).label), count, size)
    levels = rows.filter(role__in=LEVELS)
    for role, profile, count, size in _summed(levels, "role", "profile"):
        yield Line(f"{Derivative.Role(role).label} {profile}", count, size)


def _summed(rows: QuerySet[Any], *columns: str) -> QuerySet[Any, Any]:
    told = rows.order_by().values_list(*columns)
    counted: QuerySet[Any, Any] = told.annotate(
        Count("pk"), Sum("stored_file__size_bytes")
    )
    return counted.order_by(*columns)
