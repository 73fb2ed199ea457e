"""What people decided on the way to a model, as triples: by hand, and at its acceptance.

Each is an E13 (CRMdig: a run with human judgement is a D10 with an E13 for each decision).
Who of the staff decided stays in the museum.
"""

from collections.abc import Iterator
from typing import Any, Final

from django.utils.translation import override
from rdflib import URIRef

from knowledge_graph import patterns as p
from knowledge_graph.namespaces import Ids
from knowledge_graph.patterns import Triples
from knowledge_graph.patterns.terms import document

from .acceptance_models import RunDecision
from .models import Capture, Run
from .sheet_models import FieldSheet

LANGUAGES: Final = {"zh-Hans": "zh-hans", "en": "en"}


def decisions(
    ids: Ids, capture: Capture, run: Run, *, master: URIRef | None, relic: URIRef
) -> Triples:
    """Tell what was decided of this run's model, and by hand before it was computed."""
    root = run.master_of or run
    subject = ids.thing("run", root.key)
    for act in _acts(capture, root):
        said = p.Attribution(
            f"hand-{act.number}",
            ids.thing("capture", capture.key),
            when=p.Span(act.at, act.at),
            remark=_told(act.get_kind_display),
        )
        yield from p.attribution(ids, subject, said)
    for one in _decided(run, root):
        said = p.Attribution(
            f"decision-{one.pk}",
            relic,
            when=p.Span(one.at, one.at),
            remark=_told(one.get_verdict_display),
        )
        yield from p.attribution(ids, master or subject, said)


def calibration(made: URIRef, capture: Capture) -> Triples:
    """Name the certificate that its device had on the day of the capture `made`."""
    rows = FieldSheet.objects.filter(capture=capture).select_related("device")
    sheet = rows.prefetch_related("device__calibrations").first()
    if sheet is None or sheet.device is None:
        return
    certificate = sheet.device.calibration_on(capture.captured_on)
    if certificate is not None:
        yield from document(made, {"en": certificate.certificate})


def _acts(capture: Capture, run: Run) -> list[Any]:
    numbers = run.constraints.get("acts", [])
    return list(capture.hand_acts.filter(number__in=numbers)) if numbers else []


def _decided(run: Run, root: Run) -> Iterator[RunDecision]:
    rows = RunDecision.objects.filter(run__in={run.pk, root.pk})
    yield from rows.order_by("at", "pk")


def _told(label: Any) -> dict[str, str]:
    """Give a label in both languages."""
    told = {}
    for tag, code in LANGUAGES.items():
        with override(code):
            told[tag] = str(label())
    return told
