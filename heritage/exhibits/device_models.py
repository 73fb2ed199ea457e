"""Keys of exhibit devices: issued once, limited, revoked; never deleted."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import Collection
from heritage.lib.keys import new_key

USUAL_RATE, MOST = 600, 60_000


class DeviceKeys(QuerySet["DeviceKey"]):
    def in_force(self, today: date | None = None) -> "DeviceKeys":
        """Keep the keys that open something today."""
        today = today or timezone.localdate()
        lasting = Q(expires_on__isnull=True) | Q(expires_on__gte=today)
        return self.filter(lasting, revoked_at__isnull=True, digest__isnull=False)


class DeviceKey(models.Model):
    """What a headset, a kiosk or an exhibit engine shows to be known.

    Only the SHA-256 of the key is kept: it was made of 256 random bits, so that there
    is nothing to guess. A museum that comes back from its archive issues new keys.
    """

    kind = "device-key"

    key = models.CharField(
        _("number"), max_length=16, unique=True, default=new_key, editable=False
    )
    name = models.CharField(
        _("name"), max_length=100, help_text=_("which device, and where it stands")
    )
    collection = models.ForeignKey(
        Collection, models.PROTECT, related_name="+", verbose_name=_("collection"),
        help_text=_("the device gets models of this collection's released relics that the public does not get"),
    )  # fmt: skip
    only_some = models.BooleanField(
        _("opens only some exhibits"), default=False,
        help_text=_("with none named below, it opens nothing"),
    )  # fmt: skip
    exhibits: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "Exhibit", blank=True, related_name="+", verbose_name=_("only these exhibits"),
    )  # fmt: skip
    rate = models.PositiveIntegerField(
        _("requests a minute"), default=USUAL_RATE,
        validators=[MinValueValidator(1), MaxValueValidator(MOST)],
    )  # fmt: skip
    expires_on = models.DateField(_("last day"), null=True, blank=True)
    digest = models.CharField(  # noqa: DJ001  # none is unlike none, "" would clash
        max_length=64, null=True, unique=True, editable=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False,
        related_name="+", verbose_name=_("given out by"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("given out"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    used_minute = models.BigIntegerField(default=0, editable=False)
    used_count = models.PositiveIntegerField(default=0, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False,
        related_name="+", verbose_name=_("revoked by"),
    )  # fmt: skip

    objects = DeviceKeys.as_manager()

    class Meta:
        verbose_name = _("device key")
        verbose_name_plural = _("device keys")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name
