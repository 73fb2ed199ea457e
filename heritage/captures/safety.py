"""What captures know of a release: how much of a model the public will get."""

from django.utils.translation import gettext as _

from heritage.catalogue.models import Record, Relic
from heritage.catalogue.safety import Findings, Risk

from .models import Capture


def look_at_tiers(record: Record, found: Findings) -> None:
    """Name the tiers of a relic's accepted models; tell where more than pictures is open."""
    if not isinstance(record, Relic):
        return
    accepted = Capture.objects.filter(relic=record, runs__is_accepted=True)
    tiers = sorted(set(accepted.values_list("tier", flat=True)))
    found.model_tiers += tiers
    if set(tiers) - {Capture.Tier.HOUSE, Capture.Tier.SCREEN}:
        told = _("The public may download models fit for printing or study.")
        found.risks.append(Risk("model-open", told))
