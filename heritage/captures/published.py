"""What the public sees of a relic: the model and pictures of its accepted run."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from heritage.archive.staying import in_use
from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person, allows, visible

from .media import media_path
from .models import Capture, CaptureFile, Derivative, Run
from .products import TWIN_SUFFIX, newest_files

HEAT_POINTS = "deviation-points"


def published_run(relic: Relic) -> Run | None:
    """Give the run whose model is the relic's; None if none was accepted yet."""
    rows = Run.objects.filter(capture__relic=relic, is_accepted=True)
    found: Run | None = rows.select_related("capture", "master_of").first()
    return found


def published_models(relic: Relic) -> QuerySet[Derivative]:
    return _published(relic, Derivative.Role.MODEL)


def published_pictures(relic: Relic) -> QuerySet[Derivative]:
    return _published(relic, Derivative.Role.PICTURE)


def offered_files(run: Run, person: Person) -> list[Derivative]:
    """Give what of a model this person may take away besides what engines load.

    Files for Apple devices, for printing and for study: the newest of each.
    """
    files = newest_files([run, *run.additions.order_by("created_at", "pk")])
    kept = [
        row
        for (role, profile), row in sorted(files.items())
        if role in {Derivative.Role.PRINT, Derivative.Role.STUDY}
        or profile.endswith(TWIN_SUFFIX)
    ]
    return [row for row in kept if allows(person, row)]


def heat_map_of(run: Run, person: Person) -> str:
    """Give the address of the picture of a model's deviation from its scans, or ""."""
    return _of_quality(run, person, profile__contains="heat")


def heat_points_of(run: Run, person: Person) -> str:
    """Give the address of the points by which viewers colour the model itself, or ""."""
    return _of_quality(run, person, profile=HEAT_POINTS)


def _of_quality(run: Run, person: Person, **which: str) -> str:
    measured = run.master_of or run
    rows = measured.derivatives.filter(
        in_use("stored_file__"), role=Derivative.Role.QUALITY, **which
    )
    row = visible(rows.select_related("stored_file"), person).first()
    return media_path(row) if row else ""


def without_unit(captures: Iterable[Capture]) -> set[int]:
    """Name those, by primary key, of which neither people nor files say the unit."""
    silent = {capture.pk for capture in captures if not capture.unit}
    if not silent:
        return silent
    rows = CaptureFile.objects.filter(capture__in=silent, figures__unit__isnull=False)
    return silent - set(rows.values_list("capture", flat=True))


def of_accepted(path: str = "") -> Q:
    """Give the filter on runs, at `path`, whose files stand for a relic.

    They are those of the accepted run, and of the runs that added files to it.
    """
    return Q(**{f"{path}is_accepted": True}) | Q(
        **{f"{path}adds_to__is_accepted": True}
    )


def _published(relic: Relic, role: str) -> QuerySet[Derivative]:
    rows: QuerySet[Derivative] = Derivative.objects.filter(
        in_use("stored_file__"),
        of_accepted("run__"),
        run__capture__relic=relic,
        role=role,
    )
    return rows.select_related("stored_file", "run").order_by("profile")
