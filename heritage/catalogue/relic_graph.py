"""How a relic becomes triples: what it is now, and the acts that made it so."""

from typing import cast

from django.db.models import CharField, Model
from django.utils.translation import override
from rdflib import URIRef

from knowledge_graph import patterns as p
from knowledge_graph.namespaces import CRM, part
from knowledge_graph.patterns import Triples
from knowledge_graph.patterns.measure import Origin

from .graph_parts import about, day_span, exact, span_of, standing, year_span
from .mentions import Mentions, verbatim
from .models import Dimension, Relic
from .study_graph import build_study
from .whereabouts import shown_find_place


def build_relic(relic: Relic, says: Mentions) -> Triples:
    ids, subject = says.ids, says.ids.thing("relic", relic.key)
    materials = tuple(sorted(row.material for row in relic.materials.all()))
    kind = p.Kind(
        relic.category, relic.material_form, relic.count_kind, relic.mass_range
    )
    yield from about(relic, says, licence=relic.rights)
    yield from p.relic(ids, subject, kind)
    yield from _names(relic, subject, says)
    yield from _numbers(relic, subject, says)
    yield from _gradings(relic, subject, says)
    yield from p.materials(ids, subject, materials)
    yield from p.count(ids, subject, relic.actual_count)
    if relic.traditional_count is not None:
        unit = verbatim(f"{relic.traditional_count} {relic.count_unit}".strip())
        yield from p.traditional_count(ids, subject, relic.traditional_count, unit)
    yield from p.custody(subject, _custody(relic, says))
    yield from p.production(ids, subject, _production(relic, says))
    yield from _other_opinions(relic, subject, says)
    yield from _acquisition(relic, subject, says)
    yield from _conditions(relic, subject, says)
    yield from _treatments(relic, subject, says)
    yield from _themes(relic, subject, says)
    yield from build_study(relic, subject, says)
    for row in relic.dimensions.all():
        yield from p.dimension(ids, subject, dimension_of(row))


def dimension_of(
    row: Dimension, *, mesh: URIRef | None = None, run: URIRef | None = None
) -> p.Dimension:
    """Give a dimension as the graph takes it; a scan's mesh and run are added above."""
    return p.Dimension(
        row.kind,
        exact(row.value),
        row.unit,
        uncertainty=None if row.uncertainty is None else exact(row.uncertainty),
        origin=cast(Origin, row.origin),
        text=verbatim(row.literal),
        mesh=mesh,
        run=run,
    )


def _production(relic: Relic, says: Mentions) -> p.Production:
    period, maker = says.iri(relic.period), says.iri(relic.maker)
    span = p.Span(relic.begin_year, relic.end_year, verbatim(relic.period_text))
    return p.Production(
        periods=(period,) if period else (),
        makers=(maker,) if maker else (),
        place=says.iri(relic.made_at),
        when=span,
    )


def _acquisition(relic: Relic, subject: URIRef, says: Mentions) -> Triples:
    if not relic.source:
        return
    got = p.Acquisition(
        relic.source,
        receiver=says.iri(relic.holder),
        when=year_span(relic.acquired_year),
        found_at=_found_at(relic, says),
    )
    yield from p.acquisition(says.ids, subject, got)
    collector = says.iri(relic.collector)
    if collector is not None:
        yield part(subject, "acquisition"), CRM.P14_carried_out_by, collector
    if relic.acquired_range:
        kind = says.ids.concept("acquired-range", relic.acquired_range)
        yield part(subject, "acquisition"), CRM.P2_has_type, kind


def _found_at(relic: Relic, says: Mentions) -> URIRef | None:
    if relic.find_batch is not None:
        says.add(relic.find_batch.site)  # which decides how much of the place is told
    return says.iri(shown_find_place(relic))


def _conditions(relic: Relic, subject: URIRef, says: Mentions) -> Triples:
    checks = standing(relic.conditionchecks)
    for act in checks:
        seen = p.Condition(
            act.key,
            act.completeness,
            act.preservation,
            verbatim(act.completeness_note),
            says.iri(act.decided_by),
            day_span(act.decided_on),
        )
        yield from p.condition(says.ids, subject, seen)
    remark = verbatim(relic.completeness_note)
    if not checks and (relic.completeness or relic.preservation or remark):
        seen = p.Condition(
            completeness=relic.completeness,
            preservation=relic.preservation,
            remark=remark,
        )
        yield from p.condition(says.ids, subject, seen)


def _treatments(relic: Relic, subject: URIRef, says: Mentions) -> Triples:
    for act in standing(relic.treatments):
        done = p.Treatment(
            act.key,
            act.treatment,
            verbatim(act.substances),
            says.iri(act.decided_by),
            span_of(act.decided_on, act.ended_on),
        )
        yield from p.treatment(says.ids, subject, done)


def _names(relic: Relic, subject: URIRef, says: Mentions) -> Triples:
    """The name that holds, and each other one: original, former, also used."""
    yield from p.names(says.ids, subject, relic.names)
    others = [(row.type, {row.language: row.name}) for row in relic.other_names.all()]
    others += [("original", verbatim(relic.original_name))]
    for act in standing(relic.namings)[:-1]:
        texts = {"zh-Hans": act.name_zh, "en": act.name_en}
        others += [("former", texts)]
    others.sort(key=lambda one: (one[0], sorted(one[1].items())))
    for number, (kind, texts) in enumerate(others, start=1):
        key = f"name-{kind}-{number}"
        yield from p.other_names(says.ids, subject, texts, kind=kind, key=key)


def _numbers(relic: Relic, subject: URIRef, says: Mentions) -> Triples:
    own = p.Identifier(relic.register_no, relic.register_type, preferred=True)
    further = [p.Identifier(row.number, row.type) for row in relic.numbers.all()]
    others = [
        p.Identifier(row.identifier, row.type, "identifier-type")
        for row in relic.identifiers.all()
    ]
    for number in (own, *further, *others):
        yield from p.identifier(says.ids, subject, number)


def _gradings(relic: Relic, subject: URIRef, says: Mentions) -> Triples:
    """Each grading that stands; `classified/grade` is always the one that holds."""
    acts = standing(relic.gradings)
    if not acts:
        yield from p.grading(says.ids, subject, grade=relic.grade)
    for act in acts:
        yield from p.grading(
            says.ids,
            subject,
            grade=act.grade,
            key="grade" if act is acts[-1] else f"grade-{act.key}",
            by=says.iri(act.decided_by),
            when=day_span(act.decided_on),
            basis=verbatim(act.evidence),
        )


def _custody(relic: Relic, says: Mentions) -> p.Custody:
    former = (says.iri(act.holder) for act in standing(relic.custodychanges))
    keeper = says.iri(relic.holder)
    others = dict.fromkeys(one for one in former if one and one != keeper)
    return p.Custody(keeper=keeper, former_keepers=tuple(others))


def _other_opinions(relic: Relic, subject: URIRef, says: Mentions) -> Triples:
    """What others held of period and maker, beside what the making now says (P13)."""
    making = p.production_of(subject)
    opinions = [
        (act, act.period, "dating") for act in standing(relic.datingopinions)[:-1]
    ]
    opinions += [
        (act, act.maker, "authorship")
        for act in standing(relic.attributionopinions)[:-1]
    ]
    for act, record, kind in opinions:
        value = says.iri(record)
        if value is not None:
            said = p.Attribution(
                act.key,
                value,
                kind,
                by=says.iri(act.decided_by),
                when=day_span(act.decided_on),
                basis=verbatim(act.evidence),
            )
            yield from p.attribution(says.ids, making, said)


def _themes(relic: Relic, subject: URIRef, says: Mentions) -> Triples:
    """Themes, the set it belongs to, and what only books and rubbings have."""
    for row in relic.facets.all():
        yield subject, CRM.P2_has_type, says.ids.concept("facet", row.facet)
    whole = says.iri(relic.part_of)
    if whole is not None:
        yield subject, CRM.P46i_forms_part_of, whole
    batch = says.iri(relic.find_batch)
    if batch is not None:
        yield from p.found_in(subject, batch)
    yield from p.note(subject, verbatim(relic.size_text))
    for name in ("book", "rubbing", "underwater"):
        details = getattr(relic, name, None)
        if details is not None:
            yield from _remarks(details, subject)


def _remarks(row: Model, subject: URIRef) -> Triples:
    """Say each text field of a row as a note, with the field's Chinese name."""
    with override("zh-hans"):
        for field in row._meta.fields:
            text = getattr(row, field.name)
            if isinstance(field, CharField) and text:
                yield from p.note(subject, {"zh-Hans": f"{field.verbose_name}：{text}"})
