"""The outbox between the records and the index."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class IndexChange(models.Model):
    """A record whose document must be made again; written in the change's transaction.

    One row a change, taken away once the index has it: whoever changes a record waits
    for nobody, and a change during the making has a row of its own.
    """

    kind = models.CharField(_("kind"), max_length=20)
    key = models.CharField(_("key"), max_length=60)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("change to the search index")
        verbose_name_plural = _("changes to the search index")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"
