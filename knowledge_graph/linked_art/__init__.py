"""Linked Art 1.0: one JSON record for each thing, out of the triples that describe it."""

from .forms import AAT_LABELS, PROVENANCE_FORM
from .framing import CONTEXT, MEDIA_TYPE, Facts, Reference, frame, type_of

__all__ = [
    "AAT_LABELS",
    "CONTEXT",
    "MEDIA_TYPE",
    "PROVENANCE_FORM",
    "Facts",
    "Reference",
    "frame",
    "type_of",
]
