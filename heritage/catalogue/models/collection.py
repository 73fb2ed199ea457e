"""Collections, and who works in them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from heritage.lib.languages import choose


class Collection(models.Model):
    """A part of the museum whose records share their curators and volunteers."""

    name_zh = models.CharField(_("name (Chinese)"), max_length=200)
    name_en = models.CharField(_("name (English)"), max_length=200, blank=True)
    is_demo = models.BooleanField(_("made for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("collection")
        verbose_name_plural = _("collections")

    def __str__(self) -> str:
        """Name it in the reader's language, or in the other one."""
        return choose(self.name_zh, self.name_en)


class Membership(models.Model):
    """A person's part in a collection."""

    class Role(models.TextChoices):
        CURATOR = "curator", _("curator")
        LEDGER_KEEPER = "ledger-keeper", _("ledger keeper")
        STORE_KEEPER = "store-keeper", _("store keeper")
        CONTRIBUTOR = "contributor", _("contributor")
        VOLUNTEER = "volunteer", _("volunteer")
        SCHOLAR = "scholar", _("scholar")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="memberships",
        verbose_name=_("person"),
    )
    collection = models.ForeignKey(
        Collection,
        models.CASCADE,
        related_name="memberships",
        verbose_name=_("collection"),
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "collection"], name="one_role_per_person_and_collection"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.collection} · {self.get_role_display()}"
