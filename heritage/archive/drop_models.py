"""What came in by the watched folder, and how far each thing has got."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heritage.lib.keys import new_key


class DropItem(models.Model):
    """A folder or file that somebody has laid into the watched folder."""

    class State(models.TextChoices):
        SETTLING = "settling", _("being copied")
        TAKING = "taking", _("being taken in")
        TAKEN = "taken", _("taken in")
        REFUSED = "refused", _("refused")

    name = models.CharField(_("name"), max_length=255)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.SETTLING
    )
    # Of the deposit that is made of it: chosen beforehand, so that it is found again.
    deposit_key = models.CharField(_("deposit"), max_length=16, default=new_key)
    fingerprint = models.CharField(_("names, sizes, times"), max_length=64, blank=True)
    still_since = models.DateTimeField(_("unchanged since"), null=True, blank=True)
    files = models.PositiveIntegerField(_("files"), default=0)
    size_bytes = models.PositiveBigIntegerField(_("bytes"), default=0)
    given_to = models.CharField(_("given to"), max_length=300, blank=True)
    refusal = models.CharField(_("why it was refused"), max_length=1000, blank=True)
    seen_at = models.DateTimeField(_("first seen"), auto_now_add=True)
    taken_at = models.DateTimeField(_("taken in"), null=True, blank=True)

    class Meta:
        verbose_name = _("dropped item")
        verbose_name_plural = _("dropped items")
        ordering = ["-seen_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=~Q(state="taken"), name="drop_item_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
