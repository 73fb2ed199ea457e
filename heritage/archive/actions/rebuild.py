"""Recreate the records on an empty database, from what the archive alone tells.

Rows come back as they were at the last preserved sequence number, with their numbers.
Accounts come back without a password: none was ever kept outside the database.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.core import serializers
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.management.color import no_style
from django.core.serializers.base import DeserializationError, DeserializedObject
from django.db import DatabaseError, connection, transaction
from django.db.models import ForeignKey, Model, QuerySet
from django.utils.translation import gettext as _

from heritage.archive.errors import NotEmpty
from heritage.archive.events import Type
from heritage.archive.models import (
    Condition,
    Deposit,
    PreservationEvent,
    PreservedRecord,
    RecordChange,
    StoredFile,
)
from heritage.archive.pages import TABLE, is_bound, is_paged, paged_models
from heritage.archive.rebuilding import Fault, Reading, Told, read_archive
from heritage.archive.records import kinds
from heritage.archive.stores import archive

from .deposit import finish_interrupted

ROWS_AT_ONCE = 500
FIRST = (Group, User)  # others name them by text
# Columns that name permissions, by text, in hundreds.
PERMISSIONS = {"auth.group": "permissions", "auth.user": "user_permissions"}


@dataclass
class Rebuilt:
    """What came back, what could not, and what the archive holds beyond it."""

    rows: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    sequence: int = 0

    def fault(self, what: str, reason: str) -> None:
        self.faults.append(Fault(what, reason))


def rebuild() -> Rebuilt:
    """Fill the empty database. Raises `NotEmpty` or `StoreAbsent`; then nothing is done."""
    archive().check_present()
    check_empty()
    reading = read_archive(archive())
    done = Rebuilt(faults=reading.faults)
    done.sequence = max(reading.sequences, default=0)
    with transaction.atomic():
        _clear_shipped_rows(reading)
        _load(reading, done)
        _settle_names(done)
        _write_index(reading)
        _look_for_bytes(reading, done)
        _find_gaps(reading, done)
        RecordChange.objects.all().delete()
        _count_on()
    finish_interrupted()  # registers what was found later than the records
    return done


def check_empty() -> None:
    """Raise `NotEmpty` where there is a record, an account or a deposit."""
    models: list[type[Model]] = [User, Deposit]
    models += [kind.model for kind in kinds().values()]
    for model in models:
        if model._base_manager.exists():
            raise NotEmpty(str(model._meta.verbose_name_plural))


def _clear_shipped_rows(reading: Reading) -> None:
    """Make room where `migrate` has put rows of which the archive holds its own."""
    told = {one.key.rpartition("-")[0] for one in reading.records if one.kind == TABLE}
    for model in paged_models():
        if model._meta.label_lower in told and model._base_manager.exists():
            for rows in (*_joins(model), model):
                rows._base_manager.all()._raw_delete(connection.alias)


def _joins(model: type[Model]) -> list[type[Model]]:
    """Give the tables that join a model's rows with others and are kept with them."""
    throughs: list[Any] = [one.remote_field.through for one in model._meta.many_to_many]
    return [through for through in throughs if through._meta.auto_created]


def _load(reading: Reading, done: Rebuilt) -> None:
    seen: set[tuple[str, Any]] = set()
    numbers = _numbers_of_permissions()
    for told in _in_order(reading.records):
        for row in told.read_rows():
            name = row["model"], row["pk"]
            # A row that went from one record to another: the later telling counts.
            if name not in seen:
                seen.add(name)
                _load_row(_with_numbers(row, numbers), told, done)


def _numbers_of_permissions() -> dict[str, int]:
    """Give them by what a page calls a permission.

    Asked for one by one they take longer than all other rows of a small museum.
    """
    rows = Permission.objects.select_related("content_type")
    return {str(list(row.natural_key())): row.pk for row in rows}


def _with_numbers(row: dict[str, Any], numbers: dict[str, int]) -> dict[str, Any]:
    """Put numbers for the permissions that there are; the others stay as they are told."""
    column = PERMISSIONS.get(row["model"])
    if column and (told := row.get("fields", {}).get(column)):
        row["fields"][column] = [numbers.get(str(one), one) for one in told]
    return row


def _in_order(records: list[Told]) -> Iterator[Told]:
    first = tuple(f"{model._meta.label_lower}-" for model in FIRST)

    def rank(told: Told) -> tuple[int, int]:
        found = [i for i, label in enumerate(first) if told.key.startswith(label)]
        early = found[0] if told.kind == TABLE and found else len(first)
        return early, -told.sequence

    return iter(sorted(records, key=rank))


def _load_row(row: dict[str, Any], told: Told, done: Rebuilt) -> None:
    what = f"{row['model']} {row['pk']}"
    try:
        with transaction.atomic():
            read = _read(row)
            _forget_strangers(read, what, done)
            if isinstance(read.object, User):
                read.object.set_unusable_password()
            read.save(force_insert=True)
    except (DeserializationError, ValidationError, ObjectDoesNotExist, DatabaseError, LookupError) as error:  # fmt: skip
        reason = _("%(why)s (told by %(record)s)")
        done.fault(what, reason % {"why": error, "record": f"{told.kind}/{told.key}"})
    else:
        done.rows[read.object._meta.label] += 1


def _read(row: dict[str, Any]) -> DeserializedObject:
    """Read a row. Raises `LookupError` for a model that is no more."""
    apps.get_model(row["model"])  # which ignoring what is not there would pass over
    (read,) = serializers.deserialize(
        "python", [row], handle_forward_references=True, ignorenonexistent=True
    )
    return read


def _forget_strangers(read: DeserializedObject, what: str, done: Rebuilt) -> None:
    """Leave a name empty that means nobody here, where it may be empty."""
    for column, value in (getattr(read, "deferred_fields", None) or {}).items():
        done.fault(what, _("%(column)s names %(value)s, who is not in the archive.")
                   % {"column": column.name, "value": value})  # fmt: skip
    read.deferred_fields = {}


def _settle_names(done: Rebuilt) -> None:
    """Empty the foreign keys that lead nowhere; a row that cannot be without goes."""
    models = [m for m in apps.get_models() if is_paged(m) or _is_in_records(m)]
    models += [join for model in models for join in _joins(model)]
    while any(_settle_table(model, done) for model in models):
        pass


def _settle_table(model: type[Model], done: Rebuilt) -> bool:
    changed = False
    for column in model._meta.concrete_fields:
        if not isinstance(column, ForeignKey) or not is_bound(column):
            continue
        there = column.related_model._base_manager.values("pk")
        lost = model._base_manager.exclude(**{column.attname: None}).exclude(
            **{f"{column.attname}__in": there}
        )
        for row in list(lost):
            what = f"{model._meta.label_lower} {row.pk}"
            reason = _("%(column)s names %(value)s, which is not in the archive.")
            value = getattr(row, column.attname)
            done.fault(what, reason % {"column": column.name, "value": value})
            mine: QuerySet[Any] = QuerySet(model).filter(pk=row.pk)  # that tells nobody
            if column.null:
                mine.update(**{column.attname: None})
            else:
                mine._raw_delete(connection.alias)
            changed = True
    return changed


def _is_in_records(model: type[Model]) -> bool:
    return any(
        model is kind.model or any(model is part.model for part in kind.parts)
        for kind in kinds().values()
    )


def _write_index(reading: Reading) -> None:
    PreservedRecord.objects.bulk_create(
        (
            PreservedRecord(
                kind=told.kind,
                key=told.key,
                object_path=told.path,
                version=told.version,
                sequence=told.sequence,
                sha512=told.sha512,
                preserved_at=told.preserved_at,
            )
            for told in sorted(reading.records, key=lambda told: told.sequence)
        ),
        batch_size=ROWS_AT_ONCE,
    )


def _look_for_bytes(reading: Reading, done: Rebuilt) -> None:
    """Compare the deposits that the rows name with the objects that are there."""
    for deposit in Deposit.objects.order_by("pk").iterator():
        path = reading.deposits.pop(deposit.key, "")
        if deposit.state == Deposit.State.RECEIVING and path:
            done.later.append(f"deposit/{deposit.key}")
        elif deposit.state == Deposit.State.SEALED and not path:
            _mark_missing(deposit, done)
        elif deposit.state == Deposit.State.SEALED:
            _look_for_files(deposit, done)
    for key in sorted(reading.deposits):
        done.later.append(f"deposit/{key}")
        Deposit(key=key, inbox_name=_("found in the archive: %s") % key).save()


def _mark_missing(deposit: Deposit, done: Rebuilt) -> None:
    done.fault(f"deposit/{deposit.key}", _("its object is missing or damaged."))
    lost = {"condition": Condition.MISSING}
    Deposit.objects.filter(pk=deposit.pk).update(**lost)
    deposit.files.update(**lost)


def _look_for_files(deposit: Deposit, done: Rebuilt) -> None:
    for file in deposit.files.filter(erased_by=None).iterator():
        try:
            size_bytes = file.place().stat().st_size
        except OSError:
            size_bytes = -1
        if size_bytes != file.size_bytes:
            found = Condition.MISSING if size_bytes < 0 else Condition.DAMAGED
            done.fault(f"deposit/{deposit.key}/{file.name}", str(found.label))
            StoredFile.objects.filter(pk=file.pk).update(condition=found)
            Deposit.objects.filter(pk=deposit.pk).update(condition=found)


def _find_gaps(reading: Reading, done: Rebuilt) -> None:
    """Name versions that were once written and are not there, nor known to be removed."""
    gone: set[int] = set()
    for event in PreservationEvent.objects.filter(type=Type.DELETION):
        gone.update(event.detail.get("sequences", ()))
    gaps = sorted(set(range(1, done.sequence)) - reading.sequences - gone)
    if gaps:
        told = ", ".join(map(str, gaps[:20])) + ("…" if len(gaps) > 20 else "")
        done.fault(_("sequence"), _("these numbers are missing: %s") % told)


def _count_on() -> None:
    """Have new rows numbered after those that came back with their numbers."""
    statements = connection.ops.sequence_reset_sql(no_style(), apps.get_models())
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
