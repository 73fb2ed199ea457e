"""How techniques, motifs and the literature of a relic become triples."""

from rdflib import RDF, Literal, URIRef

from knowledge_graph import patterns as p
from knowledge_graph.namespaces import CRM, part
from knowledge_graph.patterns import Triples

from .mentions import Mentions, verbatim
from .models import Citation, MotifTag, Relic


def build_study(relic: Relic, subject: URIRef, says: Mentions) -> Triples:
    making = p.production_of(subject)
    for row in relic.made_with.all():
        technique = says.ids.concept("technique", row.technique)
        yield making, CRM.P32_used_general_technique, technique
    for tag in relic.motifs.all():
        yield from _motif(tag, subject, says)
    for citation in relic.citations.all():
        yield from _citation(citation, subject)


def _motif(tag: MotifTag, subject: URIRef, says: Mentions) -> Triples:
    """A visual item of this relic, of the motif's type; doubt and evidence as notes."""
    item = part(subject, f"motif-{tag.key}")
    yield subject, CRM.P65_shows_visual_item, item
    yield item, RDF.type, CRM.E36_Visual_Item
    yield item, CRM.P2_has_type, says.ids.concept("motif", tag.motif)
    yield from p.note(item, verbatim(tag.evidence))
    if not tag.is_certain:
        yield from p.note(item, {"zh-Hans": "存疑", "en": "not certain"})


def _citation(citation: Citation, subject: URIRef) -> Triples:
    paper = part(subject, f"source-{citation.key}")
    yield subject, CRM.P70i_is_documented_in, paper
    yield paper, RDF.type, CRM.E31_Document
    for language, text in verbatim(str(citation)).items():
        yield paper, CRM.P3_has_note, Literal(text, lang=language)
