"""Time takes away what visitors wrote: whatever waits that long needs nobody's address."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from heritage.lib.due import due

from .models import ErrorReport, ModelRequest

KEPT = timedelta(days=180)


@due
def forget_who_asked() -> int:
    """Empty what was written, half a year after the answer; unanswered, after the asking."""
    return _forget(ModelRequest) + _forget(ErrorReport)


def _forget(model: type[Any]) -> int:
    long_ago = timezone.now() - KEPT
    waits = Q(handled_at=None, asked_at__lt=long_ago)
    nothing = dict.fromkeys(model.private_fields, "")
    rows = model.objects.filter(Q(handled_at__lt=long_ago) | waits)
    return int(rows.exclude(**nothing).update(**nothing))
