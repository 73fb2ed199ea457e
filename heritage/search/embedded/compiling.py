"""Write what is wanted as tantivy has it."""

import re
from typing import Final

import tantivy
from tantivy import Occur, Query

from heritage.search.asked import (
    AllOf,
    AnyOf,
    AtLeast,
    Begins,
    Between,
    Facet,
    Near,
    Node,
    OneOf,
    Phrase,
    Token,
)
from heritage.search.documents import PUBLIC, SAMPLES
from heritage.search.wanted import Sight, Wanted

from .schema import FIRST, LAST

# The engine's patterns take a backslash before these alone: `re.escape` writes more.
_SPECIAL: Final = re.compile(r"[\\.+*?()|\[\]{}^$]")
_ESCAPED: Final = r"\\\g<0>"


def compile_wanted(wanted: Wanted, schema: tantivy.Schema) -> Query:
    """Write all of what is wanted: the node alone gives scores."""
    parts = [(Occur.Must, _silent(_sight(wanted.sight, schema)))]
    if wanted.node is not None:
        parts.append((Occur.Must, compile_node(wanted.node, schema)))
    for one in wanted.filters:
        parts.append((Occur.Must, _silent(compile_node(one, schema))))
    if wanted.changed_since is not None:
        parts.append((Occur.Must, _silent(_changed(wanted.changed_since, schema))))
    if wanted.hidden:
        names = [str(name) for name in wanted.hidden]
        parts.append((Occur.MustNot, Query.term_set_query(schema, "id", names)))
    if wanted.samples < SAMPLES:
        chosen = [str(n) for n in range(wanted.samples)]
        share = Query.term_set_query(schema, "sample", chosen)
        parts.append((Occur.Must, _silent(share)))
    return Query.boolean_query(parts)


def _sight(sight: Sight, schema: tantivy.Schema) -> Query:
    inside = Query.term_set_query(schema, "tier", list(sight.inside))
    if sight.elsewhere is None:
        return inside
    public = Query.term_query(schema, "tier", PUBLIC, "basic")
    theirs = compile_node(Facet("collection", sight.elsewhere), schema)
    outside = Query.boolean_query([(Occur.Must, public), (Occur.MustNot, theirs)])
    return Query.boolean_query([(Occur.Should, inside), (Occur.Should, outside)])


def _changed(since: int, schema: tantivy.Schema) -> Query:
    kind = tantivy.FieldType.Unsigned
    return Query.range_query(schema, "changed", kind, max(0, since))


def _silent(query: Query) -> Query:
    """Let it decide what is found, and not what comes first."""
    return Query.const_score_query(query, 0.0)


def compile_node(node: Node, schema: tantivy.Schema) -> Query:
    """Write a question as tantivy has it."""
    match node:
        case Token(field, token, weight):
            return _weighed(Query.term_query(schema, field, token, "freq"), weight)
        case OneOf(field, tokens, weight):
            found = Query.term_set_query(schema, field, sorted(tokens))
            return Query.const_score_query(found, weight)
        case Begins(field, start, weight):
            pattern = f"{_SPECIAL.sub(_ESCAPED, start)}.*"
            found = Query.regex_query(schema, field, pattern)
            return _weighed(found, weight)
        case Phrase(field, tokens, weight):
            return _weighed(Query.phrase_query(schema, field, list(tokens)), weight)
        case Near(field, token, weight):
            return _weighed(Query.fuzzy_term_query(schema, field, token, 1), weight)
        case Facet(name, values, weight):
            found = Query.term_set_query(schema, f"f_{name}", sorted(values))
            return Query.const_score_query(found, weight)
        case Between():
            return Query.const_score_query(_years(node, schema), node.weight)
        case AllOf(parts):
            each = [(Occur.Must, compile_node(part, schema)) for part in parts]
            return Query.boolean_query(each)
        case AnyOf(parts):
            best = [compile_node(part, schema) for part in parts]
            return Query.disjunction_max_query(best, 0.1)
        case AtLeast(count, parts):
            some = [(Occur.Should, compile_node(part, schema)) for part in parts]
            return Query.boolean_query(some, count)


def _weighed(query: Query, weight: float) -> Query:
    return query if weight == 1.0 else Query.boost_query(query, weight)


def _years(asked: Between, schema: tantivy.Schema) -> Query:
    high_of, low_of = (LAST, FIRST) if asked.whole else (FIRST, LAST)
    limits = []
    if asked.end is not None:
        limits.append(_range(schema, high_of, None, asked.end))
    if asked.begin is not None:
        limits.append(_range(schema, low_of, asked.begin, None))
    if not limits:
        limits.append(Query.exists_query(FIRST))
    return Query.boolean_query([(Occur.Must, limit) for limit in limits])


def _range(
    schema: tantivy.Schema, name: str, low: int | None, high: int | None
) -> Query:
    kind = tantivy.FieldType.Integer
    return Query.range_query(schema, name, kind, low, high)
