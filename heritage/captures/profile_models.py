"""What curators say of the files that a model is delivered in, beside the engine's own."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 24  # as a file's name, and a vocabulary's slug


class DeliveryProfile(models.Model):
    """A profile of the museum's own, or a change of one that the engine brings.

    `changes` holds only what differs from `base`: what the engine learns later about the
    base reaches this profile as well.
    """

    name = models.CharField(
        _("name"), max_length=LONGEST_NAME, unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*\Z", _("Small letters a to z, digits, and hyphens between them; a letter first."))],
        help_text=_("names the file, as in kiosk.glb; the name of an existing profile changes that profile"),
    )  # fmt: skip
    base = models.CharField(
        _("based on"), max_length=LONGEST_NAME,
        help_text=_("whatever is left empty below is taken from this profile"),
    )  # fmt: skip
    changes = models.JSONField(_("changes"), default=dict, blank=True)
    note = models.TextField(_("note"), blank=True)
    modified_at = models.DateTimeField(_("modified"), auto_now=True)

    class Meta:
        verbose_name = _("delivery profile")
        verbose_name_plural = _("delivery profiles")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
