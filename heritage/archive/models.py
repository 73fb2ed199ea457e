"""Deposits and the files in them.

One deposit is one immutable OCFL object. `StoredFile` rows are an index of what the
OCFL root holds: digest to path.
"""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heritage.lib.keys import new_key


class Deposit(models.Model):
    """Files handed in together; sealed into one OCFL object, then never changed."""

    class State(models.TextChoices):
        RECEIVING = "receiving", _("receiving")
        SEALED = "sealed", _("sealed")
        REFUSED = "refused", _("refused")

    class Kind(models.TextChoices):
        ORIGINAL = "original", _("original files")
        DERIVED = "derived", _("computed files")

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    kind = models.CharField(
        _("kind"), max_length=10, choices=Kind, default=Kind.ORIGINAL
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.RECEIVING
    )
    object_path = models.CharField(
        _("object path"), max_length=255, blank=True, help_text=_("within the archive")
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sealed_at = models.DateTimeField(_("sealed"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True,
        verbose_name=_("created by"), related_name="+",
    )  # fmt: skip

    class Meta:
        verbose_name = _("deposit")
        verbose_name_plural = _("deposits")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sealed", sealed_at__isnull=False)
                | (~Q(state="sealed") & Q(sealed_at__isnull=True)),
                name="deposit_sealed_has_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.key


class StoredFile(models.Model):
    """Bytes with a digest, in a sealed deposit."""

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    deposit = models.ForeignKey(
        Deposit, models.PROTECT, related_name="files", verbose_name=_("deposit")
    )
    name = models.CharField(_("file name"), max_length=255)
    original_name = models.CharField(
        _("name as handed in"),
        max_length=1000,
        blank=True,
        help_text=_("before normalisation"),
    )
    sha512 = models.CharField(_("SHA-512"), max_length=128)
    size_bytes = models.PositiveBigIntegerField(_("bytes"))
    media_type = models.CharField(_("media type"), max_length=100)
    path = models.CharField(
        _("path"), max_length=500, help_text=_("within the archive")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        ordering = ["deposit_id", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["deposit", "name"], name="stored_file_name_once_per_deposit"
            ),
        ]
        indexes = [models.Index(fields=["sha512"], name="stored_file_digest")]

    def __str__(self) -> str:
        return self.name

    def absolute_path(self) -> Path:
        return Path(settings.ARCHIVE_ROOT) / self.path
