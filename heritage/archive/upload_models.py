"""Files on their way in: what has arrived of each, and the digest of every chunk.

A row here promises nothing. Only when all files of a set have arrived do they become one
deposit, and only then are they accepted.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from heritage.lib.keys import new_key


class UploadQuery(models.QuerySet["Upload"]):
    """Many uploads at once."""

    def open(self) -> "UploadQuery":
        return self.filter(state=Upload.State.OPEN)

    def complete(self) -> "UploadQuery":
        return self.filter(received_bytes=F("size_bytes"))

    def unfinished(self) -> "UploadQuery":
        return self.exclude(received_bytes=F("size_bytes"))

    def missing_bytes(self) -> int:
        """Tell how much is still to come, all in all."""
        missing = self.aggregate(sum=Sum(F("size_bytes") - F("received_bytes")))
        return int(missing["sum"] or 0)

    def total_bytes(self) -> int:
        return int(self.aggregate(sum=Sum("size_bytes"))["sum"] or 0)


class Upload(models.Model):
    """One file that somebody is sending for a record; resumed where it broke off."""

    class State(models.TextChoices):
        OPEN = "open", _("on its way")
        KEPT = "kept", _("in the archive")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("expired")

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("sent by")
    )  # fmt: skip
    target_kind = models.CharField(_("for the kind"), max_length=20)
    target_key = models.CharField(_("for the record"), max_length=16)
    name = models.CharField(
        _("file name"), max_length=255, help_text=_("with its folders, normalised")
    )
    original_name = models.CharField(_("name as handed in"), max_length=1000)
    modified = models.CharField(
        _("last changed"), max_length=40, blank=True,
        help_text=_("as the sender's computer says: tells whether it is the same file"),
    )  # fmt: skip
    metadata = models.TextField(_("metadata"), blank=True)
    size_bytes = models.PositiveBigIntegerField(_("bytes"))
    received_bytes = models.PositiveBigIntegerField(_("bytes received"), default=0)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.OPEN
    )
    deposit_key = models.CharField(_("deposit"), max_length=16, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), db_index=True)

    objects = UploadQuery.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(received_bytes__lte=F("size_bytes")),
                name="upload_receives_no_more_than_its_size",
            ),
            models.UniqueConstraint(
                fields=["sent_by", "target_kind", "target_key", "name"],
                condition=Q(state="open"),
                name="upload_name_once_in_a_set",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_complete(self) -> bool:
        return bool(self.received_bytes == self.size_bytes)

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class UploadChunk(models.Model):
    """Bytes that have arrived, are synced, and had this digest when they did."""

    upload: Any = models.ForeignKey(
        Upload, models.CASCADE, related_name="chunks", verbose_name=_("upload")
    )
    start = models.PositiveBigIntegerField(_("from byte"))
    size_bytes = models.PositiveIntegerField(_("bytes"))
    algorithm = models.CharField(_("algorithm"), max_length=10)
    digest = models.CharField(_("digest"), max_length=128)

    class Meta:
        verbose_name = _("chunk of an upload")
        verbose_name_plural = _("chunks of an upload")
        ordering = ["upload_id", "start"]
        constraints = [
            models.UniqueConstraint(
                fields=["upload", "start"], name="upload_chunk_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}+{self.start}"
