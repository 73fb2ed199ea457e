"""What a form is made of: a key, the way to it through the graph, how it is written."""

from dataclasses import dataclass, field

from rdflib import URIRef


@dataclass(frozen=True)
class Step:
    """One property to follow, against its direction if `inverse`."""

    predicate: URIRef
    inverse: bool = False


@dataclass(frozen=True)
class Text:
    """A literal as a string: a text, a moment, a place as WKT."""


@dataclass(frozen=True)
class Number:
    """A literal as a number."""


@dataclass(frozen=True)
class Remark:
    """A literal as a statement, with its language."""


@dataclass(frozen=True)
class Label:
    """A literal as a name, with its language."""


@dataclass(frozen=True)
class Link:
    """An address, as a digital object that is to be had there."""


@dataclass(frozen=True)
class Refer:
    """Another thing by its IRI; one whose type is not among `types` is left out.

    called : the type to give it here, where it is not its own
    """

    types: frozenset[str]
    called: str = ""


@dataclass(frozen=True)
class Embed:
    """Nodes that belong to the thing, written out; the form follows from the class."""

    forms: tuple["Form", ...]


Value = Text | Number | Remark | Label | Link | Refer | Embed


@dataclass(frozen=True)
class Field:
    """One key of a record. `many`: the value is a list."""

    key: str
    path: tuple[Step, ...]
    value: Value
    many: bool = True


@dataclass(frozen=True)
class Form:
    """A kind of node: its Linked Art type, its classes in the graph, what it may say.

    needs : keys without which it says nothing and is left out
    fixed : what it always says
    """

    type: str
    classes: frozenset[URIRef]
    fields: tuple[Field, ...]
    needs: tuple[str, ...] = ()
    fixed: dict[str, str] = field(default_factory=dict)


def one(key: str, predicate: URIRef, value: Value) -> Field:
    return Field(key, (Step(predicate),), value, many=False)


def each(key: str, predicate: URIRef, value: Value) -> Field:
    return Field(key, (Step(predicate),), value)


def back(key: str, predicate: URIRef, value: Value) -> Field:
    return Field(key, (Step(predicate, inverse=True),), value)


def refer(*types: str) -> Refer:
    return Refer(frozenset(types))
