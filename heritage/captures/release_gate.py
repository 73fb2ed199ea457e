"""What captures ask before a relic is released: that its models were decided on."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from heritage.catalogue.models import Record, Relic

from .models import Run


def gaps_of_models(record: Record) -> Iterator[str]:
    """Tell of a relic for which models were computed and nobody has decided on any.

    That all were refused is a decision too: such a relic is shown without a model.
    """
    if not isinstance(record, Relic):
        return
    runs = Run.objects.filter(
        capture__relic=record, state=Run.State.SUCCEEDED, type=Run.Type.RECONSTRUCT
    )
    of_relic = Run.objects.filter(capture__relic=record)
    decided = of_relic.filter(Q(is_accepted=True) | Q(decisions__isnull=False))
    if runs.exists() and not decided.exists():
        yield _("models were computed, and none is accepted as its master")
