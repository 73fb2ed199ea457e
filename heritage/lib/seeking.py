"""Ask for rows that meet several conditions, each by an index of its own.

SQLite reads one index a table, without statistics perhaps the widest, and then looks each
row up to see the rest. Where an index is (column, the list's own order) it can be asked
instead whether it has an entry for the row in hand, and no row is looked up at all: of a
million, those that three common conditions hardly share are found in a tenth of the time.
PostgreSQL combines indexes by itself and is asked plainly.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.db import connections
from django.db.models import Exists, Index, Model, OuterRef, Q, QuerySet
from django.db.models.lookups import Exact, In, IsNull, Lookup
from django.db.models.sql.where import AND, WhereNode

from .counting import count_up_to

WIDE: Final = (
    100_000  # index entries that are counted to learn which condition is narrow
)
UNKNOWN: Final = 2 * WIDE


class Held(WhereNode):
    """A condition that no index is asked for: it is looked up in each row passed by."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        sql, parameters = super().as_sql(compiler, connection)
        return f"CASE WHEN {sql} THEN 1 ELSE 0 END = 1", parameters


class Sought(WhereNode):
    """A condition that its index is asked for with the place of the row in hand."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        model, own = compiler.query.model, compiler.query.base_table
        index = index_of(model, self.children[0])
        if connection.vendor != "sqlite" or index is None:
            return super().as_sql(compiler, connection)
        if index.condition is None:
            there = self.relabeled_clone({own: "sought"})
            sql, parameters = WhereNode(there.children).as_sql(compiler, connection)
        else:
            # Word for word, or it is not seen to be what the index was made for.
            sql, parameters = _condition_of(model, index, connection), ()
        table, name, row = map(
            connection.ops.quote_name, (model._meta.db_table, index.name, own)
        )
        same = " AND ".join(
            f'"sought".{column} = {row}.{column}'
            for column in map(connection.ops.quote_name, _own_columns(model))
        )
        return (
            f'EXISTS(SELECT 1 FROM {table} AS "sought" INDEXED BY {name} '  # noqa: S608
            f"WHERE {sql} AND {same})",
            parameters,
        )


class Led(WhereNode):
    """A condition that an index of some rows was made for, in the words of that index.

    With a value in the place of its word SQLite looks each row up to compare it.
    """

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        model, own = compiler.query.model, compiler.query.base_table
        index = index_of(model, self.children[0])
        # The index names no table: no other one may have columns of these names.
        is_alone = own == model._meta.db_table and len(_used(compiler.query)) == 1
        if connection.vendor != "sqlite" or index is None or not is_alone:
            return super().as_sql(compiler, connection)
        return _condition_of(model, index, connection), ()


class OfRows(Exists):
    """There is one among `rows` that belongs to the row in hand, by the key `back`."""

    def __init__(self, rows: QuerySet[Any], back: str) -> None:
        super().__init__(rows.filter(**{back: OuterRef("pk")}))
        self.rows, self.back = rows, back


@dataclass(frozen=True)
class Ways:
    """The same rows, asked for from the narrowest condition, along an order, or by number."""

    gathered: QuerySet[Any]  # by the narrowest condition; no matter how they are sorted
    walked: QuerySet[Any]  # along the index of an order, until a page is full
    held: QuerySet[Any]  # looked up one by one
    in_own_order: bool = False  # what is gathered comes in the list's own order anyway


def ways_of(rows: QuerySet[Any]) -> Ways:
    if not _is_told_how(rows):
        return Ways(rows, rows, hold(rows))
    parts = _merged(rows.model, list(_parts(rows.query.where)))
    if not parts or _is_joined(rows):
        return Ways(rows, hold(rows), hold(rows))
    walked = having(rows, [_sought(rows, part) for part in parts])
    first = _narrowest(rows, parts)
    if first is None:
        return Ways(rows, walked, hold(rows))
    rest = [part for part in parts if part is not first]
    # A row that other rows lead to is in hand, and read: it answers for itself.
    others = (
        [Held(rest)]
        if _of_rows(first) and rest
        else [_sought(rows, part) for part in rest]
    )
    return Ways(
        having(rows, [_leading(rows, first), *others]),
        walked,
        hold(rows),
        in_own_order=index_of(rows.model, first) is not None,
    )


def hold(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Keep the database from gathering all rows that answer, only to sort them.

    For conditions that so many rows meet that those of one page are soon found in the
    list's own order. SQLite, without statistics, takes any index for a narrow one.
    """
    held = rows.all()
    where = held.query.where
    if where:
        own = Held.create(where.children[:], where.connector, where.negated)
        held.query.where = WhereNode([own])
    return held


def seek(rows: QuerySet[Any], condition: Q) -> QuerySet[Any]:
    """Narrow rows down by one more condition, by its index."""
    added = rows.model._base_manager.filter(condition)
    if not _is_told_how(rows) or _is_joined(added):
        return rows.filter(condition)
    parts = [_sought(rows, part) for part in _parts(added.query.where)]
    return having(rows, [rows.query.where, *parts])


def _is_told_how(rows: QuerySet[Any]) -> bool:
    """Tell whether the database has to be told which index to ask: SQLite has."""
    return connections[rows.db].vendor == "sqlite"


def having(rows: QuerySet[Any], parts: Iterable[Any]) -> QuerySet[Any]:
    """Give the same list by these conditions alone."""
    other = rows.all()
    other.query.where = WhereNode(list(parts))
    return other


def index_of(model: type[Model], part: Any) -> Index | None:
    """Find the index that has the rows of a condition in the list's own order."""
    if isinstance(part, Lookup):
        column = _column_of(model, part)
        return _indexes(model).get(column) if _is_plain(part) else None
    conditional = _conditional(model) if isinstance(part, WhereNode) else []
    return next((index for where, index in conditional if where == _shape(part)), None)


def _column_of(model: type[Model], part: Any) -> str:
    """Give the model's own column that has few values in a condition; else nothing."""
    # What is not empty may be nearly all: no index is narrow then, nor soon asked.
    is_some = isinstance(part, Exact | In) or (isinstance(part, IsNull) and part.rhs)
    field = getattr(part.lhs, "target", None) if is_some else None
    return str(field.column) if field is not None and field.model is model else ""


def _condition_of(model: type[Model], index: Index, connection: Any) -> str:
    written = getattr(index, "_get_condition_sql")  # noqa: B009
    return str(written(model, connection.schema_editor())).replace("%", "%%")


def _is_plain(part: Any) -> bool:
    return not hasattr(part.rhs, "as_sql") and not isinstance(part.lhs, Exists)


@cache
def _indexes(model: type[Model]) -> dict[str, Index]:
    """Give the indexes (column, the list's own order) by that column."""
    own = _own_order(model)
    return {
        _column(model, index.fields_orders[0][0]): index
        for index in model._meta.indexes
        if index.condition is None and index.fields_orders[1:] == own
        if index.fields_orders[0][1] == ""
    }


@cache
def _looked_up(model: type[Model]) -> frozenset[str]:
    """Give the columns by which an index of any kind finds rows: keys, and indexes' first."""
    fields: tuple[Any, ...] = model._meta.concrete_fields
    keys = [f.column for f in fields if f.primary_key or f.unique or f.db_index]
    indexes = [index for index in model._meta.indexes if index.condition is None]
    firsts = [index.fields_orders[0][0] for index in indexes if index.fields_orders]
    firsts += [one.fields[0] for one in model._meta.total_unique_constraints]
    return frozenset([*keys, *(_column(model, name) for name in firsts)])


@cache
def _conditional(model: type[Model]) -> list[tuple[Any, Index]]:
    """Give the indexes of some rows only, in the list's own order, by their condition."""
    rows = model._base_manager.all()
    return [
        (_shape(rows.filter(index.condition).query.where), index)
        for index in model._meta.indexes
        if index.condition is not None and index.fields_orders == _own_order(model)
    ]


def _shape(node: Any) -> Any:
    """Write a condition such that those that ask the same are alike."""
    if isinstance(node, WhereNode):
        shapes = tuple(_shape(child) for child in node.children)
        if len(shapes) == 1 and not node.negated:
            return shapes[0]
        return node.connector, node.negated, shapes
    if not isinstance(node, Lookup):
        return node
    column = getattr(getattr(node.lhs, "target", None), "column", node.lhs)
    return node.lookup_name, column, repr(node.rhs)


def _own_order(model: type[Model]) -> list[tuple[str, str]]:
    parts = [str(part) for part in model._meta.ordering or ()]
    order = [(p.removeprefix("-"), "DESC" if p.startswith("-") else "") for p in parts]
    last = order[-1][1] if order else ""
    return [*order, (model._meta.pk.name, last)]


def _own_columns(model: type[Model]) -> list[str]:
    return [_column(model, name) for name, _direction in _own_order(model)]


def _column(model: type[Model], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "column"))  # noqa: B009


def _parts(node: WhereNode) -> Iterator[Any]:
    """Give the conditions that all must hold, one by one."""
    if node.negated or (node.connector != AND and len(node.children) > 1):
        yield node
        return
    for child in node.children:
        if type(child) is WhereNode:
            yield from _parts(child)
        else:
            yield child


def _merged(model: type[Model], parts: list[Any]) -> list[Any]:
    """Put those together that an index of some rows has as one condition."""
    shapes = [_shape(part) for part in parts]
    for (_connector, negated, wanted), _index in _compound(model):
        if not negated and all(shape in shapes for shape in wanted):
            own = [parts[shapes.index(shape)] for shape in wanted]
            return [WhereNode(own), *(part for part in parts if part not in own)]
    return parts


def _compound(model: type[Model]) -> list[Any]:
    """Give the conditional indexes of several conditions, those of the most first."""
    several = [
        one
        for one in _conditional(model)
        if len(one[0]) == 3 and isinstance(one[0][2], tuple) and one[0][0] == AND
    ]
    return sorted(several, key=lambda one: -len(one[0][2]))


def _is_joined(rows: QuerySet[Any]) -> bool:
    """Tell whether other tables are asked, or rows made of several: nothing to seek."""
    query = rows.query
    return len(_used(query)) > 1 or query.distinct or query.group_by is not None


def _used(query: Any) -> list[str]:
    """Name the tables that a query reads, each by its alias."""
    return [alias for alias in query.alias_map if query.alias_refcount[alias]]


def _sought(rows: QuerySet[Any], part: Any) -> Any:
    """Have each leaf of a condition ask its index; what has none is looked up."""
    if index_of(rows.model, part) is not None:
        return Sought([part])
    if type(part) is WhereNode:
        each = [_sought(rows, child) for child in part.children]
        return WhereNode.create(each, part.connector, part.negated)
    return part if _of_rows(part) else Held([part])


def _of_rows(part: Any) -> OfRows | None:
    inner = getattr(part, "lhs", None)
    return inner if isinstance(inner, OfRows) else None


def _leading(rows: QuerySet[Any], part: Any) -> Any:
    """Write a condition such that the database begins with it."""
    if (found := _of_rows(part)) is None:
        index = index_of(rows.model, part)
        return part if index is None or index.condition is None else Led([part])
    keys = found.rows.values(found.back)
    return rows.model._base_manager.filter(pk__in=keys).query.where


def _narrowest(rows: QuerySet[Any], parts: Sequence[Any]) -> Any:
    leaders = [part for part in parts if _may_lead(rows.model, part)]
    if len(leaders) < 2:
        return leaders[0] if leaders else None
    return min(leaders, key=lambda part: (_size(rows, part), _is_far(rows.model, part)))


def _may_lead(model: type[Model], part: Any) -> bool:
    if _is_tree(model, part):
        each = (_may_lead(model, child) for child in part.children)
        return not part.negated and all(each)
    if index_of(model, part) is not None or _of_rows(part) is not None:
        return True
    return isinstance(part, Lookup) and _column_of(model, part) in _looked_up(model)


def _is_far(model: type[Model], part: Any) -> bool:
    """Tell whether the rows of a condition do not come in the list's own order."""
    return index_of(model, part) is None and _of_rows(part) is None


def _size(rows: QuerySet[Any], part: Any) -> int:
    """Count the rows that one condition leaves; `UNKNOWN` where they are very many."""
    found = _of_rows(part)
    alone = found.rows if found else having(rows.order_by(), [_leading(rows, part)])
    few = count_up_to(alone)
    # Of several indexes, and of one of some rows only, each row is looked up.
    if few is not None or isinstance(part, WhereNode):
        return UNKNOWN if few is None else few
    count = count_up_to(alone, WIDE)
    return UNKNOWN if count is None else count


def _is_tree(model: type[Model], part: Any) -> bool:
    return type(part) is WhereNode and index_of(model, part) is None
