"""Evaluate one query on a store and write its answer: what a reader process does.

Also what the W3C suites are run through.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import pyoxigraph as ox

from knowledge_graph.errors import EvaluationFailed, MalformedQuery
from knowledge_graph.graph_state import GraphState
from knowledge_graph.query.check import Shape, check_query
from knowledge_graph.query.ordering import order_rows, read_order
from knowledge_graph.query.reading import Reading, read_query
from knowledge_graph.results import (
    Links,
    Sink,
    write_boolean,
    write_graph,
    write_rows,
    write_solutions,
)
from knowledge_graph.results_negotiation import JSON, OFFERED, Form, not_acceptable

_POSITION = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
# What the engine says in words, among the tokens that it would have taken.
_IN_WORDS = re.compile(r"[A-Z][a-z]+ [^,\[\]\"']+|IRI parsing failed")

Item = TypeVar("Item")
Results = ox.QuerySolutions | ox.QueryBoolean | Iterable[ox.Triple]


@dataclass(frozen=True)
class Question:
    """A query and how it is to be answered."""

    text: str
    media_type: str
    rows: int  # solutions or triples given out; one more is looked for
    # From the protocol's default-graph-uri and named-graph-uri: they override FROM.
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    base_iri: str | None = None
    union: bool = True  # where nothing is said, query all named graphs as one
    truncation_link: str = ""  # goes into the head of a truncated JSON or XML answer
    state: GraphState | None = None  # which the answer says that it came from
    state_address: str = ""  # of the page on a state, less its serial number

    @property
    def links(self) -> Links:
        """Give the links for the head of an answer."""
        state: tuple[str, ...] = ()
        if self.state is not None and self.state_address:
            state = (f"{self.state_address}{self.state.serial}",)
        more = (self.truncation_link,) if self.truncation_link else ()
        return Links(state, (*state, *more))


@dataclass(frozen=True)
class Outcome:
    """What was written."""

    form: Form
    rows: int
    truncated: bool
    notes: tuple[str, ...] = ()  # how the query was read, where not as it stands
    repeatable: bool = True  # asked again of the same graph, it has the same answer

    def header(self, media_type: str) -> dict[str, object]:
        """Give what an answer says about itself."""
        return {"media_type": media_type, **vars(self)}


def evaluate(store: ox.Store, question: Question, out: Sink) -> Outcome:
    """Write the answer to `out`.

    Raises a `QueryRefused` for a text that is refused or cannot be read, a media type
    that the form has not, or an evaluation that fails.
    """
    shape = check_question(question)
    reading = read_question(question, shape)
    try:
        as_read = question
        if reading.text != question.text:
            as_read = replace(question, text=reading.text)
        outcome = _answer(store, as_read, shape, out)
    except MalformedQuery:
        if reading.text == question.text:
            raise
        # The other reading does not fit into this place of the query, or the query was
        # malformed before: its author is told of his own text.
        reading = reading.given_up(question.text)
        outcome = _answer(store, question, shape, out)
    return replace(outcome, notes=reading.notes, repeatable=shape.repeatable)


def check_question(question: Question) -> Shape:
    """Give the query's shape; raises a `QueryRefused` before anything is run."""
    shape = check_query(question.text)
    if question.media_type not in OFFERED[shape.form]:
        raise not_acceptable(shape.form)
    return shape


def read_question(question: Question, shape: Shape) -> Reading:
    """Say how the query is to be run on what the graph states."""
    is_whole = not (
        shape.has_dataset or question.default_graphs or question.named_graphs
    )
    return read_query(question.text, whole=is_whole and question.union)


def write_results(
    results: Results, question: Question, shape: Shape, out: Sink
) -> Outcome:
    """Write at most `question.rows` of the results, and say if there were more."""
    try:
        return _write(results, question, shape, out)
    except (OSError, RuntimeError, ValueError) as error:
        raise EvaluationFailed(reason=str(error)) from error


def _answer(store: ox.Store, question: Question, shape: Shape, out: Sink) -> Outcome:
    ordered = _answer_ordered(store, question, shape, out)
    if ordered is not None:
        return ordered
    return write_results(_query(store, question, shape), question, shape, out)


def _answer_ordered(
    store: ox.Store, question: Question, shape: Shape, out: Sink
) -> Outcome | None:
    """Have rows found by the engine and order them here; None where it is to do both."""
    if question.media_type != JSON or shape.form != "SELECT":
        return None
    order = read_order(question.text)
    if order is None:
        return None
    try:
        found = _query(store, replace(question, text=order.before), shape)
    except MalformedQuery:  # of which the author is told in the whole of his text
        return None
    if not isinstance(found, ox.QuerySolutions):
        return None
    names = [variable.value for variable in found.variables]
    try:
        rows = order_rows(found, order, question.rows)
    except (OSError, RuntimeError, ValueError) as error:
        raise EvaluationFailed(reason=str(error)) from error
    if rows is None:
        return None
    told = write_rows(names, rows, out, links=question.links)
    return Outcome(shape.form, told.rows, told.truncated)


def _query(store: ox.Store, question: Question, shape: Shape) -> Results:
    try:
        if question.default_graphs or question.named_graphs:
            return store.query(
                question.text,
                base_iri=question.base_iri,
                default_graph=[ox.NamedNode(iri) for iri in question.default_graphs],
                named_graphs=[ox.NamedNode(iri) for iri in question.named_graphs],
            )
        return store.query(
            question.text,
            base_iri=question.base_iri,
            # The engine would let the union win over FROM.
            use_default_graph_as_union=question.union and not shape.has_dataset,
        )
    except SyntaxError as error:
        raise _malformed(str(error), question.text, shape) from error
    except ValueError as error:
        raise MalformedQuery(line=1, column=1, reason=str(error)) from error
    except (OSError, RuntimeError) as error:
        raise EvaluationFailed(reason=str(error)) from error


def _write(results: Results, question: Question, shape: Shape, out: Sink) -> Outcome:
    if isinstance(results, ox.QueryBoolean):
        links = question.links.whole
        write_boolean(bool(results), question.media_type, out, links=links)
        return Outcome(shape.form, 1, truncated=False)
    if isinstance(results, ox.QuerySolutions):
        told = write_solutions(
            results,
            question.media_type,
            out,
            most=question.rows,
            links=question.links,
        )
        return Outcome(shape.form, told.rows, told.truncated)
    triples = _Limited(results, question.rows)
    remark = question.state.remark if question.state else ""
    write_graph(
        triples, question.media_type, out, prefixes=shape.prefixes, remark=remark
    )
    return Outcome(shape.form, triples.given, triples.truncated)


class _Limited(Generic[Item]):
    """So many of the results; `truncated` when one more was there."""

    def __init__(self, results: Iterable[Item], most: int) -> None:
        self._results, self._most = iter(results), most
        self.given, self.truncated = 0, False

    def __iter__(self) -> Iterator[Item]:
        for one in self._results:
            if self.given == self._most:
                self.truncated = True
                return
            self.given += 1
            yield one


def _malformed(message: str, text: str, shape: Shape) -> MalformedQuery:
    """Turn the engine's message into a sentence: it may list a hundred tokens."""
    if shape.undeclared is not None:
        prefix, at = shape.undeclared
        line, column = _position(text, at)
        reason = f"the prefix {prefix} is not declared"
        return MalformedQuery(line=line, column=column, reason=reason)
    match = _POSITION.match(message)
    if match is None:
        return MalformedQuery(line=1, column=1, reason=message)
    line, column = int(match[1]), int(match[2])
    words = _IN_WORDS.search(match[3])
    reason = words.group().strip() if words else _unexpected(text, line, column)
    return MalformedQuery(line=line, column=column, reason=reason)


def _position(text: str, at: int) -> tuple[int, int]:
    before = text[:at].split("\n")
    return len(before), len(before[-1]) + 1


def _unexpected(text: str, line: int, column: int) -> str:
    """Show what stands around a place where the engine gave up."""
    lines = text.split("\n")[:line]
    before = "\n".join([*lines[:-1], lines[-1][: column - 1]]).split()
    after = lines[-1][column - 1 :].split()
    place = f'after "{" ".join(before[-2:])[-40:]}"' if before else "at the start"
    return (
        f'unexpected "{after[0][:40]}" {place}'
        if after
        else f"something is missing {place}"
    )
