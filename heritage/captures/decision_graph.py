"""What people decided on the way to a model, as triples: by hand, and at its acceptance.

Each is an E13 (CRMdig: a run with human judgement is a D10 with an E13 for each decision).
Who of the staff decided stays in the museum.
"""

from functools import partial
from typing import Any, Final

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import override
from rdflib import URIRef

from heritage.archive.staying import is_in_use
from knowledge_graph import patterns as p
from knowledge_graph.namespaces import Ids
from knowledge_graph.patterns import Triples
from knowledge_graph.patterns.terms import document

from .acceptance_models import RunDecision
from .change_words import told_change
from .comparison import standing_checks
from .models import Capture, Derivative, MasterMotion, Run
from .sheet_models import FieldSheet

CHANGES: Final = "changes_kept"  # of a run that was fetched as one of many
# A check that was struck through holds no longer: what it said is told no more.
COMPARED: Final = Run.objects.filter(
    Exists(standing_checks(OuterRef("change_record__check_key"))),
    type=Run.Type.COMPARE,
).select_related("change_record")
WAYS: Final = "ways_confirmed"
CONFIRMED: Final = MasterMotion.objects.filter(
    confirmed_at__isnull=False
).select_related("before")
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
    for compared in changes_kept(root):
        kept = compared.change_record
        said = p.Attribution(
            f"change-{kept.pk}",
            relic,
            when=p.Span(kept.at, kept.at),
            remark=_told(partial(told_change, compared)),
        )
        yield from p.attribution(ids, master or subject, said)
    for way in ways_confirmed(root):
        said = p.Attribution(
            f"way-{way.pk}",
            ids.thing("run", way.before.key),
            when=p.Span(way.confirmed_at, way.confirmed_at),
            remark=_told(partial(_way_told, way)),
        )
        yield from p.attribution(ids, master or subject, said)


def withdrawn(ids: Ids, run: Run, *, master: URIRef | None) -> Triples:
    """Tell which masters this run's acceptance put aside, each when it last did."""
    root, last = run.master_of or run, {}
    for one in _decided(run, root):
        if one.replaced and one.verdict == RunDecision.Verdict.ACCEPTED:
            earlier = one.replaced.master_of or one.replaced
            last[earlier] = one.at
    for earlier, at in last.items():
        if master is None or earlier == root:
            continue
        for row in earlier.derivatives.all():
            if row.role == Derivative.Role.MASTER and is_in_use(row.stored_file):
                old = ids.thing("derivative", row.key)
                yield from p.replaced(p.Replaced(old, by=master, at=at))


def ways_confirmed(run: Run) -> list[MasterMotion]:
    """Give the ways from earlier masters to this one that a curator confirmed."""
    known: list[MasterMotion] | None = getattr(run, WAYS, None)
    return list(CONFIRMED.filter(after=run)) if known is None else known


def _way_told(way: MasterMotion) -> str:
    return _("laid on the earlier master: %(basis)s") % {
        "basis": way.get_basis_display()
    }


def changes_kept(run: Run) -> list[Run]:
    """Give the comparisons of this master with an earlier one that were kept, in order."""
    known: list[Run] | None = getattr(run, CHANGES, None)
    if known is None:
        known = list(COMPARED.filter(master_of=run))
    return sorted(known, key=lambda one: one.pk)


def calibration(made: URIRef, capture: Capture) -> Triples:
    """Name the certificate that its device had on the day of the capture `made`."""
    sheet: FieldSheet | None = getattr(capture, "field_sheet", None)
    if sheet is None or sheet.device is None:
        return
    certificate = sheet.device.calibration_on(capture.captured_on)
    if certificate is not None:
        yield from document(made, {"en": certificate.certificate})


def _acts(capture: Capture, run: Run) -> list[Any]:
    numbers = frozenset(run.constraints.get("acts", []))
    if not numbers:
        return []
    return [act for act in capture.hand_acts.all() if act.number in numbers]


def _decided(run: Run, root: Run) -> list[RunDecision]:
    both = [run] if run.pk == root.pk else [run, root]
    rows = [one for each in both for one in each.decisions.all()]
    return sorted(rows, key=lambda one: (one.at, one.pk))


def _told(label: Any) -> dict[str, str]:
    """Give a label in both languages."""
    told = {}
    for tag, code in LANGUAGES.items():
        with override(code):
            told[tag] = str(label())
    return told
