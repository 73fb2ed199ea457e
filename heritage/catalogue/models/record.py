"""What every record of the register shares, and what links two of them."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from heritage.catalogue import signals
from heritage.catalogue.doors import CameThrough
from heritage.catalogue.errors import EditedMeanwhile
from heritage.lib.keys import new_key
from heritage.lib.languages import Chosen, choose, texts_by_tag

from .collection import Collection

NEWEST = ("-modified_at", "-id")


class TrackedQuerySet(models.QuerySet[Any]):
    """Rows whose changes the graph must hear of: no silent bulk change."""

    def update(self, **values: Any) -> int:
        with transaction.atomic(using=self.db):
            rows = list(self.select_for_update())
            count = super().update(**values)
            for row in rows:
                signals.changed.send(type(row), instance=row)
        return count

    def delete(self) -> tuple[int, dict[str, int]]:
        with transaction.atomic(using=self.db):
            for row in list(self):
                signals.changed.send(type(row), instance=row)
            return super().delete()

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic(using=self.db):
            rows = super().bulk_create(objs, *args, **kwargs)
            signals.tell_many(rows)
        return rows


class Tracked(models.Model):
    """A row that the graph mirrors: news of a change goes out in its transaction."""

    objects = TrackedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            signals.changed.send(type(self), instance=self)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            signals.changed.send(type(self), instance=self)
            return super().delete(*args, **kwargs)


class Record(Tracked):
    """A thing the museum describes, drafts, releases and may withdraw."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        REVIEW = "review", _("in review")
        RELEASED = "released", _("released")
        WITHDRAWN = "withdrawn", _("withdrawn")

    kind: ClassVar[str]

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    collection = models.ForeignKey(
        Collection, models.PROTECT, verbose_name=_("collection"), related_name="+"
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=State,
        default=State.DRAFT,
        editable=False,
        db_index=True,
    )
    name_zh = models.CharField(_("name (Chinese)"), max_length=300)
    name_en = models.CharField(_("name (English)"), max_length=300, blank=True)
    description_zh = models.TextField(_("description (Chinese)"), blank=True)
    description_en = models.TextField(_("description (English)"), blank=True)
    release_on = models.DateField(
        _("release on"),
        null=True,
        blank=True,
        help_text=_("released by itself on this day"),
    )
    withdraw_on = models.DateField(
        _("withdraw on"), null=True, blank=True,
        help_text=_("withdrawn by itself on this day: end of a consent, a loan, a licence"),
    )  # fmt: skip
    released_at = models.DateTimeField(
        pgettext_lazy("when", "released"), null=True, blank=True, editable=False
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    modified_at = models.DateTimeField(_("modified"), auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False,
        verbose_name=_("created by"), related_name="+",
    )  # fmt: skip
    is_demo = models.BooleanField(
        _("generated for the demo"), default=False, editable=False
    )

    edit_version = models.PositiveIntegerField(
        _("edit version"), default=1, editable=False,
        help_text=_("one more with each save: who saves says which one was read"),
    )  # fmt: skip

    history = HistoricalRecords(inherit=True, bases=[CameThrough])

    class Meta:
        abstract = True
        ordering = ["-modified_at"]
        # As the lists of the admin are sorted: what was changed last comes first.
        indexes = [
            models.Index(fields=["-modified_at", "-id"], name="%(class)s_newest"),
            models.Index(fields=["state", *NEWEST], name="%(class)s_by_state"),
            models.Index(
                fields=["collection", *NEWEST], name="%(class)s_by_collection"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdraw_on__isnull=True)
                | Q(release_on__isnull=True)
                | Q(withdraw_on__gt=models.F("release_on")),
                name="%(app_label)s_%(class)s_withdrawn_after_release",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save as the next version.

        A whole record that was read before somebody else saved it is refused
        (`EditedMeanwhile`). Named fields (`update_fields`) are their writer's own; what
        else is in hand stays as old as it was.
        """
        if self._state.adding:
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            read, now = self.edit_version, self.saved_version()
            named = kwargs.get("update_fields")
            if named is None and read != now:
                raise EditedMeanwhile(self.title, read, now)
            self.edit_version = now + 1
            if named is not None:
                kwargs["update_fields"] = {*named, "edit_version"}
            super().save(*args, **kwargs)
            if read != now:
                self.edit_version = read

    def saved_version(self) -> int:
        """Give the edit version that the database holds, and keep it from changing."""
        rows = type(self)._default_manager.select_for_update().filter(pk=self.pk)
        version: int = rows.values_list("edit_version", flat=True).get()
        return version

    @property
    def title(self) -> Chosen:
        """The name in the reader's language, or in the other one."""
        return choose(self.name_zh, self.name_en)

    @property
    def description(self) -> Chosen:
        return choose(self.description_zh, self.description_en)

    @property
    def is_released(self) -> bool:
        return self.state == self.State.RELEASED

    @property
    def names(self) -> dict[str, str]:
        """The names by language tag, as the graph wants them."""
        return texts_by_tag(self.name_zh, self.name_en)

    @property
    def descriptions(self) -> dict[str, str]:
        return texts_by_tag(self.description_zh, self.description_en)


class LinkRow(Tracked):
    """A statement about two records: public only while both its ends are."""

    kind: ClassVar[str]

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )

    class Meta:
        abstract = True

    @property
    def ends(self) -> tuple[Record, ...]:
        raise NotImplementedError
