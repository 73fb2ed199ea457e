"""Insert many new rows: what `QuerySet.bulk_create` does, at a third of its cost.

Django asks each column of each row how its value is written. In a load of relics that was
half of the work. What needs no asking is passed as it is here, and PostgreSQL gets
its rows by COPY.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.db import connection, models, transaction
from django.db.models import Field, ForeignKey, Model, QuerySet

# By kind of column: values of this very type are written as they are, like None.
PLAIN: Final[dict[type[Any], type]] = {
    models.CharField: str,
    models.TextField: str,
    models.IntegerField: int,
    models.FloatField: float,
    models.BooleanField: bool,
    models.ForeignKey: int,
}
FEW: Final = 10  # not worth a question of their own for their keys


@dataclass(frozen=True)
class Column:
    """A column: its field, where a row has its value, and what is written as it is."""

    field: Any
    name: str
    plain: tuple[type, ...]
    is_made: bool  # by the field, as it is saved: the moment of a change, a file


def insert_rows(rows: Sequence[Any]) -> None:
    """Insert new rows of one table, which has a serial key, and give each its key.

    Nobody is told: no signal is sent. Raises what `bulk_create` raises.
    """
    if not rows:
        return
    model = type(rows[0])
    returns = connection.features.can_return_rows_from_bulk_insert
    if len(rows) < FEW or not returns:
        QuerySet(model).bulk_create(rows)
        return
    write = _copy if connection.vendor == "postgresql" else _insert
    with transaction.atomic(savepoint=False):
        keys = write(model, rows)
    for row, key in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias


def pass_by(model: type[Model], key: int) -> None:
    """Have the database draw no key up to this one again: a row was given it.

    SQLite sees that by itself; PostgreSQL counts on from what it drew last.
    """
    if connection.vendor != "postgresql":
        return
    pk, qn = model._meta.pk, connection.ops.quote_name
    assert pk is not None  # noqa: S101 - for the type checker
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(keys) FROM (SELECT pg_get_serial_sequence(%s, %s) AS keys) AS drawn, "
            "generate_series(coalesce(pg_sequence_last_value(keys::regclass), 0) + 1, %s)",
            [qn(model._meta.db_table), pk.column, key],
        )


def _copy(model: type[Model], rows: Sequence[Any]) -> list[int]:
    """Write rows by COPY, which returns nothing: their keys are drawn beforehand."""
    pk, qn = model._meta.pk, connection.ops.quote_name
    assert pk is not None  # noqa: S101 - for the type checker
    columns = _columns(model)
    names = ", ".join(
        qn(one) for one in (*(c.field.column for c in columns), pk.column)
    )
    written = _written(columns, rows)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [qn(model._meta.db_table), pk.column, len(rows)],
        )
        keys = [int(key) for (key,) in cursor.fetchall()]
        statement = f"COPY {qn(model._meta.db_table)} ({names}) FROM STDIN"
        with cursor.copy(statement) as copy:
            for values, key in zip(written, keys, strict=True):
                values.append(key)
                copy.write_row(values)
    return keys


def _insert(model: type[Model], rows: Sequence[Any]) -> list[int]:
    pk, qn = model._meta.pk, connection.ops.quote_name
    assert pk is not None  # noqa: S101 - for the type checker
    columns = _columns(model)
    names = ", ".join(qn(one.field.column) for one in columns)
    one_row = f"({', '.join(['%s'] * len(columns))})"
    written = _written(columns, rows)
    size = max(connection.ops.bulk_batch_size([one.field for one in columns], rows), 1)
    keys: list[int] = []
    with connection.cursor() as cursor:
        for start in range(0, len(written), size):
            some = written[start : start + size]
            cursor.execute(
                f"INSERT INTO {qn(model._meta.db_table)} ({names}) "  # noqa: S608 - our own names
                f"VALUES {', '.join([one_row] * len(some))} RETURNING {qn(str(pk.column))}",
                [value for values in some for value in values],
            )
            keys += [key for (key,) in cursor.fetchall()]
    return keys


def _written(columns: Sequence[Column], rows: Sequence[Any]) -> list[list[Any]]:
    """Give the values of each row as the database takes them."""
    model: type[Model] = type(rows[0])
    ties = _ties(model)
    return [_values(columns, ties, row) for row in rows]


def _values(columns: Sequence[Column], ties: Sequence[Any], row: Any) -> list[Any]:
    held = vars(row)
    for tie in ties:
        if held[tie.attname] is None and tie.is_cached(row):
            # Written since it was set: only now it has a key.
            setattr(row, tie.name, tie.get_cached_value(row))
    values = []
    for column in columns:
        value = (
            column.field.pre_save(row, add=True)
            if column.is_made
            else held[column.name]
        )
        if type(value) not in column.plain:
            value = column.field.get_db_prep_save(value, connection)
        values.append(value)
    return values


@cache
def _columns(model: type[Model]) -> tuple[Column, ...]:
    """Give the columns of a table but its key."""
    return tuple(
        Column(field, field.attname, _plain(field), _is_made(field))
        for field in model._meta.concrete_fields
        if not field.primary_key and not field.generated
    )


@cache
def _ties(model: type[Model]) -> tuple[Any, ...]:
    columns = model._meta.concrete_fields
    return tuple(field for field in columns if isinstance(field, ForeignKey))


def _plain(field: Field[Any, Any]) -> tuple[type, ...]:
    types = [kind for column, kind in PLAIN.items() if isinstance(field, column)]
    return (type(None), *types)


def _is_made(field: Field[Any, Any]) -> bool:
    return type(field).pre_save is not Field.pre_save
