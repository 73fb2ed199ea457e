"""Order the rows of a JSON answer here, where its keys are variables that it gives.

To compare two IRIs the engine looks both up on disk, each time: ordering a thousand rows
took it longer than finding them. Here every term is read once. What would not be ordered
just as by the engine, and what is long, is left to the engine.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any, Final, cast

import pyoxigraph as ox

from knowledge_graph.query.tokens import Token, read_tokens
from knowledge_graph.results import JSON_ROWS, TRIPLE_TERM
from knowledge_graph.results_json import split_rows

HELD_BYTES: Final = 4 << 20  # of rows in whatever order: some ten thousand
# Of few rows wanted, the engine reads no more than these, and what it compares.
FEW: Final = 200
_END: Final = b"]}}"
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z"
)

Cell = dict[str, str]


@dataclass(frozen=True)
class Order:
    """How a SELECT ends.

    before : the query without its end
    keys : variables, and whether descending
    offset, limit : which of the rows are wanted
    """

    before: str
    keys: tuple[tuple[str, bool], ...]
    offset: int = 0
    limit: int | None = None


def read_order(text: str) -> Order | None:
    """Read ORDER BY, LIMIT and OFFSET at the end; None for none, for other keys, or for few rows."""
    tokens = read_tokens(text)
    start = _last_order(tokens)
    if start is None:
        return None
    rest = list(tokens[start + 2 :])
    keys = []
    while rest and (key := _take_key(rest)):
        keys.append(key)
    cut: dict[str, int] = {}
    while len(rest) >= 2 and _is_cut(rest, cut):
        cut[rest[0].text.upper()] = int(rest[1].text)
        del rest[:2]
    if rest or not keys or cut.get("LIMIT", FEW) < FEW:
        return None
    before = text[: tokens[start].at]
    return Order(before, tuple(keys), cut.get("OFFSET", 0), cut.get("LIMIT"))


def order_rows(
    solutions: ox.QuerySolutions, order: Order, most: int
) -> list[bytes] | None:
    """Give the rows that are wanted, as JSON has them; None where the engine must."""
    names = {variable.value for variable in solutions.variables}
    if not names.issuperset(name for name, _ in order.keys):
        return None
    data = _held(solutions)
    if data is None or TRIPLE_TERM in data:
        return None
    rows = split_rows(data.partition(JSON_ROWS)[2].removesuffix(_END))
    places = _places(json.loads(data)["results"]["bindings"], order.keys)
    if places is None or len(rows) != len(places) or len(rows) > most:
        return None
    end = None if order.limit is None else order.offset + order.limit
    return [rows[place] for place in places[order.offset : end]]


def _last_order(tokens: Sequence[Token]) -> int | None:
    """Say where the last ORDER BY stands; None where a brace comes after it."""
    for at in range(len(tokens) - 1, 0, -1):
        if tokens[at].text == "}":
            return None
        if [one.text.upper() for one in tokens[at - 1 : at + 1]] == ["ORDER", "BY"]:
            return at - 1
    return None


def _take_key(rest: list[Token]) -> tuple[str, bool] | None:
    """Take `?name`, `ASC(?name)` or `DESC(?name)` off the tokens."""
    if rest[0].kind == "variable":
        return rest.pop(0).text[1:], False
    word, *inner = (token.text for token in rest[:4])
    marks = [inner[0], inner[2]] if len(inner) == 3 else []
    is_key = word.upper() in {"ASC", "DESC"} and marks == ["(", ")"]
    if not is_key or rest[2].kind != "variable":
        return None
    del rest[:4]
    return inner[1][1:], word.upper() == "DESC"


def _is_cut(rest: Sequence[Token], known: dict[str, int]) -> bool:
    word, number = rest[0].text.upper(), rest[1].text
    is_new = word in {"LIMIT", "OFFSET"} and word not in known
    return is_new and number.isascii() and number.isdecimal() and len(number) < 16


class _Held:
    """Takes what the engine writes, so long as it is not too much to be held."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size, self.is_full = 0, False

    def write(self, data: bytes) -> int:
        self.size += len(data)
        if self.size > HELD_BYTES:
            self.is_full = True
            raise OSError("too much to be ordered here")
        self.pieces.append(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is passed on."""


def _held(solutions: ox.QuerySolutions) -> bytes | None:
    held = _Held()
    try:
        solutions.serialize(cast(IO[bytes], held), ox.QueryResultsFormat.JSON)
    except (OSError, RuntimeError, ValueError):
        if not held.is_full:
            raise
        return None
    return b"".join(held.pieces)


def _places(
    rows: list[dict[str, Cell]], keys: tuple[tuple[str, bool], ...]
) -> list[int] | None:
    """Say in which order rows come; None where a column has what only the engine orders."""
    places = list(range(len(rows)))
    for name, is_descending in reversed(keys):
        column = _column([row.get(name) for row in rows])
        if column is None:
            return None
        places.sort(key=column.__getitem__, reverse=is_descending)
    return places


def _column(cells: list[Cell | None]) -> list[tuple[int, Any]] | None:
    """Give what cells are compared by: nothing, then IRIs, then literals of one kind."""
    kinds = {_kind(cell) for cell in cells}
    literals = kinds - {"", "uri"}
    if len(literals) > 1 or not literals <= _VALUES.keys():
        return None
    value = _VALUES[literals.pop()] if literals else None
    column: list[tuple[int, Any]] = []
    for cell in cells:
        if cell is None:
            column.append((0, ""))
        elif cell["type"] == "uri":
            column.append((1, cell["value"]))
        elif value and (key := value(cell)) is not None:
            column.append((2, key))
        else:
            return None
    return column


def _kind(cell: Cell | None) -> str:
    if cell is None:
        return ""
    if cell["type"] == "literal":
        return "@" if "xml:lang" in cell else cell.get("datatype", "literal")
    return cell["type"]


def _moment(cell: Cell) -> str | None:
    """Give a time of the usual calendar in UTC: such texts are in the order of time."""
    value = cell["value"]
    return value.removesuffix("Z") if _MOMENT.fullmatch(value) else None


def _number(cell: Cell) -> Decimal | None:
    """Give a number that is written as one; what is not, is no number to the engine."""
    value = cell["value"]
    return Decimal(value) if _NUMBER.fullmatch(value) else None


_VALUES: Final[dict[str, Callable[[Cell], Any]]] = {
    "literal": lambda cell: cell["value"],
    "@": lambda cell: (cell["value"], cell["xml:lang"]),
    f"{_XSD}integer": _number,
    f"{_XSD}decimal": _number,
    f"{_XSD}dateTime": _moment,
}
