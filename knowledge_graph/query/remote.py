"""Ask a remote engine over the SPARQL 1.1 Protocol, through the interface of `client.py`.

The engine's answer is read row by row and written again here, so that checks, row limit,
truncation and formats are those of the query process. What an engine does after we have
hung up is its own affair: give it a time limit of its own too.
"""

import http.client
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import IO, cast
from urllib.parse import urlencode

import pyoxigraph as ox

from knowledge_graph.errors import (
    EvaluationFailed,
    MalformedQuery,
    QueryServiceDown,
    QueryTimedOut,
)
from knowledge_graph.graph_state import GraphState
from knowledge_graph.query.accounts import Accounts
from knowledge_graph.query.check import Shape
from knowledge_graph.query.client import Answer
from knowledge_graph.query.evaluate import (
    Outcome,
    Question,
    Results,
    check_question,
    read_question,
    write_results,
)
from knowledge_graph.query.limits import Limits
from knowledge_graph.query.spool import INLINE_BYTES, Spool
from knowledge_graph.results_negotiation import JSON, N_TRIPLES
from knowledge_graph.store_http import Call, Response
from knowledge_graph.store_remote import without_password


class RemoteQueryClient:
    """Asks the engine whose query endpoint is `url`; limits hold within this process."""

    def __init__(
        self,
        url: str,
        limits: Limits | None = None,
        state: Callable[[], GraphState | None] = lambda: None,
    ) -> None:
        """state : gives what was published last, which the engine does not know"""
        self._url = url
        self._limits = limits or Limits()
        self._state = state
        self._accounts = Accounts(self._limits)

    def ask(
        self,
        text: str,
        *,
        media_type: str,
        client: str,
        timeout_s: float | None = None,
        default_graphs: tuple[str, ...] = (),
        named_graphs: tuple[str, ...] = (),
        base_iri: str | None = None,
        truncation_link: str = "",
        state_address: str = "",
    ) -> Answer:
        question = Question(
            text,
            media_type,
            rows=self._limits.rows,
            default_graphs=default_graphs,
            named_graphs=named_graphs,
            base_iri=base_iri,
            truncation_link=truncation_link,
            state=self._state(),
            state_address=state_address,
        )
        self._limits.check_length(text)
        shape = check_question(question)
        limit_s = self._limits.time_for(timeout_s)
        started = time.monotonic()
        self._accounts.admit(client)
        try:
            return self._answer(question, shape, limit_s)
        finally:
            self._accounts.settle(client, time.monotonic() - started)

    def check(self, client: str) -> None:
        self._accounts.check(client)

    def bill(self, client: str, seconds: float) -> None:
        self._accounts.bill(client, seconds)

    def _answer(self, question: Question, shape: Shape, limit_s: float) -> Answer:
        spool = Spool(self._limits.answer_bytes)
        started = time.monotonic()
        try:
            header = self._fill(spool, question, shape, limit_s)
        except BaseException:
            spool.close()
            raise
        seconds = round(time.monotonic() - started, 6)
        about = {
            **header,
            "snapshot": "",
            "state": question.state and vars(question.state),
            "size": spool.size,
            "seconds": seconds,
        }
        if spool.size > INLINE_BYTES:
            return Answer(about, spool.rewound())
        data = spool.rewound().read()
        spool.close()
        return Answer(about, data)

    def _fill(
        self, spool: Spool, question: Question, shape: Shape, limit_s: float
    ) -> dict[str, object]:
        reading = read_question(question, shape)
        read = replace(question, text=reading.text)
        try:
            outcome = self._fetch(spool, read, shape, limit_s)
        except MalformedQuery:
            if reading.text == question.text:
                raise
            reading = reading.given_up(question.text)
            outcome = self._fetch(spool, question, shape, limit_s)
        return replace(outcome, notes=reading.notes).header(question.media_type)

    def _fetch(
        self, spool: Spool, question: Question, shape: Shape, limit_s: float
    ) -> Outcome:
        address = without_password(self._url)
        try:
            with Response(self._call(question, shape), limit_s) as response:
                _check(response, address)
                return _copy(response, question, shape, spool)
        except TimeoutError as error:
            raise QueryTimedOut(limit_s=limit_s) from error
        except (OSError, http.client.HTTPException) as error:
            raise QueryServiceDown(address=address) from error

    def _call(self, question: Question, shape: Shape) -> Call:
        text = question.text
        if question.base_iri:
            text = f"BASE <{question.base_iri}>\n{text}"
        fields = [
            ("query", text),
            *(("default-graph-uri", iri) for iri in question.default_graphs),
            *(("named-graph-uri", iri) for iri in question.named_graphs),
        ]
        headers = {
            "Accept": JSON if shape.form in {"SELECT", "ASK"} else N_TRIPLES,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return Call("POST", self._url, body=urlencode(fields).encode(), headers=headers)


def _copy(
    response: Response, question: Question, shape: Shape, spool: Spool
) -> Outcome:
    """Write the engine's answer anew.

    What goes wrong below the parser comes out of it as a message, its cause lost.
    """
    try:
        return write_results(_parse(response, shape), question, shape, spool)
    except (EvaluationFailed, OSError, SyntaxError, ValueError) as error:
        if spool.refusal is not None:
            raise spool.refusal from error
        if response.timed_out:
            raise TimeoutError from error
        raise EvaluationFailed(reason=str(error)) from error


def _check(response: Response, url: str) -> None:
    if response.status == 200:
        return
    reason = response.read(400).decode(errors="replace").strip() or "no reason given"
    if response.status == 400:
        raise MalformedQuery(line=1, column=1, reason=reason)
    if response.status in {502, 503}:
        raise QueryServiceDown(address=url)
    raise EvaluationFailed(reason=f"{response.status} {reason}")


def _parse(response: Response, shape: Shape) -> Results:
    if shape.form in {"SELECT", "ASK"}:
        return ox.parse_query_results(
            cast(IO[bytes], response), ox.QueryResultsFormat.JSON
        )
    return _triples(response)


def _triples(response: Response) -> Iterator[ox.Triple]:
    for quad in ox.parse(cast(IO[bytes], response), ox.RdfFormat.N_TRIPLES):
        yield quad.triple
