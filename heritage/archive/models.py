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

from .byte_store import Place
from .drop_models import DropItem
from .erasure_models import Erasure
from .event_models import PreservationAgent, PreservationEvent
from .institution_models import Institution
from .staying import Retirable, Staying
from .stores import archive
from .upload_models import Upload, UploadChunk

__all__ = [
    "Condition",
    "Deposit",
    "DropItem",
    "Erasure",
    "Institution",
    "Kept",
    "PreservationAgent",
    "PreservationEvent",
    "PreservedRecord",
    "RecordChange",
    "StoredFile",
    "Upload",
    "UploadChunk",
]


class Condition(models.TextChoices):
    """What the last look at the bytes found."""

    INTACT = "intact", _("intact")
    DAMAGED = "damaged", _("damaged")
    MISSING = "missing", _("missing")
    UNREADABLE = "unreadable", _("unreadable")


class Kept(Staying):
    """What lies in the archive as one OCFL object of its own."""

    object_path = models.CharField(
        _("object path"), max_length=255, blank=True, help_text=_("within the archive")
    )
    condition = models.CharField(
        _("condition"), max_length=10, choices=Condition, default=Condition.INTACT
    )
    checked_at = models.DateTimeField(
        _("checked"), null=True, blank=True, db_index=True
    )
    replica_checked_at = models.DateTimeField(
        _("replica checked"), null=True, blank=True, db_index=True
    )
    replicated_version = models.PositiveIntegerField(
        _("version in the replica"), default=0
    )

    class Meta(Staying.Meta):
        abstract = True

    @property
    def kept_version(self) -> int:
        """The version of the object that the replica should hold."""
        raise NotImplementedError


class Deposit(Kept, Retirable):
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
    note = models.CharField(_("note"), max_length=500, blank=True)
    inbox_name = models.CharField(
        _("in the inbox as"), max_length=200, blank=True, db_index=True,
        help_text=_("kept, and not yet given to a record"),
    )  # fmt: skip
    going_to = models.CharField(
        _("being given to"), max_length=60, blank=True, db_index=True, editable=False,
        help_text=_("taken from the inbox for this record, and not yet its"),
    )  # fmt: skip
    reserved_bytes = models.PositiveBigIntegerField(
        _("room kept (bytes)"), default=0, editable=False,
        help_text=_("promised to a deposit under way and not yet written"),
    )  # fmt: skip
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
        permissions = [("retire_deposit", _("may retire files and bring them back"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sealed", sealed_at__isnull=False)
                | (~Q(state="sealed") & Q(sealed_at__isnull=True)),
                name="deposit_sealed_has_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def kept_version(self) -> int:
        return 1  # a deposit never changes


class StoredFile(Staying, Retirable):
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
    condition = models.CharField(
        _("condition"), max_length=10, choices=Condition, default=Condition.INTACT
    )
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    erased_by = models.ForeignKey(
        Erasure, models.PROTECT, null=True, blank=True, related_name="files",
        verbose_name=_("erased by"), help_text=_("the bytes are gone, by law"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        ordering = ["deposit_id", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["deposit", "name"], name="stored_file_name_once_per_deposit"
            ),
        ]
        indexes = [
            models.Index(fields=["sha512"], name="stored_file_digest"),
            models.Index(fields=["path"], name="stored_file_path"),
        ]

    def __str__(self) -> str:
        return self.name

    def place(self) -> Place:
        """Give where the bytes lie, to be read: a path, or a key of a bucket."""
        return archive().place(self.path)

    def absolute_path(self) -> Path:
        """Give the path in an archive on a disk; `local_copies` has one for any."""
        return Path(settings.ARCHIVE_ROOT) / self.path

    def elsewhere(self) -> "models.QuerySet[StoredFile]":
        """Give the files of other deposits that hold the same bytes."""
        same = StoredFile.objects.filter(sha512=self.sha512)
        return same.exclude(deposit=self.deposit_id).select_related("deposit")


class PreservedRecord(Kept):
    """How far a record's JSON has been carried into its OCFL object.

    What a record is, the rooms above say: `records.declare`.
    """

    kind = models.CharField(_("kind"), max_length=20)
    key = models.CharField(_("key"), max_length=100)
    version = models.PositiveIntegerField(_("version"), default=0)
    sequence = models.PositiveBigIntegerField(
        _("sequence number"), default=0, db_index=True,
        help_text=_("counts all versions of all records"),
    )  # fmt: skip
    sha512 = models.CharField(_("SHA-512"), max_length=128, blank=True)
    preserved_at = models.DateTimeField(_("preserved"), null=True, blank=True)
    changed_at = models.DateTimeField(
        _("changed since"), null=True, blank=True, db_index=True
    )
    reason = models.CharField(_("reason"), max_length=30, blank=True)
    compared_at = models.DateTimeField(
        _("compared"), null=True, blank=True, db_index=True,
        help_text=_("with what the database says"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("preserved record")
        verbose_name_plural = _("preserved records")
        ordering = ["-sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], name="preserved_record_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"

    @property
    def kept_version(self) -> int:
        return self.version


class RecordChange(models.Model):
    """That a record has changed: written in the change's own transaction.

    Rows are only added and, once folded into `PreservedRecord`, taken away. Two open
    transactions that touch the same record so never wait for each other.
    """

    kind = models.CharField(_("kind"), max_length=20)
    key = models.CharField(_("key"), max_length=100)
    reason = models.CharField(_("reason"), max_length=30, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("noted change")
        verbose_name_plural = _("noted changes")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"
