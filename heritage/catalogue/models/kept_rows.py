"""The rows of a record as they stood at a version: its own history holds its fields alone."""

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from .review import AboutRecordQuerySet


class KeptRows(models.Model):
    """Written before rows may change, and only if they are others than those kept last.

    So the rows of a version that was followed by a later one are those kept last up to it.
    """

    objects: ClassVar[AboutRecordQuerySet] = AboutRecordQuerySet.as_manager()  # type: ignore[assignment]

    record_kind = models.CharField(_("kind"), max_length=20)
    record_key = models.CharField(_("key"), max_length=16)
    edit_version = models.PositiveIntegerField(_("edit version"))
    rows = models.JSONField(_("rows"), default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("rows of a version")
        verbose_name_plural = _("rows of versions")
        constraints = [
            models.UniqueConstraint(
                fields=["record_kind", "record_key", "edit_version"],
                name="rows_once_per_version",
            )
        ]

    def __str__(self) -> str:
        return f"{self.record_kind}/{self.record_key} · {self.edit_version}"
