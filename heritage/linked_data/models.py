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


class PublishedState(models.Model):
    """The one row that says which state of the graph was published last."""

    total = models.CharField(_("digest"), max_length=128)
    serial = models.BigIntegerField(_("serial number"))
    published_at = models.DateTimeField(_("published"))
    graphs = models.PositiveIntegerField(_("graphs"))
    triples = models.PositiveBigIntegerField(_("triples"))

    class Meta:
        verbose_name = _("published state")
        verbose_name_plural = _("published states")

    def __str__(self) -> str:
        return str(self.serial)


class Dump(models.Model):
    """The whole public graph in one file, kept so that a cited answer can be had again.

    Stale: something in it was withdrawn since; it is not given out until it has been
    written anew without that.
    """

    serial = models.BigIntegerField(_("serial number"), unique=True)
    published_at = models.DateTimeField(_("published"))
    digest = models.CharField(_("digest"), max_length=128)
    graphs = models.PositiveIntegerField(_("graphs"))
    triples = models.PositiveBigIntegerField(_("triples"))
    sha512 = models.CharField(_("SHA-512 of the file"), max_length=128)
    size_bytes = models.PositiveBigIntegerField(_("bytes"))
    removed_graphs = models.PositiveIntegerField(_("graphs taken out"), default=0)
    reissued_at = models.DateTimeField(_("reissued"), null=True, blank=True)
    stale_at = models.DateTimeField(_("to be reissued since"), null=True, blank=True)

    class Meta:
        verbose_name = _("dump of the graph")
        verbose_name_plural = _("dumps of the graph")
        ordering = ["-serial"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_stale(self) -> bool:
        return self.stale_at is not None

    @property
    def file_name(self) -> str:
        return f"graph-{self.serial}.nq.gz"
