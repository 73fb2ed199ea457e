"""What goes on around a record before the public sees it: drafts, proposals, talk, checks.

None of these is part of the record itself. They name it by kind and key, as the log of
acts does, so that they fit records of every room.
"""

from typing import Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from heritage.lib.keys import new_key

from .record import Record


class Unchangeable(TypeError):
    """What was written down is only ever added to."""


class AboutRecordQuerySet(models.QuerySet[Any]):
    def about(self, record: Record) -> Self:
        return self.filter(record_kind=record.kind, record_key=record.key)


class AboutRecord(models.Model):
    """A row that names a record, and who wrote it when."""

    record_kind = models.CharField(_("kind"), max_length=20)
    record_key = models.CharField(_("key"), max_length=16, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+",
        verbose_name=_("by"),
    )  # fmt: skip
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = AboutRecordQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} · {self.record_kind}/{self.record_key}"


class FormDraft(models.Model):
    """What somebody has typed into a form and not saved: kept until it is saved.

    `token` names one opening of the form. A draft that was saved stays as `is_done`, so
    that the browser's own copy is not offered again.
    """

    token = models.CharField(_("token"), max_length=16, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="form_drafts",
        verbose_name=_("person"),
    )  # fmt: skip
    model = models.CharField(_("form"), max_length=80)
    object_id = models.CharField(_("number"), max_length=40, blank=True)
    typed = models.JSONField(_("what was typed"), default=dict)
    saved_at = models.DateTimeField(_("at"), auto_now=True)
    is_done = models.BooleanField(_("saved"), default=False)

    class Meta:
        verbose_name = _("unsaved text")
        verbose_name_plural = _("unsaved texts")
        ordering = ["-saved_at"]
        indexes = [
            models.Index(fields=["user", "model", "object_id"], name="drafts_of")
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id} · {self.user}"


class ProposedEdit(AboutRecord):
    """A change that somebody proposes to a released record: kept beside it as typed.

    `read` is the form as it was opened, `typed` as it was handed in; both as a browser
    posts it. The record stays as it is until a curator takes some or all of it over.
    """

    class State(models.TextChoices):
        OPEN = "open", _("waiting")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")

    key = models.CharField(_("key"), max_length=16, unique=True, default=new_key)
    seen_version = models.PositiveIntegerField(_("edit version"))
    read = models.JSONField(_("as it was"), encoder=DjangoJSONEncoder)
    typed = models.JSONField(_("as proposed"), encoder=DjangoJSONEncoder)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.OPEN, db_index=True
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided"), null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta(AboutRecord.Meta):
        verbose_name = _("proposed edit")
        verbose_name_plural = _("proposed edits")


class Comment(AboutRecord):
    """A remark on a record; answers hang on the first of their thread, which is resolved."""

    answers_to = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="answers",
        verbose_name=_("answers to"),
    )  # fmt: skip
    text = models.TextField(_("comment"), max_length=4000)
    resolved_at = models.DateTimeField(_("resolved"), null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+",
        verbose_name=_("resolved by"),
    )  # fmt: skip

    class Meta(AboutRecord.Meta):
        verbose_name = _("comment")
        verbose_name_plural = _("comments")


class Approval(AboutRecord):
    """A pair of eyes that found one version of a record fit for the public."""

    edit_version = models.PositiveIntegerField(_("edit version"))

    class Meta(AboutRecord.Meta):
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints = [
            models.UniqueConstraint(
                fields=["record_kind", "record_key", "edit_version", "by"],
                name="one_approval_per_person_and_version",
            )
        ]


class SafetyCheck(AboutRecord):
    """What was told of a record's safety when it was released, and by whom."""

    edit_version = models.PositiveIntegerField(_("edit version"))
    find_place = models.CharField(_("find place shown"), max_length=10, blank=True)
    model_tiers = models.JSONField(_("tiers of models"), default=list)
    risks = models.JSONField(
        _("looked at"),
        default=list,
        help_text=_("codes of what was found and accepted"),
    )
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta(AboutRecord.Meta):
        verbose_name = _("safety check")
        verbose_name_plural = _("safety checks")


class RestrictedRead(AboutRecord):
    """Somebody was shown fields that are not for everybody who works here: kept for ever."""

    fields = models.JSONField(_("fields"), default=list)
    door = models.CharField(_("door"), max_length=10)

    class Meta(AboutRecord.Meta):
        verbose_name = _("read of restricted fields")
        verbose_name_plural = _("reads of restricted fields")

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Unchangeable
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise Unchangeable


class MuseumSettings(models.Model):
    """What the museum decides for itself in the admin: one row."""

    release_eyes = models.PositiveSmallIntegerField(
        _("people for a release"), default=1,
        help_text=_("how many curators must have found a record fit, who releases it included"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("settings of the museum")
        verbose_name_plural = _("settings of the museum")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1  # one row, whoever makes it
        super().save(*args, **kwargs)

    @classmethod
    def now(cls) -> "MuseumSettings":
        """Give the row, or what holds before anybody has decided."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
