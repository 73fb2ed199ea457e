"""Everything the graph engine raises on purpose: one class per cause.

Each carries a stable `code`, the `facts`, an HTTP `status` for whoever serves it, and an
English `sentence`; a museum translates by code and facts.
"""

Fact = str | int | float


class GraphError(Exception):
    """Base of everything knowledge_graph raises on purpose."""

    code = "graph-error"
    status = 500
    sentence = "The knowledge graph failed."

    def __init__(self, **facts: Fact) -> None:
        super().__init__(self.sentence.format(**facts))
        self.facts = facts


class StoreInUse(GraphError):
    code = "store-in-use"
    sentence = (
        "Another process writes the store in {folder}. Only one may: stop the other "
        "projector, or point this one at a folder of its own."
    )


class TermRefused(GraphError):
    code = "term-refused"
    sentence = "Graph {graph} holds a term that cannot be stored: {reason}."


class NothingPublished(GraphError):
    code = "nothing-published"
    status = 503
    sentence = "No snapshot has been published in {folder} yet. Start the projector."


class SnapshotMissing(GraphError):
    code = "snapshot-missing"
    status = 503
    sentence = (
        "The pointer in {folder} names snapshot {number}, which is not there. "
        "Publish again, or rebuild the graph."
    )


class RemoteStoreFailed(GraphError):
    code = "remote-store-failed"
    status = 503
    sentence = "The graph engine at {url} refused {action}: {reason}."


class QueryError(GraphError):
    """Base of what a query can end in, other than an answer."""

    code = "query-failed"
    sentence = "The query failed."


class QueryTimedOut(QueryError):
    code = "query-timed-out"
    status = 504
    sentence = (
        "The query was stopped after {limit_s} seconds. "
        "Bind more terms, or ask for less at a time."
    )


class QueryServiceDown(QueryError):
    code = "query-service-down"
    status = 503
    sentence = "The query process does not answer at {address}."


class QueryRefused(QueryError):
    """Base of refusals: the query was not run, or its answer is not given out."""

    code = "query-refused"
    status = 400
    sentence = "The query was refused."


class MalformedQuery(QueryRefused):
    code = "malformed-query"
    sentence = "The query cannot be read at line {line}, column {column}: {reason}."


class NotAQuery(QueryRefused):
    code = "not-a-query"
    sentence = (
        "A query starts with SELECT, ASK, CONSTRUCT or DESCRIBE after its prefixes; "
        "this one starts with {start}."
    )


class UpdateRefused(QueryRefused):
    code = "update-refused"
    sentence = "{keyword} is an update, and this graph is changed by its museum only."


class ServiceRefused(QueryRefused):
    code = "service-refused"
    sentence = "SERVICE is refused: queries may not make this machine call another one."


class TooDeep(QueryRefused):
    """Each level takes of the engine's stack, whose end nobody can catch."""

    code = "too-deep"
    sentence = "The query is nested more than {limit} levels deep."


class WordsNotRead(QueryRefused):
    code = "words-not-read"
    sentence = (
        "The search service takes one pattern: "
        '{{ ?thing vocab:matches "words" }} or '
        '{{ ?thing vocab:matches "words" ; vocab:limit 50 }}.'
    )


class TooManySearches(QueryRefused):
    code = "too-many-searches"
    sentence = "A query may call the search service {limit} times."


class QueryTooLong(QueryRefused):
    code = "query-too-long"
    status = 413
    sentence = "The query is longer than {limit_bytes} bytes."


class TooManyAtOnce(QueryRefused):
    code = "too-many-at-once"
    status = 429
    sentence = "You have {limit} queries running. Wait for one of them to end."


class OverBudget(QueryRefused):
    code = "over-budget"
    status = 429
    sentence = "Your query time is used up. Try again in {retry_after_s} seconds."


class ReadersBusy(QueryRefused):
    code = "readers-busy"
    status = 503
    sentence = "All query readers are busy. Try again in {retry_after_s} seconds."


class NotAcceptable(QueryRefused):
    code = "not-acceptable"
    status = 406
    sentence = "{form} is answered as {offered}; none of these was asked for."


class AnswerTooLarge(QueryRefused):
    code = "answer-too-large"
    status = 500
    sentence = "The answer is larger than {limit_bytes} bytes. Ask for fewer columns or add LIMIT."


class QueryOutOfMemory(QueryRefused):
    code = "query-out-of-memory"
    status = 500
    sentence = (
        "The query needed more than {limit_bytes} bytes of memory and was stopped. "
        "Bind more terms, or leave out ORDER BY, DISTINCT or GROUP BY."
    )


class QueryCrashed(QueryRefused):
    code = "query-crashed"
    status = 500
    sentence = (
        "The process that ran the query died ({cause}). Another has taken its place."
    )


class EvaluationFailed(QueryRefused):
    code = "evaluation-failed"
    status = 500
    sentence = "The query could not be evaluated: {reason}."


def refusal(code: str, facts: dict[str, Fact]) -> GraphError:
    """Rebuild an error from what came over a wire."""
    return _BY_CODE[code](**facts)


def _family(base: type[GraphError]) -> dict[str, type[GraphError]]:
    found = {base.code: base}
    for kind in base.__subclasses__():
        found.update(_family(kind))
    return found


_BY_CODE = _family(GraphError)
