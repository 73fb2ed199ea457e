"""Rows that are not deleted by accident, and rows that can be put out of sight."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.dispatch import Signal
from django.utils.translation import gettext_lazy as _

from .errors import NeverDeleted

# Columns that say how the last look at the bytes went; they are found out anew.
LOOKED_AT = frozenset(
    {"condition", "checked_at", "replica_checked_at", "replicated_version"}
)
BOOKKEEPING = LOOKED_AT | {"reserved_bytes"}
# Many rows changed at once, which Django tells nobody: the model, pks.
rows_changed = Signal()


class StayingRows(models.QuerySet[Any]):
    """Rows that tell of what is kept: neither one nor many are deleted in passing."""

    def update(self, **values: Any) -> int:
        if set(values) <= BOOKKEEPING:
            return super().update(**values)
        with transaction.atomic(using=self.db):
            pks = list(self.values_list("pk", flat=True))
            count = super().update(**values)
            rows_changed.send(self.model, pks=pks)
        return count

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic(using=self.db):
            rows = super().bulk_create(objs, *args, **kwargs)
            rows_changed.send(self.model, pks=[row.pk for row in rows])
        return rows

    def delete(self) -> NoReturn:
        raise NeverDeleted

    def forget(self) -> tuple[int, dict[str, int]]:
        """Delete rows whose bytes can be computed again, or that were made for show."""
        return super().delete()


class Staying(models.Model):
    """A row that only `forget` deletes."""

    objects = StayingRows.as_manager()

    class Meta:
        abstract = True

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NeverDeleted


class Retirable(models.Model):
    """Something that can be put out of everybody's sight, with its bytes kept."""

    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True,
        verbose_name=_("retired by"), related_name="+",
    )  # fmt: skip
    retired_reason = models.CharField(_("why retired"), max_length=500, blank=True)

    class Meta:
        abstract = True


def in_use(path: str = "") -> Q:
    """Filter files that are neither retired, by themselves or with their deposit, nor erased.

    `path` leads to the file, with the underscores of a lookup: `stored_file__`.
    """
    return Q(
        **{
            f"{path}retired_at__isnull": True,
            f"{path}erased_by__isnull": True,
            f"{path}deposit__retired_at__isnull": True,
        }
    )


def is_in_use(file: Any) -> bool:
    """Tell the same of one file."""
    return (
        file.retired_at is None
        and file.erased_by_id is None
        and file.deposit.retired_at is None
    )
