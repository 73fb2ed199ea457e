"""What the public sees of a relic: the model and pictures of its accepted run."""

from django.db.models import Q, QuerySet

from heritage.archive.staying import in_use
from heritage.catalogue.models import Relic

from .models import Derivative, Run


def published_run(relic: Relic) -> Run | None:
    """Give the run whose model is the relic's; None if none was accepted yet."""
    rows = Run.objects.filter(capture__relic=relic, is_accepted=True)
    found: Run | None = rows.select_related("capture", "master_of").first()
    return found


def published_models(relic: Relic) -> QuerySet[Derivative]:
    return _published(relic, Derivative.Role.MODEL)


def published_pictures(relic: Relic) -> QuerySet[Derivative]:
    return _published(relic, Derivative.Role.PICTURE)


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
