"""How well a document answers, as SQL: the same sums as the embedded index makes.

A word weighs by its field, its rarity and the length of what it stands in (BM25, each
word counted once); a facet or a span of years weighs what it weighs; of alternatives the
best counts, and a tenth of the others. Few documents are read leaf by leaf of the question;
which of many meet a leaf is asked of the inverted index (to read their words takes ten
times as long), and kept as the bits of a number or two for each. What is summed from
them stands in columns, layer by layer.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from heritage.search.asked import (
    AllOf,
    AnyOf,
    AtLeast,
    Begins,
    Between,
    Facet,
    Node,
    OneOf,
    Phrase,
    Token,
)
from heritage.search.documents import TEXT_FIELDS

from .compiling import Sql, as_query, condition
from .tables import DOCUMENTS

OTHERS: Final = 0.1  # of what the alternatives to the best one weigh
WHOLE: Final = frozenset({"number", "exact"})
STRONG: Final = WHOLE | {"name_zh", "name_en", "sound"}
BITS: Final = 60  # of a number, which has 63
Rarity = Callable[[str, str], float]  # of a token in a field


@dataclass
class Ranking:
    """The columns of a question; `lateral` follows the tables `d` and `met` in a statement.

    `words` are what all of many documents meet; "" for few.
    """

    rarity: Rarity
    words: str
    layers: list[list[Sql]] = field(default_factory=list)
    _known: dict[Node, tuple[str, int]] = field(default_factory=dict)
    _asked: list[str] = field(default_factory=list)  # of the inverted index

    def column(self, node: Node) -> str:
        """Give the column that holds how well a node is met: 0 where it is not."""
        return self._place(node)[0]

    @property
    def met(self) -> Sql:
        """Select which documents meet which leaves, as bits."""
        if not self._asked:
            return Sql("SELECT NULL::bigint AS id")
        rows = " UNION ALL ".join(
            f"SELECT id, {number // BITS} AS part, {1 << number % BITS}::bigint AS bit "
            f"FROM {DOCUMENTS} WHERE words @@ %s::tsquery"
            for number in range(len(self._asked))
        )
        parts = ", ".join(
            f"coalesce(bit_or(bit) FILTER (WHERE part = {part}), 0) AS m{part}"
            for part in range(-(-len(self._asked) // BITS))
        )
        queries = tuple(f"({self.words}) & {query}" for query in self._asked)
        return Sql(f"SELECT id, {parts} FROM ({rows}) each GROUP BY id", queries)

    @property
    def lateral(self) -> Sql:
        # OFFSET 0 keeps the planner from writing each column out wherever it is used.
        text = "".join(
            f" CROSS JOIN LATERAL (SELECT {', '.join(one.text for one in layer)} OFFSET 0) l{number}"
            for number, layer in enumerate(self.layers)
        )
        values = [v for layer in self.layers for one in layer for v in one.values]
        return Sql(text, tuple(values))

    def _place(self, node: Node) -> tuple[str, int]:
        if node not in self._known:
            self._known[node] = self._add(node)
        return self._known[node]

    def _add(self, node: Node) -> tuple[str, int]:
        if isinstance(node, AllOf | AnyOf | AtLeast):
            places = [self._place(part) for part in node.parts]
            height = 1 + max(height for _name, height in places)
            sql = Sql(_sum(node, [name for name, _height in places]))
        else:
            height, sql = 0, self._leaf(node)
        while len(self.layers) <= height:
            self.layers.append([])
        name = f"s{len(self._known)}"
        self.layers[height].append(Sql(f"({sql.text}) AS {name}", sql.values))
        return name, height

    def _leaf(self, node: Node) -> Sql:
        query = as_query(node) if self.words else None
        met = condition(node, "") if query is None else Sql(self._bit(query))
        return Sql(f"CASE WHEN {met.text} THEN {self._weight(node)} ELSE 0 END", met.values)  # fmt: skip

    def _bit(self, query: str) -> str:
        """Write that a document meets one more leaf."""
        self._asked.append(query)
        part, bit = divmod(len(self._asked) - 1, BITS)
        return f"met.m{part} & {1 << bit}::bigint <> 0"

    def _weight(self, node: Node) -> str:
        match node:
            case Token(name, token, weight):
                return _told(weight * self.rarity(name, token), name)
            case Phrase(name, words, weight):
                return _told(weight * sum(self.rarity(name, w) for w in words), name)
            case OneOf() | Begins() | Facet() | Between():
                return f"{node.weight:.4f}::float8"
        raise TypeError(node)


def best_leaves(node: Node) -> list[list[Node]]:
    """Give the leaves that a document answers best by: its whole name or number, its names."""
    each = [
        [one for one in _leaves(node) if getattr(one, "field", "") in fields]
        for fields in (WHOLE, STRONG)
    ]
    return [leaves for leaves in each if leaves]


def count_leaves(node: Node) -> int:
    return len(set(_leaves(node)))


def tokens_of(node: Node) -> set[tuple[str, str]]:
    """Give field and token of all words that rarity is asked of."""
    found: set[tuple[str, str]] = set()
    for one in _leaves(node):
        if isinstance(one, Token):
            found.add((one.field, one.token))
        elif isinstance(one, Phrase):
            found |= {(one.field, token) for token in one.tokens}
    return found


def _leaves(node: Node) -> Iterator[Node]:
    if isinstance(node, AllOf | AnyOf | AtLeast):
        for part in node.parts:
            yield from _leaves(part)
    else:
        yield node


def _sum(node: AllOf | AnyOf | AtLeast, names: list[str]) -> str:
    both = " + ".join(names)
    if isinstance(node, AllOf):
        return f"CASE WHEN LEAST({', '.join(names)}) > 0 THEN {both} ELSE 0 END"
    if isinstance(node, AnyOf):
        best = f"GREATEST({', '.join(names)})"
        return f"{1 - OTHERS} * {best} + {OTHERS} * ({both})"
    met = " + ".join(f"({name} > 0)::int" for name in names)
    return f"CASE WHEN {met} >= {node.count} THEN {both} ELSE 0 END"


def _told(weight: float, name: str) -> str:
    return f"{weight:.4f}::float8 * d.norms[{TEXT_FIELDS.index(name) + 1}]"
