"""What the museum owns in its files: owner, right, value, how each came to be, reuse."""

import re
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heritage.archive.models import StoredFile
from heritage.catalogue.models import Agent, Collection
from heritage.catalogue.models.relic import Rights
from heritage.lib.keys import new_key
from heritage.lib.languages import choose

DIGEST: Final = re.compile(r"[0-9a-f]{64}|[0-9a-f]{128}")  # SHA-256 or SHA-512, in hex


class OwnTerms(models.Model):
    """Terms of the museum's own, beside the licences and statements of all."""

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    name_zh = models.CharField(_("name (Chinese)"), max_length=200)
    name_en = models.CharField(_("name (English)"), max_length=200, blank=True)
    text_zh = models.TextField(_("text (Chinese)"))
    text_en = models.TextField(_("text (English)"), blank=True)

    class Meta:
        verbose_name = _("own terms of use")
        verbose_name_plural = _("own terms of use")

    def __str__(self) -> str:
        return choose(self.name_zh, self.name_en)


class Asset(models.Model):
    """What is known of one stored file beside its bytes."""

    class SourceType(models.TextChoices):
        CAPTURED = "captured", _("captured from the object")
        DERIVED = "derived", _("derived by computation")
        RESTORED = "restored", _("restored by hand")
        MACHINE = "machine-made", _("made by a machine model")

    file = models.OneToOneField(
        StoredFile, models.PROTECT, related_name="asset", verbose_name=_("file")
    )
    collection = models.ForeignKey(
        Collection, models.PROTECT, related_name="assets", verbose_name=_("collection")
    )
    source_type = models.CharField(_("source type"), max_length=20, choices=SourceType)
    machine = models.CharField(
        _("model and version"), max_length=200, blank=True,
        help_text=_("of what was made by a machine model"),
    )  # fmt: skip
    prompt_digest = models.CharField(
        _("digest of the prompt"), max_length=128, blank=True,
        help_text=_("SHA-256 or SHA-512 of the prompt, in hex"),
    )  # fmt: skip
    owner = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="assets",
        verbose_name=_("owner"),
    )  # fmt: skip
    rights = models.CharField(
        _("rights statement"), max_length=100, choices=Rights, blank=True
    )
    terms = models.ForeignKey(
        OwnTerms, models.PROTECT, null=True, blank=True, related_name="assets",
        verbose_name=_("own terms of use"),
    )  # fmt: skip
    valuation = models.CharField(
        _("valuation note"), max_length=500, blank=True, help_text=_("never public")
    )

    class Meta:
        verbose_name = _("asset")
        verbose_name_plural = _("assets")
        constraints = [
            models.CheckConstraint(
                condition=~Q(source_type="machine-made")
                | (~Q(machine="") & ~Q(prompt_digest="")),
                name="machine_made_names_model_and_prompt",
            )
        ]

    def __str__(self) -> str:
        return str(self.file)

    def clean(self) -> None:
        is_machine = self.source_type == self.SourceType.MACHINE
        if is_machine and not (self.machine and self.prompt_digest):
            raise ValidationError(
                _("What a machine model made names the model and the prompt's digest.")
            )
        if self.prompt_digest and not DIGEST.fullmatch(self.prompt_digest):
            raise ValidationError(
                {
                    "prompt_digest": _(
                        "Write 64 or 128 digits of a SHA digest, in lower case."
                    )
                }
            )


class AssetUse(models.Model):
    """Somebody used a file: the log of its reuse."""

    asset = models.ForeignKey(
        Asset, models.CASCADE, related_name="uses", verbose_name=_("asset")
    )
    used_on = models.DateField(_("used on"))
    used_by = models.CharField(_("used by"), max_length=200)
    purpose = models.CharField(_("purpose"), max_length=300)
    licence = models.CharField(_("licence or contract"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False,
        related_name="+", verbose_name=_("recorded by"),
    )  # fmt: skip
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("reuse")
        verbose_name_plural = _("reuse")
        ordering = ["-used_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.used_on} · {self.used_by}"
