"""How the way from scanner to headset becomes triples: one graph a capture.

It is public while its relic is, and from the run that was accepted: the capture with its
raw files, the run with parameters and software, the master and what follows from it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db.models import Model, Prefetch
from rdflib import URIRef

from heritage.archive.staying import is_in_use
from heritage.catalogue.graph_parts import graph_facts
from heritage.catalogue.mentions import GraphName, GraphSource, Mentions, is_public
from heritage.catalogue.models import ConditionCheck, Dimension
from heritage.catalogue.policy import STRANGER, allows
from heritage.catalogue.relic_graph import dimension_of
from knowledge_graph import patterns as p
from knowledge_graph.namespaces import LA, Ids, part
from knowledge_graph.patterns import Triple, Triples
from knowledge_graph.vocabulary import load

from .decision_graph import (
    CHANGES,
    COMPARED,
    CONFIRMED,
    WAYS,
    calibration,
    decisions,
    withdrawn,
)
from .media import media_path
from .models import (
    Calibration,
    Capture,
    CaptureFile,
    ChangeRecord,
    Derivative,
    FieldSheet,
    MasterMotion,
    Run,
    RunDecision,
    Upright,
)
from .products import asked_for
from .rules import TIERS

Role = Derivative.Role
ACCEPTED: Final = "accepted_runs"  # of a capture that was fetched as one of many
VIRTUAL: Final = "virtual-scan"
LOG: Final = (
    "report"  # the profile of the run's report; poses are an output like others
)
# (figure, unit of the vocabulary, factor to it, where the report has it)
DEVIATIONS: Final = (
    ("deviation-mean", "mm", 1000, "mean_m"),
    ("deviation-p95", "mm", 1000, "p95_m"),
    ("deviation-max", "mm", 1000, "max_m"),
)
DIGITS: Final = Decimal("0.000001")  # of a millimetre: below what any scanner resolves


def build_capture(capture: Capture, says: Mentions) -> Triples:
    run = accepted_run(capture)
    relic = says.iri(capture.relic)
    if run is None or relic is None:
        return
    ids = says.ids
    subject = ids.thing("capture", capture.key)
    known = graph_facts(ids, subject, run.finished_at)
    chain = list(_chain(capture, run, says, relic))
    yield from p.record_graph(ids, ids.graph("capture", capture.key), known)
    yield from chain
    yield from p.provenance(chain)
    yield from _readings(capture, run, ids, relic)


def accepted_run(capture: Capture) -> Run | None:
    """Give the run that holds; fetched with the capture where that was one of many."""
    known: list[Run] | None = getattr(capture, ACCEPTED, None)
    if known is None:
        runs = capture.runs.select_related("master_of")
        return runs.filter(is_accepted=True).first()
    return known[0] if known else None


def is_shown(capture: Capture) -> bool:
    return is_public(capture.relic) and accepted_run(capture) is not None


_DERIVATIVES: Final = Derivative.objects.select_related("stored_file__deposit")
SOURCES: Final = {
    "capture": GraphSource(
        Capture,
        build_capture,
        ("relic", "operator", "place", "field_sheet__device"),
        parts=(
            Prefetch(
                "files", CaptureFile.objects.select_related("stored_file__deposit")
            ),
            Prefetch(
                "runs",
                Run.objects.filter(is_accepted=True).select_related("master_of"),
                to_attr=ACCEPTED,
            ),
            *(
                Prefetch(f"{ACCEPTED}{path}__derivatives", _DERIVATIVES)
                for path in ("", "__master_of", "__additions")
            ),
            *(
                Prefetch(
                    f"{ACCEPTED}{path}__decisions__replaced{to}__derivatives",
                    _DERIVATIVES,
                )
                for path in ("", "__master_of")
                for to in ("", "__master_of")
            ),
            *(
                Prefetch(f"{ACCEPTED}{path}__deliveries", COMPARED, to_attr=CHANGES)
                for path in ("", "__master_of")
            ),
            *(
                Prefetch(f"{ACCEPTED}{path}__ways_here", CONFIRMED, to_attr=WAYS)
                for path in ("", "__master_of")
            ),
            *(f"{ACCEPTED}{path}__stages__taken_from" for path in ("", "__master_of")),
            "field_sheet__device__calibrations",
            "hand_acts",
            "relic__dimensions",
        ),
        is_public=is_shown,
        hangs_on=lambda capture: (capture.relic,),
    )
}


def touched_by(row: Model) -> Iterator[GraphName]:
    """Name the capture graphs that say something of this row."""
    for capture in captures_of(row):
        yield GraphName("capture", capture.key)


def captures_of(row: Model) -> Iterable[Capture]:
    if isinstance(row, Capture):
        return [row]
    if isinstance(row, CaptureFile):
        return [row.capture]
    if isinstance(row, FieldSheet):
        return [row.capture]
    if isinstance(row, RunDecision | ChangeRecord):
        return [row.run.capture]
    if isinstance(row, MasterMotion):
        return [row.after.capture]
    if isinstance(row, Calibration):
        return Capture.objects.filter(field_sheet__device=row.device_id)
    if isinstance(row, Run):
        return [row.capture] if _may_be_accepted(row) else []
    if isinstance(row, Derivative | Upright):
        return [row.run.capture]
    if isinstance(row, ConditionCheck):  # what a comparison found may be kept as one
        return Capture.objects.filter(runs__change_record__check_key=row.key)
    if isinstance(row, Dimension) and row.run_key:
        return Capture.objects.filter(runs__key=row.run_key)
    return []


def _may_be_accepted(run: Run) -> bool:
    """A run reports progress every second; only one that succeeded is in a graph.

    After a bulk change `run` still has its old values, so both are looked at.
    """
    done = Run.State.SUCCEEDED
    return run.state == done or Run.objects.filter(pk=run.pk, state=done).exists()


def _chain(capture: Capture, run: Run, says: Mentions, relic: URIRef) -> Triples:
    ids, root = says.ids, run.master_of or run
    raw = [_raw_file(ids, row) for row in _files(capture, root)]
    devices = _device_iris(ids, capture)
    operator, place = says.iri(capture.operator), says.iri(capture.place)
    made = p.Capture(
        ids.thing("capture", capture.key),
        relic,
        tuple(raw),
        technique=capture.technique,
        devices=devices,
        operators=(operator,) if operator else (),
        place=place,
        when=p.Span(capture.captured_on, capture.captured_on),
    )
    yield from p.capture(ids, made)
    for iri in devices:
        yield from p.device(ids, iri, _device(capture))
    yield from calibration(made.iri, capture)
    yield from _run(ids, root, raw, relic)
    masters = (ids.thing("derivative", row.key) for row in _results(root, Role.MASTER))
    master = next(masters, None)
    yield from decisions(ids, capture, run, master=master, relic=relic)
    yield from withdrawn(ids, run, master=master)
    for one in (run, *_additions(run)):
        yield from _delivery(ids, one, root, relic)


def _run(ids: Ids, run: Run, raw: list[p.File], relic: URIRef) -> Triples:
    papers = {row.profile: row for row in _results(run, Role.REPORT)}
    outputs = [_result(ids, row, relic) for row in _results(run, Role.MASTER)]
    log = papers.pop(LOG, None)
    done = p.Execution(
        ids.thing("run", run.key),
        tuple(one.iri for one in raw),
        (*outputs, *(_result(ids, row, None) for row in papers.values())),
        parameters=_parameters(run),
        software=_software(run),
        recipe=_recipe(run),
        when=p.Span(run.started_at, run.finished_at),
        log=_result(ids, log, None) if log else None,
        continued=tuple(ids.thing("run", key) for key in _taken_from(run)),
    )
    yield from p.run(ids, done)


def _taken_from(run: Run) -> list[str]:
    """Name the runs whose stages this one took over."""
    owners = {one.taken_from.key for one in run.stages.all() if one.taken_from}
    return sorted(owners)


def _additions(run: Run) -> list[Run]:
    """Give the runs that added files to this one's, oldest first."""
    rows = [row for row in run.additions.all() if row.state == Run.State.SUCCEEDED]
    return sorted(rows, key=lambda row: (row.created_at, row.pk))


def _delivery(ids: Ids, run: Run, root: Run, relic: URIRef) -> Triples:
    """What follows from the master without judgement, as far as it is public."""
    results = _results(run, Role.MODEL, Role.PICTURE, Role.PRINT, Role.STUDY)
    shown = [row for row in results if row.role not in TIERS or allows(STRANGER, row)]
    masters = (ids.thing("derivative", row.key) for row in _results(root, Role.MASTER))
    own = ids.thing("run", run.key)
    done = p.Execution(
        own if run.pk != root.pk else part(own, "delivery"),
        tuple(masters),
        tuple(_result(ids, row, relic) for row in shown),
        parameters=_delivery_parameters(run),
        software=_software(run),
        when=p.Span(run.started_at, run.finished_at),
    )
    yield from p.derivation(ids, done)
    for row in shown:
        yield ids.thing("derivative", row.key), LA.access_point, _address(row)


def _readings(capture: Capture, run: Run, ids: Ids, relic: URIRef) -> Triples:
    """Tell off which mesh the relic's scanned dimensions were read: only what it adds."""
    root = run.master_of or run
    mesh = next((row.key for row in _results(root, Role.MASTER)), None)
    for row in capture.relic.dimensions.all():
        if row.origin != Dimension.Origin.SCAN or row.run_key not in {
            run.key,
            root.key,
        }:
            continue
        plain = set(p.dimension(ids, relic, dimension_of(row)))
        read = dimension_of(
            row,
            mesh=ids.thing("derivative", mesh) if mesh else None,
            run=ids.thing("run", row.run_key),
        )
        yield from _added(p.dimension(ids, relic, read), plain)


def _added(triples: Triples, known: set[Triple]) -> Triples:
    return (triple for triple in triples if triple not in known)


def _files(capture: Capture, run: Run) -> list[CaptureFile]:
    """Give the files the run took, by its report's digests; of none, all not left out."""
    rows = [row for row in capture.files.all() if is_in_use(row.stored_file)]
    inputs = _list(run.report.get("inputs"))
    # What came in a ZIP is known to the archive by the ZIP's digest.
    taken = {one.get(kind) for one in inputs for kind in ("sha512", "archive_sha512")}
    used = [row for row in rows if row.stored_file.sha512 in taken]
    return used or [row for row in rows if not row.is_left_out]


def _raw_file(ids: Ids, row: CaptureFile) -> p.File:
    file = row.stored_file
    return p.File(
        ids.thing("file", file.key),
        file.name,
        file.sha512,
        file.size_bytes,
        file.media_type,
    )


def _results(run: Run, *roles: str) -> list[Derivative]:
    rows = [row for row in run.derivatives.all() if row.role in roles]
    used = [row for row in rows if is_in_use(row.stored_file)]
    return sorted(used, key=lambda row: (row.role, row.profile))


def _result(ids: Ids, row: Derivative, relic: URIRef | None) -> p.File:
    file = row.stored_file
    return p.File(
        ids.thing("derivative", row.key),
        file.name,
        file.sha512,
        file.size_bytes,
        file.media_type,
        profile=_profile(row),
        represents=relic,
        figures=tuple(_figures(row)),
    )


def _profile(row: Derivative) -> str:
    """Give the slug in the vocabulary of profiles, or "" for what has none."""
    by_role = {Role.MASTER: "master", Role.PICTURE: "picture"}
    slug = by_role.get(Role(row.role), row.profile)
    return slug if slug in load("profile") else ""


def _figures(row: Derivative) -> Iterator[p.Dimension]:
    counts = {"triangles": row.triangles, "draws": row.draws}
    for name, number in counts.items():
        if number is not None:
            yield p.figure(name, number, "one")
    if row.gpu_bytes is not None:
        yield p.figure("gpu-memory", row.gpu_bytes, "byte")
    deviation = _dict(row.figures.get("deviation"))
    for name, unit, factor, key in DEVIATIONS:
        if isinstance(deviation.get(key), int | float):
            size = Decimal(repr(deviation[key])) * factor
            yield p.figure(name, size.quantize(DIGITS), unit)


def _address(row: Derivative) -> URIRef:
    return URIRef((settings.MEDIA_ORIGIN or settings.BASE_IRI) + media_path(row))


def _device_iris(ids: Ids, capture: Capture) -> tuple[URIRef, ...]:
    """Name the device by what tells it from others: the same one in every capture."""
    if not capture.device:
        return ()
    own = f"{capture.device}\n{capture.device_serial}".encode()
    return (ids.thing("device", hashlib.sha256(own).hexdigest()[:16]),)


def _device(capture: Capture) -> p.Device:
    return p.Device(
        kind="virtual-scanner" if capture.technique == VIRTUAL else "",
        name={"en": capture.device},
        serial=capture.device_serial,
    )


def _parameters(run: Run) -> dict[str, p.Json]:
    """Give all that would repeat the run: the recipe's values, the seed, exact or fast."""
    values = _dict(_dict(run.report.get("recipe")).get("parameters"))
    values = {**values, **run.parameters, "exact": run.is_exact}
    if "seed" in run.report:
        values["seed"] = run.report["seed"]
    return {name: value for name, value in values.items() if name}


def _delivery_parameters(run: Run) -> dict[str, p.Json]:
    """Give the one transform through which every model and picture went."""
    used = _dict(run.report.get("upright")).get("used")
    asked = list(asked_for(run))
    return {
        **({"upright": used} if used else {}),
        **({"products": asked} if asked else {}),
    }


def _software(run: Run) -> tuple[p.Software, ...]:
    libraries = _dict(run.report.get("libraries"))
    return tuple(
        p.Software(name, str(version))
        for name, version in sorted(libraries.items())
        if name and version
    )


def _recipe(run: Run) -> str:
    recipe = _dict(run.report.get("recipe"))
    words = (recipe.get("name") or run.recipe, recipe.get("version"))
    return " ".join(str(word) for word in words if word)


def _dict(value: Any) -> dict[str, Any]:
    """Read a part of a report that an older engine may have left out."""
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[dict[str, Any]]:
    return [_dict(one) for one in value] if isinstance(value, list) else []
