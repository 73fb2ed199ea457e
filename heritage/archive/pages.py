"""Rows that belong to no record, kept as whole tables: a page for some hundred rows.

People, collections, logs, history, and what a room above adds one day: every table is
kept unless it is named as passing. What a page holds, its number tells: rows whose
primary key lies between two multiples of `PAGE_ROWS`.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core import serializers
from django.db.models import ForeignKey, IntegerField, Max, Model, Prefetch
from django.db.models.signals import m2m_changed, post_delete, post_save

from .models import Deposit, PreservedRecord, RecordChange, StoredFile
from .staying import BOOKKEEPING, rows_changed

TABLE = "table"
PAGE_ROWS = 250  # a page is written anew for each change of a row on it

# What passes, or is made anew by `migrate` or from the objects themselves.
_passing: set[type[Model]] = {
    ContentType, Permission, Session, PreservedRecord, RecordChange,
}  # fmt: skip
# Bytes on their way in: a row promises nothing before it is a deposit.
_PASSING_LABELS = {"archive.Upload", "archive.UploadChunk", "archive.DropItem"}
_in_records: set[type[Model]] = set()
# Columns not kept. A password never leaves the database, not even as a hash; when
# bytes were last looked at is of use only as long as nobody has to ask.
_left_out: dict[type[Model], frozenset[str]] = {
    User: frozenset({"password", "last_login"}),
    Deposit: BOOKKEEPING,
    StoredFile: BOOKKEEPING,
}


def let_pass(*models: type[Model]) -> None:
    """Name tables that are not kept: queues, caches, what is computed from the rest."""
    _passing.update(models)
    _listen_no_more(models)


def keep_in_records(*models: type[Model]) -> None:
    """Name tables whose rows are kept within a record."""
    _in_records.update(models)
    _listen_no_more(models)


def leave_out(model: type[Model], *columns: str) -> None:
    """Name columns that no page carries: secrets, and what only counts."""
    _left_out[model] = left_out(model) | frozenset(columns)


def passing() -> set[type[Model]]:
    return {m for m in apps.get_models() if m in _passing or _is_foreign(m)}


def left_out(model: type[Model]) -> frozenset[str]:
    """Name the columns of a table that are not kept."""
    return _left_out.get(model, frozenset())


def paged_models() -> list[type[Model]]:
    """Give the tables that are kept in pages."""
    return [model for model in apps.get_models() if is_paged(model)]


def is_paged(model: type[Model]) -> bool:
    meta = model._meta
    return not (
        model in _in_records
        or model in _passing
        or _is_foreign(model)
        or meta.auto_created
        or not meta.managed
    )


def page_of(row: Model) -> str:
    """Name the page on which a row is kept."""
    return page_name(type(row), row.pk)


def page_name(model: type[Model], pk: Any) -> str:
    return f"{model._meta.label_lower}-{_number(model, pk)}"


def note_rows(model: type[Model], *pks: Any) -> None:
    """Remember that rows changed which were written many at a time."""
    names = {page_name(model, pk) for pk in pks}
    RecordChange.objects.bulk_create(
        RecordChange(kind=TABLE, key=name) for name in sorted(names)
    )


def note_missing_pages() -> None:
    """Note the pages of tables of which the last is not kept: at first, all."""
    for model in paged_models():
        last = model._base_manager.aggregate(last=Max("pk"))["last"]
        if last is None:
            continue
        known = {"kind": TABLE, "key": page_name(model, last)}
        if PreservedRecord.objects.filter(**known).exists():
            continue
        if not RecordChange.objects.filter(**known).exists():
            note_rows(model, *range(0, _number(model, last) * PAGE_ROWS + 1, PAGE_ROWS))


def rows_on(page: str) -> Iterator[dict[str, Any]]:
    """Write the rows of a page as Django's serializer does."""
    label, _, number = page.rpartition("-")
    model = apps.get_model(label)
    rows = model._base_manager.order_by("pk")
    if isinstance(model._meta.pk, IntegerField):
        first = int(number) * PAGE_ROWS
        rows = rows.filter(pk__gte=first, pk__lt=first + PAGE_ROWS)
    natural = not _may_dangle(model)
    if natural:
        rows = rows.select_related(*_named_by_text(model))
        rows = rows.prefetch_related(*_joined_by_text(model))
    kept = [
        field.name
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
        if field.name not in left_out(model)
    ]
    yield from serializers.serialize(
        "python", rows, use_natural_foreign_keys=natural, fields=kept
    )


def connect() -> None:
    """Hear of every change of a row that is kept in a page."""
    rows_changed.connect(_on_many, dispatch_uid="page-many")
    for model in apps.get_models():
        if model in _passing or _is_foreign(model):
            continue
        label = model._meta.label_lower
        post_save.connect(_on_saved, sender=model, dispatch_uid=f"page-save-{label}")
        post_delete.connect(_on_gone, sender=model, dispatch_uid=f"page-gone-{label}")
        for field in model._meta.many_to_many:
            m2m_changed.connect(
                _on_joined,
                sender=field.remote_field.through,
                dispatch_uid=f"page-{label}-{field.name}",
            )


def _listen_no_more(models: Iterable[type[Model]]) -> None:
    """Disconnect: where somebody listens, Django deletes row by row."""
    for model in models:
        label = model._meta.label_lower
        post_save.disconnect(sender=model, dispatch_uid=f"page-save-{label}")
        post_delete.disconnect(sender=model, dispatch_uid=f"page-gone-{label}")


def _on_saved(
    sender: type[Model],
    *,
    instance: Model,
    raw: bool = False,
    update_fields: frozenset[str] | None = None,
    **_: Any,
) -> None:
    if raw or not is_paged(sender):
        return
    if update_fields is None or set(update_fields) - left_out(sender):
        note_rows(sender, instance.pk)


def _on_many(sender: type[Model], *, pks: list[Any], **_: Any) -> None:
    if is_paged(sender):
        note_rows(sender, *pks)


def _on_gone(sender: type[Model], *, instance: Model, **_: Any) -> None:
    if is_paged(sender):
        note_rows(sender, instance.pk)


def _on_joined(
    sender: type[Model], *, instance: Model, action: str, reverse: bool, **told: Any
) -> None:
    if not action.startswith("post_"):
        return
    if not reverse:
        _on_gone(type(instance), instance=instance)
    elif told.get("pk_set"):
        note_rows(told["model"], *told["pk_set"])


def _number(model: type[Model], pk: Any) -> int:
    return int(pk) // PAGE_ROWS if isinstance(model._meta.pk, IntegerField) else 0


def _is_foreign(model: type[Model]) -> bool:
    """Tell whether a table is not the register's: a library's queue, say."""
    if model._meta.label in _PASSING_LABELS:
        return True
    ours = model.__module__.startswith("heritage.")
    return not ours and model not in (User, Group, LogEntry)


def _may_dangle(model: type[Model]) -> bool:
    """Tell whether rows may name others that are gone, as history does."""
    return any(
        isinstance(field, ForeignKey) and not is_bound(field)
        for field in model._meta.concrete_fields
    )


def is_bound(column: Any) -> bool:
    """Tell whether the database itself sees to it that a foreign key leads somewhere."""
    return bool(column.db_constraint)


def _named_by_text(model: type[Model]) -> list[str]:
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and hasattr(field.related_model, "natural_key")
    ]


def _joined_by_text(model: type[Model]) -> list[Prefetch[str]]:
    """Read what rows are joined with along with its names: each permission asks for one."""
    return [
        Prefetch(
            field.name,
            field.related_model._default_manager.select_related(
                *_named_by_text(field.related_model)
            ),
        )
        for field in model._meta.many_to_many
        if hasattr(field.related_model, "natural_key")
    ]
