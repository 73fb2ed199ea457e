"""What every builder shares: the triple, texts in several languages, classes."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from rdflib import RDF, RDFS, Literal, URIRef

from knowledge_graph.namespaces import CRM, part

Term: TypeAlias = URIRef | Literal
Triple: TypeAlias = tuple[URIRef, URIRef, Term]
Triples: TypeAlias = Iterator[Triple]
Texts: TypeAlias = Mapping[str, str]  # {"zh-Hans": "…", "en": "…"}


def is_a(subject: URIRef, *classes: URIRef) -> Triples:
    """Say what `subject` is."""
    for one in classes:
        yield subject, RDF.type, one


def links(
    subject: URIRef, predicate: URIRef, *objects: URIRef | Literal | None
) -> Triples:
    """Link `subject` to every object given; None means not known and says nothing."""
    for one in objects:
        if one is not None:
            yield subject, predicate, one


def texts(subject: URIRef, predicate: URIRef, text: Texts) -> Triples:
    """Say `text` of `subject`, once per language; an empty text says nothing."""
    for language in sorted(text):
        if text[language].strip():
            yield subject, predicate, Literal(text[language], lang=language)


def labels(subject: URIRef, text: Texts) -> Triples:
    """Give `subject` the labels that lists and answers show."""
    return texts(subject, RDFS.label, text)


def note(subject: URIRef, text: Texts) -> Triples:
    """Attach free text that no finer property carries."""
    return texts(subject, CRM.P3_has_note, text)


def document(subject: URIRef, title: Texts) -> Triples:
    """Say that `subject` is documented in a paper of that title."""
    if any(title.values()):
        paper = part(subject, "document")
        yield subject, CRM.P70i_is_documented_in, paper
        yield from is_a(paper, CRM.E31_Document)
        yield from labels(paper, title)
