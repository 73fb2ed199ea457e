"""How immovable heritage becomes triples: no place more exactly than it may be known."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Model, Q

from knowledge_graph import patterns as p
from knowledge_graph.patterns import Triples

from .graph_parts import about, batch_texts, day_span, standing
from .mentions import GraphName, GraphSource, Mentions, verbatim
from .models import SITE_ROWS, FindBatch, Place, Protection, Relic, Site
from .policy import STRANGER, allows
from .whereabouts import shown_place


def build_site(site: Site, says: Mentions) -> Triples:
    ids, subject = says.ids, says.ids.thing("site", site.key)
    known = p.Site(
        site.names,
        kind=site.site_kind,
        level=site.protection_level,
        number=site.register_no,
        part_of=says.iri(site.part_of),
        keeper=says.iri(site.keeper),
        facets=tuple(sorted(row.facet for row in site.facets.all())),
    )
    span = p.Span(site.begin_year, site.end_year, verbatim(site.period_text))
    yield from about(site, says)
    yield from p.site(ids, subject, known)
    yield from p.location(ids, subject, _location(site, says))
    yield from p.origin(ids, subject, p.Origin(says.iri(site.period), span))
    for row in standing(site.protections):
        yield from p.protection(ids, subject, _protection(row, says))


def _location(site: Site, says: Mentions) -> p.Location:
    within = says.iri(site.place) if allows(STRANGER, site, "place") else None
    told = shown_place(site)
    if told is None or not told.is_on_the_map:
        return p.Location(site.names, within)
    return p.Location(
        site.names, within, told.latitude_deg, told.longitude_deg, told.precision_m
    )


def _protection(row: Protection, says: Mentions) -> p.Protection:
    return p.Protection(
        row.key,
        row.protection_level,
        row.code,
        by=says.iri(row.decided_by),
        when=day_span(row.decided_on, row.protected_year),
        batch=batch_texts(row.protection_batch),
        basis=verbatim(row.evidence),
    )


def build_find_batch(batch: FindBatch, says: Mentions) -> Triples:
    ids, subject = says.ids, says.ids.thing("find-batch", batch.key)
    known = p.FindBatch(
        batch.names,
        site=says.iri(batch.site),
        number=batch.number,
        method=batch.method,
        by=says.iri(batch.carried_out_by),
        when=p.Span(batch.begun_on, batch.ended_on),
    )
    yield from about(batch, says)
    yield from p.find_batch(ids, subject, known)


SOURCES: Final = {
    "site": GraphSource(
        Site,
        build_site,
        ("place", "period", "keeper", "part_of"),
        parts=("facets", "protections__decided_by", "identifiers"),
    ),
    "find-batch": GraphSource(
        FindBatch, build_find_batch, ("site", "carried_out_by"), parts=("identifiers",)
    ),
}


def touched_by(row: Model) -> Iterator[GraphName]:
    """Name the graphs that say something of a row."""
    if isinstance(row, SITE_ROWS):
        yield GraphName("site", row.site.key)  # type: ignore[attr-defined]


def finds_of(row: Model) -> Iterator[GraphName]:
    """Name the graphs of finds whose place is told as far as this site lets it."""
    if isinstance(row, Site | FindBatch):
        at = "find_batch__site" if isinstance(row, Site) else "find_batch"
        finds = Relic.objects.filter(**{at: row}, find_place__isnull=False)
        for key in finds.values_list("key", flat=True):
            yield GraphName("relic", key)
    if isinstance(row, Place):
        # How large a place is, and within what it lies, decides what is told of finds.
        within = Q(find_place=row) | Q(find_place__within=row)
        within |= Q(find_place__within__within=row)
        for key in Relic.objects.filter(within).values_list("key", flat=True):
            yield GraphName("relic", key)
