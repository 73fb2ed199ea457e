"""The rows about a relic's captures and models, as part of its record in the archive."""

from django.db.models import Q

from heritage.archive.records import Kind, Part, declare
from heritage.catalogue.models import Relic

from .models import (
    Capture,
    CaptureFile,
    ChangeRecord,
    Derivative,
    FieldSheet,
    HandAct,
    MasterMotion,
    Run,
    RunDecision,
    RunStage,
    ScaleBar,
    Upright,
)

# A run under way changes with every breath; it is kept once it is over.
OVER = ("succeeded", "failed", "cancelled")


def preserve_captures() -> None:
    parts = (
        Part(Capture, "relic"),
        Part(CaptureFile, "capture__relic"),
        Part(FieldSheet, "capture__relic"),
        Part(ScaleBar, "sheet__capture__relic"),
        Part(Run, "capture__relic", Q(state__in=OVER)),
        Part(RunStage, "run__capture__relic", Q(run__state__in=OVER)),
        Part(HandAct, "capture__relic"),
        Part(ChangeRecord, "run__capture__relic"),
        Part(MasterMotion, "after__capture__relic"),
        Part(RunDecision, "run__capture__relic"),
        Part(Derivative, "run__capture__relic"),
        Part(Upright, "run__capture__relic"),
    )
    declare(Kind(Relic.kind, Relic, parts))
