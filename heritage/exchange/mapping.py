"""A mapping: which column becomes which field, and how its cells are read.

Written as TOML or JSON; docs/reference/mappings.md lists the options. `guess` makes one
from the headings of a table, to be looked at and changed.
"""

import tomllib
from collections.abc import Mapping as Mapped
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from dataclasses import fields as dataclass_fields
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from heritage.catalogue.vocabularies import load
from knowledge_graph.vocabulary import UnknownVocabulary

from .errors import BadMapping
from .fields import UNIT_IN_HEADING, Field, by_heading, fields, fold_heading
from .sizes import UNITS

SHIPPED: Final = Path(__file__).with_name("mappings")
IDENTIFYING: Final = (
    "register_no",
    "identifier.census",
    "identifier.collection-number",
)

# Written as rows of `dimensions`, `numbers`, `identifiers`, `other_names`.
COLLECTED: Final = ("dimension.", "number.", "identifier.", "name.")
OWN_TITLE: Final = {"en": "This museum's own export", "zh-Hans": "本馆导出的表"}


@dataclass(frozen=True)
class Column:
    """One rule. Of several columns in `source` the first that holds anything is read."""

    source: tuple[str, ...]
    to: str
    split: str = ""  # characters that part several values
    after: str = ""  # read only what stands after this text, and before that one
    before: str = ""
    terms: dict[str, str] = field(default_factory=dict)  # own synonyms → slug
    find: bool = False  # read the own synonyms that stand anywhere in the text
    unit: str = ""  # of numbers without one
    unit_from: str = ""  # the column that holds the unit
    order: tuple[str, ...] = ()  # what the numbers of 8 x 18.9 cm are
    exact: bool = False  # a text and nothing more: nothing is read from it here
    short_years: bool = False  # 1736–95 is 1736 to 1795
    trust: bool = False  # sizes read out of a text are entered, not proposed
    optional: bool = False  # a text without a term is no doubt
    cut: bool = (
        False  # a text that is too long is cut: the whole stays in the source data
    )
    only_new: bool = False  # fills the field of a new record, never changes one
    empty: tuple[str, ...] = ()  # texts that say nothing: [], no_image

    @property
    def field(self) -> Field:
        return fields()[self.to]


@dataclass(frozen=True)
class Plan:
    """A mapping that has been checked."""

    name: str
    source: str
    identifier: tuple[str, ...]
    columns: tuple[Column, ...]
    constants: dict[str, Any] = field(default_factory=dict)
    title: dict[str, str] = field(default_factory=dict)
    escaped: bool = False  # written by an export, which escapes what would be computed

    @property
    def mapped(self) -> set[str]:
        """Name the columns that something is read from."""
        used = {name for column in self.columns for name in column.source}
        return (
            used
            | {c.unit_from for c in self.columns if c.unit_from}
            | set(self.identifier)
        )

    def unmapped(self, columns: Sequence[str]) -> list[str]:
        return [name for name in columns if name not in self.mapped]


def read_plan(document: Mapped[str, Any]) -> Plan:
    """Read a mapping. Raises `BadMapping`, which names all that is wrong with it."""
    name = str(document.get("name", ""))
    faults: list[str] = []
    columns = [_column(one, faults) for one in document.get("columns", ())]
    identifier = _texts(document.get("identifier", ()))
    constants = dict(document.get("constants", {}))
    faults += [
        _("There is no field %(field)s.") % {"field": key}
        for key in constants
        if key not in fields()
    ]
    for key, value in constants.items():
        if key in fields() and fields()[key].kind == "term":
            faults += _unknown_terms(fields()[key], {"": value})
    if not identifier:
        faults.append(_("Name the column that identifies a row."))
    if faults:
        raise BadMapping(name, list(dict.fromkeys(faults)))
    return Plan(
        name,
        str(document.get("source") or name),
        identifier,
        tuple(one for one in columns if one is not None),
        constants,
        dict(document.get("title", {})),
        escaped=bool(document.get("escaped")),
    )


def _column(told: Mapped[str, Any], faults: list[str]) -> Column | None:
    told = dict(told)
    known = {one.name for one in dataclass_fields(Column)} | {"from"}
    faults += [
        _("There is no option %(option)s.") % {"option": name}
        for name in told
        if name not in known
    ]
    target = fields().get(str(told.get("to", "")))
    source = _texts(told.get("from", told.get("source", ())))
    if target is None:
        faults.append(_("There is no field %(field)s.") % {"field": told.get("to", "")})
    elif not source:
        faults.append(_("No column is named for %(field)s.") % {"field": target.key})
    elif told.get("unit") and told["unit"] not in set(UNITS.values()):
        faults.append(_("There is no unit %(unit)s.") % {"unit": told["unit"]})
    else:
        faults += _unknown_terms(target, told.get("terms", {}))
        listed: dict[str, Any] = {
            name: _texts(told.get(name, ())) for name in ("order", "empty")
        }
        plain = {
            n: v
            for n, v in told.items()
            if n in known - {"from", "source", "to", *listed}
        }
        return Column(source, target.key, **listed, **plain)
    return None


def _unknown_terms(target: Field, terms: Mapped[str, str]) -> list[str]:
    if not terms or not target.vocabulary:
        return []
    try:
        known = load(target.vocabulary)
    except UnknownVocabulary:
        return []
    sentence = _("The vocabulary %(vocabulary)s has no term %(term)s.")
    return [
        sentence % {"vocabulary": target.vocabulary, "term": slug}
        for slug in terms.values()
        if slug and slug not in known
    ]


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) and value else tuple(value or ())


def write_plan(plan: Plan) -> dict[str, Any]:
    """Write a mapping as a document that `read_plan` reads back."""
    return {
        "name": plan.name,
        "title": plan.title,
        "source": plan.source,
        "identifier": list(plan.identifier),
        "columns": [_written(column) for column in plan.columns],
        "constants": plan.constants,
        "escaped": plan.escaped,
    }


def _written(column: Column) -> dict[str, Any]:
    told = {("from" if n == "source" else n): v for n, v in asdict(column).items()}
    return {n: list(v) if isinstance(v, tuple) else v for n, v in told.items() if v}


def guess(name: str, columns: Sequence[str]) -> Plan:
    """Guess from the headings of a table; what is not known is left to the curator."""
    guessed = [_guessed(heading) for heading in columns]
    known = [one for one in guessed if one is not None]
    chosen: dict[str, Column] = {}
    rest: list[Column] = []
    for column in known:
        several = (
            column.field.kind in ("terms", "name", "number", "identifier")
            or column.to == "store_location"
        )
        if several or column.to not in chosen:
            rest.append(column)
            chosen.setdefault(column.to, column)
    by_target = (chosen[key].source for key in ("key", *IDENTIFYING) if key in chosen)
    identifier = next(by_target, tuple(columns[:1]))
    return Plan(name, name, tuple(identifier), tuple(rest))


def _guessed(heading: str) -> Column | None:
    target = by_heading().get(fold_heading(heading))
    if target is None:
        return None
    unit = UNIT_IN_HEADING.search(heading)
    of_size = target.startswith("dimension.")
    return Column(
        (heading,), target, unit=UNITS[unit[1].lower()] if unit and of_size else ""
    )


def own(*, lido: bool = False) -> dict[str, Any]:
    """Give the mapping of our own exports: every field under its own name."""
    keys = [key for key in fields() if not key.startswith(COLLECTED)]
    head = "description({})" if lido else "{}"
    columns = [{"from": head.format(key), "to": key} | _exact(key) for key in keys]
    name = "heritage-lido" if lido else "heritage"
    told = {"name": name, "source": "heritage", "columns": columns, "escaped": not lido}
    return told | {"identifier": head.format("key"), "title": OWN_TITLE}


def _exact(key: str) -> dict[str, Any]:
    """Sizes and datings as they are written are texts here: no doubt is raised again."""
    return {"exact": True} if fields()[key].kind in ("sizes", "dating") else {}


def shipped() -> dict[str, dict[str, Any]]:
    """Give the mappings that come with the museum, by name."""
    files = sorted(SHIPPED.glob("*.toml"))
    found = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in files}
    return found | {"heritage": own(), "heritage-lido": own(lido=True)}
