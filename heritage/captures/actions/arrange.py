"""Arrange a capture's files: what each is for, what belongs together, in which order."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from heritage.captures.errors import BadAct, SavedMeanwhile
from heritage.captures.models import Capture, CaptureFile
from heritage.captures.permission import check_member
from heritage.captures.usable import files_in_use

from .files import inspect_rows

LONGEST_GROUP = 60


@dataclass(frozen=True)
class Place:
    """What a person says of one file; its place among others is its order."""

    pk: int
    role: str
    group: str


def arrangement_of(capture: Capture) -> str:
    """Give a short digest of how the files are arranged now."""
    rows = files_in_use(capture).order_by("pk")
    told = rows.values_list("pk", "role", "group", "position")
    return hashlib.sha256(repr(list(told)).encode()).hexdigest()[:16]


def arrange_files(
    capture: Capture,
    places: Sequence[Place],
    *,
    seen: str,
    by: AbstractBaseUser | None,
) -> None:
    """Keep roles, groups and order. What becomes a scan is looked into.

    `seen` is the arrangement that the person began from. Raises `NotPermitted`,
    `SavedMeanwhile`, or `BadAct` for files that are not this capture's.
    """
    check_member(capture, by)
    with transaction.atomic():
        Capture.objects.select_for_update().get(pk=capture.pk)
        if arrangement_of(capture) != seen:
            raise SavedMeanwhile
        rows = {row.pk: row for row in files_in_use(capture)}
        if {place.pk for place in places} != rows.keys() or len(places) != len(rows):
            raise BadAct
        fresh = [_keep(rows[one.pk], one, n) for n, one in enumerate(places)]
    inspect_rows([row for row in fresh if row is not None])


def _keep(row: CaptureFile, place: Place, position: int) -> CaptureFile | None:
    """Write a row where it differs; give it if it has become a scan."""
    group = place.group.strip()[:LONGEST_GROUP]
    if place.role not in CaptureFile.Role.values:
        raise BadAct
    if (row.role, row.group, row.position) == (place.role, group, position):
        return None
    is_new_scan = place.role == CaptureFile.Role.SCAN != row.role
    row.role, row.group, row.position = place.role, group, position
    row.save(update_fields=["role", "group", "position"])
    return row if is_new_scan and not row.figures.get("points") else None
