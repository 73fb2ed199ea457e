"""Read one row by a mapping: values by field, doubts about what was not clear.

Nothing here asks the database but for vocabularies, which are in memory.
"""

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from heritage.catalogue.identifiers import fault_of, normalise
from heritage.catalogue.models import Relic, RelicName
from heritage.catalogue.models.dated import read
from heritage.catalogue.models.relic import Rights
from heritage.catalogue.rules import PRIVATE_FIELDS
from heritage.catalogue.vocabularies import load
from knowledge_graph.vocabulary import Vocabulary

from .fields import fields
from .mapping import Column, Plan
from .reading import Reading
from .size_cells import NUMBER, read_dimension, read_size_text
from .staging import Staged
from .terms import find_term, fold, propose_term, terms_within

ESCAPED: Final = re.compile(r"'[=+\-@'\t\r]")
_COUNT: Final = re.compile(r"\d+")
_SHORT_SPAN: Final = re.compile(r"(\d{3,4})\s*[-–—]\s*(\d{1,2})")
_YEAR: Final = re.compile(r"-?\d{1,7}(?!\d)")


def read_row(plan: Plan, row: Staged) -> Reading:
    """Apply a mapping to a row."""
    said = Reading(identifier_of(plan, row))
    for column in plan.columns:
        text = cell_text(plan, column, row)
        if text:
            kind = "text" if column.exact else column.field.kind
            _READ[kind](column, text, row, said)
    for key, value in plan.constants.items():
        said.values.setdefault(key, value)
    # Of several fields that one column becomes, that which fewer may see.
    private_last = sorted(plan.columns, key=lambda c: c.to in PRIVATE_FIELDS[Relic])
    used = {name: column.to for column in private_last for name in column.source}
    for name in row.formulas:
        if name in used:
            said.doubt("formula", used[name], row.cells[name])
    return said


def identifier_of(plan: Plan, row: Staged) -> str:
    parts = [row.cells.get(name, "") for name in plan.identifier]
    return " / ".join(part for part in parts if part)[:200]


def cell_text(plan: Plan, column: Column, row: Staged) -> str:
    """Give what a column says of its field: the first of its sources that says anything."""
    for name in column.source:
        text = row.cells.get(name, "")
        if plan.escaped:
            text = unescape(text)
        if text and text not in column.empty:
            return _cut(column, text)
    return ""


def unescape(text: str) -> str:
    """Take the sign away that an export puts before what a spreadsheet would compute."""
    return text[1:] if ESCAPED.match(text) else text


def _cut(column: Column, text: str) -> str:
    if column.after:
        text = text.partition(column.after)[2]
    if column.before:
        text = text.partition(column.before)[0]
    text, limit = text.strip(), column.field.limit
    if column.cut and limit and len(text) > limit:
        return f"{text[: limit - 1]}…"
    return text


def _text(column: Column, text: str, row: Staged, said: Reading) -> None:
    if column.to == "store_location" and column.to in said.values:
        said.values[column.to] += f" · {text}"
    else:
        said.add(column.to, text)


def _term(column: Column, text: str, row: Staged, said: Reading) -> None:
    vocabulary = column.field.vocabulary or "period"
    if column.find:
        found = next(iter(terms_within(text, column.terms)), "")
    else:
        found = find_term(vocabulary, text, column.terms)
    if found:
        said.add(column.to, found)
    elif not column.optional:
        _unknown(column.to, vocabulary, text, said)


def _unknown(key: str, vocabulary: str, text: str, said: Reading) -> None:
    near = propose_term(vocabulary, text)
    is_list = fields()[key].kind == "terms"
    proposal = {key: [near] if is_list else near} if near else {}
    said.doubt(
        "unknown-term", key, text, proposal=proposal, facts={"vocabulary": vocabulary}
    )


def _terms(column: Column, text: str, row: Staged, said: Reading) -> None:
    if column.find:
        found = terms_within(text, column.terms)
        if not found and not column.optional:
            _unknown(column.to, column.field.vocabulary, text, said)
        said.add(column.to, found)
        return
    signs = re.escape(column.split or "、，,;；/+")
    for part in re.split(f"[{signs}]", text):
        if not part.strip():
            continue
        slug = find_term(column.field.vocabulary, part, column.terms)
        if slug:
            said.add(column.to, [slug])
        elif not column.optional:
            _unknown(column.to, column.field.vocabulary, part.strip(), said)


def _dating(column: Column, text: str, row: Staged, said: Reading) -> None:
    """Keep the text; doubt what cannot be read, and say which period a variant means."""
    said.add("period_text", text)
    if column.short_years and (span := short_span(text)) is not None:
        said.values["begin_year"], said.values["end_year"] = span
        return
    told = read(text)
    if told.doubt:
        said.doubt("dating", "period_text", text, facts={"doubt": told.doubt})
    elif len(told.periods) == 1 and is_variant(load("period"), told.periods[0], text):
        said.doubt("variant", "period_text", text, proposal={"period": told.periods[0]})


def short_span(text: str) -> tuple[int, int] | None:
    """Read 1736–95 as 1736 to 1795; None for anything else, and what would run backwards."""
    match = _SHORT_SPAN.fullmatch(text.strip())
    if match is None:
        return None
    begin, end = int(match[1]), int(match[1][: -len(match[2])] + match[2])
    return (begin, end) if end >= begin else None


def is_variant(periods: Vocabulary, slug: str, text: str) -> bool:
    """Tell whether a text is another name of a whole period: 唐代 for 唐, not 晚唐."""
    if slug not in periods:
        return False
    official = {fold(label) for label in periods[slug].labels.values()}
    label = periods[slug].label("zh-Hans")
    return fold(text) not in official and read(text).span == read(label).span


def _integer(column: Column, text: str, row: Staged, said: Reading) -> None:
    is_year = column.to.endswith("_year")
    match = (_YEAR if is_year else _COUNT).match(text)
    if match:
        said.add(column.to, int(match[0]))
    if match is None or (
        match[0] != text and not (is_year and text.rstrip("年") == match[0])
    ):
        said.doubt("number", column.to, text)


def _decimal(column: Column, text: str, row: Staged, said: Reading) -> None:
    try:
        value = Decimal(re.sub(r"[,，\s¥￥元$]", "", text))
    except InvalidOperation:
        said.doubt("number", column.to, text)
    else:
        said.add(column.to, f"{value:.2f}")


def _float(column: Column, text: str, row: Staged, said: Reading) -> None:
    match = NUMBER.fullmatch(text)
    if match:
        said.add(column.to, float(match[1].replace(",", "")))
    else:
        said.doubt("number", column.to, text)


def _date(column: Column, text: str, row: Staged, said: Reading) -> None:
    parts = [int(one) for one in re.findall(r"\d+", text)[:3]]
    try:
        said.add(column.to, date(*parts).isoformat())
    except (TypeError, ValueError):
        said.doubt("date", column.to, text)


def _boolean(column: Column, text: str, row: Staged, said: Reading) -> None:
    said.add(
        column.to, text.strip().casefold() not in ("0", "false", "no", "否", "不", "n")
    )


def _choice(column: Column, text: str, row: Staged, said: Reading) -> None:
    own = column.terms.get(text, text)
    if own in Rights.values:
        said.add(column.to, own)
    elif not column.optional:
        said.doubt("unknown-term", column.to, text)


def _identifier(column: Column, text: str, row: Staged, said: Reading) -> None:
    kind = column.field.vocabulary
    for part in _parts(column, text):
        number = normalise(part)
        fault = fault_of(kind, number)
        if fault:
            said.doubt("identifier", column.to, part)
        else:
            said.add(
                "identifiers", [{"type": kind, "identifier": number[:120], "note": ""}]
            )


def _number(column: Column, text: str, row: Staged, said: Reading) -> None:
    for part in _parts(column, text):
        said.add(
            "numbers",
            [{"type": column.field.vocabulary, "number": part[:80], "note": ""}],
        )


def _name(column: Column, text: str, row: Staged, said: Reading) -> None:
    for part in _parts(column, text):
        chinese = any("㐀" <= sign <= "鿿" for sign in part)
        language = RelicName.Language.CHINESE if chinese else RelicName.Language.ENGLISH
        name = {
            "type": column.field.vocabulary,
            "name": part[:300],
            "language": language.value,
        }
        said.add("other_names", [name])


def _parts(column: Column, text: str) -> list[str]:
    if not column.split:
        return [text]
    return [
        p.strip() for p in re.split(f"[{re.escape(column.split)}]", text) if p.strip()
    ]


def _rows(column: Column, text: str, row: Staged, said: Reading) -> None:
    """Read rows as an export writes them: a JSON list of objects."""
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if isinstance(told, list) and all(isinstance(one, dict) for one in told):
        said.values.setdefault(column.to, []).extend(told)
    else:
        said.doubt("unreadable", column.to, text)


_READ: Final[dict[str, Callable[[Column, str, Staged, Reading], None]]] = {
    "text": _text, "agent": _text, "place": _text, "relic": _text, "key": _text,
    "saved": _text, "term": _term, "terms": _terms, "dating": _dating, "sizes": read_size_text,
    "dimension": read_dimension, "integer": _integer, "decimal": _decimal,
    "float": _float, "date": _date, "boolean": _boolean, "choice": _choice,
    "identifier": _identifier, "number": _number, "name": _name, "rows": _rows,
}  # fmt: skip
