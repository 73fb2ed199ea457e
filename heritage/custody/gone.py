"""What has left the collection, and when: its record stays and says so."""

from datetime import date

from django.utils import timezone

from heritage.catalogue.models import Relic

from .models import Deregistration


def deregistered_on(relic: Relic) -> date | None:
    """Give the day on which a relic was struck off, if it was."""
    done = Deregistration.objects.filter(
        relic=relic, state=Deregistration.State.DONE
    ).first()
    if done is None or done.done_at is None:
        return None
    return timezone.localtime(done.done_at).date()
