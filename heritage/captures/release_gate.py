"""What captures ask before a relic is released: that its model was decided on."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from heritage.catalogue.models import Record, Relic

from .models import Run


def gaps_of_models(record: Record) -> Iterator[str]:
    """Tell of a relic for which models were computed and none is its master."""
    if not isinstance(record, Relic):
        return
    runs = Run.objects.filter(
        capture__relic=record, state=Run.State.SUCCEEDED, type=Run.Type.RECONSTRUCT
    )
    is_decided = Run.objects.filter(capture__relic=record, is_accepted=True).exists()
    if runs.exists() and not is_decided:
        yield _("models were computed, and none is accepted as its master")
