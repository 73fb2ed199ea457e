"""What a recording project owes, and how much of it is there."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .fields import concept_label
from .models import DELIVERABLES, Recording, RecordingItem


@dataclass(frozen=True)
class Owed:
    """One thing that a project hands over, and whether it is there."""

    label: str
    is_done: bool
    detail: str = ""


def owed(recording: Recording) -> list[Owed]:
    """Tell the five deliverables, the signed agreement and the aligned transcript."""
    items = list(recording.items.all())
    agreed = recording.agreement_signed_on is not None
    aligned = recording.transcript_aligned_on is not None
    return [
        *(_deliverable(kind, items) for kind in DELIVERABLES),
        Owed(_("agreement signed"), agreed),
        Owed(_("transcript aligned"), aligned),
    ]


def _deliverable(kind: str, items: list[RecordingItem]) -> Owed:
    own = [item for item in items if item.kind == kind and item.is_there]
    accepted = sum(item.accepted_on is not None for item in own)
    detail = (
        ngettext("%(count)s accepted", "%(count)s accepted", accepted)
        % {"count": accepted}
        if accepted
        else ""
    )
    return Owed(concept_label("recording-kind", kind), bool(own), detail)
