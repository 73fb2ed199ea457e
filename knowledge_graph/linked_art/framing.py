"""Write what a graph says of a thing as a Linked Art record, by the tables of forms."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from rdflib import RDF, RDFS, SKOS, Literal, URIRef
from rdflib.term import Node as Term

from knowledge_graph.namespaces import Ids
from knowledge_graph.store_terms import Triple

from .fields import Embed, Field, Form, Label, Link, Number, Refer, Remark, Step, Text
from .forms import RECORDS, TERM, TERM_TYPES

CONTEXT: Final = "https://linked.art/ns/v1/linked-art.json"
MEDIA_TYPE: Final = f'application/ld+json;profile="{CONTEXT}"'
LANGUAGES: Final = ("en", "zh-Hans")  # whose label developers read first

Record = dict[str, Any]


@dataclass(frozen=True)
class Reference:
    """Another thing as a record names it; `equivalent`: the same elsewhere."""

    type: str
    label: str = ""
    equivalent: tuple[URIRef, ...] = ()

    def as_json(self, iri: URIRef) -> Record:
        named: Record = {"id": str(iri), "type": self.type}
        if self.label:
            named["_label"] = self.label
        if self.equivalent:
            named["equivalent"] = [
                {"id": str(same), "type": self.type} for same in self.equivalent
            ]
        return named


Lookup = Callable[[URIRef], Reference | None]


class Facts:
    """Triples, to be asked from either end."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._said: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
        self._of: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
        for subject, predicate, value in triples:
            self._said[subject, predicate].append(value)
            self._of[value, predicate].append(subject)

    def follow(self, node: Term, step: Step) -> list[Term]:
        table = self._of if step.inverse else self._said
        return sorted(set(table.get((node, step.predicate), ())), key=str)

    def classes(self, node: Term) -> set[Term]:
        return set(self._said.get((node, RDF.type), ()))

    def label(self, node: Term) -> str:
        """Give the label that developers read: English where there is one."""
        labels = {
            term.language or "": str(term)
            for kind in (RDFS.label, SKOS.prefLabel)
            for term in self._said.get((node, kind), ())
            if isinstance(term, Literal)
        }
        known = (labels[language] for language in LANGUAGES if language in labels)
        return next(known, "") or next(iter(labels.values()), "")


def type_of(facts: Facts, node: URIRef) -> str:
    """Give the Linked Art type of a thing or term, "" for what the model has not."""
    classes = facts.classes(node)
    if classes & TERM.classes:
        return next(
            (TERM_TYPES[one] for one in TERM_TYPES if one in classes), TERM.type
        )
    return next((form.type for form in RECORDS if classes & form.classes), "")


def frame(
    ids: Ids,
    facts: Facts,
    subject: URIRef,
    lookup: Lookup,
    *,
    form: Form | None = None,
) -> Record | None:
    """Write the record of `subject`; None where Linked Art has no such record.

    form   : how to write it, where the class alone does not tell
    lookup : gives what the record says of other things; None leaves them out
    """
    chosen = form or _form_of(facts.classes(subject))
    if chosen is None:
        return None
    record: Record = {
        "@context": CONTEXT,
        "id": str(subject),
        "type": form.type if form else type_of(facts, subject),
        "_label": facts.label(subject) or str(subject).rsplit("/", 1)[-1],
    }
    return record | _Writer(ids, facts, lookup).fields(subject, chosen)


def _form_of(classes: set[Term]) -> Form | None:
    return next((one for one in (*RECORDS, TERM) if classes & one.classes), None)


@dataclass(frozen=True)
class _Writer:
    ids: Ids
    facts: Facts
    lookup: Lookup

    def fields(self, node: Term, form: Form) -> Record:
        written: Record = dict(form.fixed)
        for field in form.fields:
            values = list(self._values(node, field))
            if values and field.many:
                written.setdefault(field.key, []).extend(values)
            elif values:
                written[field.key] = values[0]
        return written

    def _values(self, node: Term, field: Field) -> Iterator[Any]:
        ends = [node]
        for step in field.path:
            ends = [end for one in ends for end in self.facts.follow(one, step)]
        for end in ends:
            yield from self._value(end, field)

    def _value(self, end: Term, field: Field) -> Iterator[Any]:
        match field.value:
            case Embed(forms):
                yield from self._embedded(end, forms)
            case Refer(types, called) if isinstance(end, URIRef):
                other = self.lookup(end)
                if other is not None and other.type in types:
                    yield replace(other, type=called or other.type).as_json(end)
            case Text() if isinstance(end, Literal):
                yield str(end)
            case Number() if isinstance(end, Literal):
                yield _number(end)
            case Remark() if isinstance(end, Literal):
                yield self._worded("LinguisticObject", end)
            case Label() if isinstance(end, Literal):
                yield self._worded("Name", end)
            case Link():
                yield {"id": str(end), "type": "DigitalObject"}

    def _embedded(self, node: Term, forms: tuple[Form, ...]) -> Iterator[Record]:
        classes = self.facts.classes(node)
        for form in forms:
            if classes & form.classes:
                written = self.fields(node, form)
                if all(key in written for key in form.needs):
                    yield {"type": form.type, **written}

    def _worded(self, kind: str, text: Literal) -> Record:
        node: Record = {"type": kind, "content": str(text)}
        if text.language:
            iri = self.ids.concept("language", text.language)
            language = self.lookup(iri) or Reference("Language", text.language)
            node["language"] = [language.as_json(iri)]
        return node


def _number(value: Literal) -> int | float:
    number = Decimal(str(value))
    return int(number) if number == number.to_integral_value() else float(number)
