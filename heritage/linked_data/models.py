"""The outbox between the register and the graph, and what graphs mention."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Outbox(models.Model):
    """A graph that must be built again; written in the change's own transaction."""

    kind = models.CharField(_("kind"), max_length=20)
    key = models.CharField(_("key"), max_length=60)  # also names of vocabularies
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    try_after = models.DateTimeField(_("try after"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)
    is_dead = models.BooleanField(_("given up"), default=False)

    class Meta:
        verbose_name = _("graph change")
        verbose_name_plural = _("graph changes")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(done_at__isnull=True, is_dead=False),
                name="outbox_waiting",
            ),
            models.Index(
                fields=["kind", "key"],
                condition=Q(done_at__isnull=True, is_dead=False),
                name="outbox_waiting_graph",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"


class Mention(models.Model):
    """Graph (kind, key) says something of the record (about_kind, about_key)."""

    kind = models.CharField(_("kind"), max_length=20)
    key = models.CharField(_("key"), max_length=16)
    about_kind = models.CharField(_("about kind"), max_length=20)
    about_key = models.CharField(_("about key"), max_length=16)

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key", "about_kind", "about_key"], name="mention_once"
            )
        ]
        indexes = [
            models.Index(fields=["about_kind", "about_key"], name="mention_about")
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.key} → {self.about_kind}/{self.about_key}"


class PublishedGraph(models.Model):
    """What the projector last put into the store, for the drift check."""

    kind = models.CharField(_("kind"), max_length=20)
    key = models.CharField(_("key"), max_length=60)
    digest = models.CharField(_("digest"), max_length=128)
    triples = models.PositiveIntegerField(_("triples"))
    published_at = models.DateTimeField(_("published"), auto_now=True)

    class Meta:
        verbose_name = _("published graph")
        verbose_name_plural = _("published graphs")
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="published_graph_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"
