"""What bundles left the house with, so that they can be told what was taken back."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from heritage.exhibits.models import Exhibit
from heritage.lib.keys import new_key


class IssuedBundle(models.Model):
    """One bundle as it was made: what it shows stays known, whatever the exhibit becomes.

    things : `kind/key` of all that its scenes name; files : path in the bundle → the rows
    that the file comes from, as `kind/key`
    """

    kind = "issued-bundle"

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    exhibit = models.ForeignKey(
        Exhibit, models.CASCADE, related_name="issued_bundles",
        verbose_name=_("exhibit"),
    )  # fmt: skip
    made_at = models.DateTimeField(_("made"))
    device = models.CharField(_("device class"), max_length=40)
    expires_on = models.DateField(_("ends on"), null=True, blank=True)
    things = models.JSONField(_("what is in it"), default=list)
    files = models.JSONField(_("files"), default=dict)

    class Meta:
        verbose_name = _("issued bundle")
        verbose_name_plural = _("issued bundles")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.exhibit} · {self.device} · {self.made_at:%Y-%m-%d}"
