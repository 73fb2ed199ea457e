"""Who has asked for letters about ended runs and ending consents, and what they know."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# What the museum writes, it writes in these (see heritage/lib/languages.py).
WRITTEN = [("zh-hans", "简体中文"), ("en", "English")]


class Letters(models.Model):
    """One person's wish for letters; who has no row gets none."""

    class Often(models.TextChoices):
        NEVER = "never", _("never")
        DAILY = "daily", _("at most once a day")
        SOON = "soon", _("soon: at most every quarter of an hour")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+",
        verbose_name=_("person"),
    )  # fmt: skip
    often = models.CharField(
        _("how often"), max_length=5, choices=Often, default=Often.NEVER
    )
    language = models.CharField(
        _("language of the letters"), max_length=7, choices=WRITTEN, default="zh-hans"
    )
    told_until = models.DateTimeField(
        _("told of what ended until"), default=timezone.now, editable=False
    )
    next_at = models.DateTimeField(
        _("no letter before"), default=timezone.now, editable=False
    )
    consents_at = models.DateTimeField(
        _("told of consents from"), default=timezone.now, editable=False
    )

    class Meta:
        verbose_name = _("letters")
        verbose_name_plural = _("letters")

    def __str__(self) -> str:
        return f"{self.user} · {self.get_often_display()}"
