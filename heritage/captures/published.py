"""What the public sees of a relic: the model and pictures of its accepted run."""

from django.db.models import Q, QuerySet

from heritage.archive.staying import in_use
from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person, allows

from .models import Derivative, Run
from .products import TWIN_SUFFIX, newest_files


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
