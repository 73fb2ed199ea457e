"""Digitization projects: what is to be captured, for whom, by whom and until when."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import Agent, Collection, Relic
from heritage.catalogue.models.record import Tracked
from heritage.lib.keys import new_key
from heritage.lib.languages import choose


class Project(Tracked):
    """A ledger of relics to digitize; how far each is follows from dated events."""

    kind = "project"

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    collection = models.ForeignKey(
        Collection, models.PROTECT, related_name="+", verbose_name=_("collection")
    )
    name_zh = models.CharField(_("name (Chinese)"), max_length=300)
    name_en = models.CharField(_("name (English)"), max_length=300, blank=True)
    funder = models.CharField(_("funded by"), max_length=300, blank=True)
    contractor = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("contractor"),
    )  # fmt: skip
    contract = models.CharField(_("contract"), max_length=100, blank=True)
    starts_on = models.DateField(_("begins"), default=timezone.localdate)
    due_on = models.DateField(_("target date"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    modified_at = models.DateTimeField(_("modified"), auto_now=True)

    class Meta:
        verbose_name = _("digitization project")
        verbose_name_plural = _("digitization projects")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_on__gte=F("starts_on")),
                name="project_ends_after_it_begins",
                violation_error_message=_("It ends before it begins."),
            )
        ]

    def __str__(self) -> str:
        return choose(self.name_zh, self.name_en)


class ProjectItem(Tracked):
    """A relic's part in a project. It is taken out with a date, so the past stays told."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="items", verbose_name=_("project")
    )
    relic = models.ForeignKey(
        Relic, models.PROTECT, related_name="project_items", verbose_name=_("relic")
    )
    planned_on = models.DateField(_("planned since"), default=timezone.localdate)
    due_on = models.DateField(
        _("target date"), null=True, blank=True,
        help_text=_("where it differs from the project's"),
    )  # fmt: skip
    taken_out_on = models.DateField(_("taken out on"), null=True, blank=True)

    class Meta:
        verbose_name = _("relic of the project")
        verbose_name_plural = _("relics of the project")
        ordering = ["relic__register_no", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "relic"], name="relic_once_per_project"
            )
        ]

    def __str__(self) -> str:
        return str(self.relic)
