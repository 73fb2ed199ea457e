"""Who approved what, in which rank: by grade, the first grade asks the highest."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Rank(models.TextChoices):
    """From near to far; the last two are outside the museum, known by their document."""

    HEAD = "head", _("head of custody")
    DIRECTOR = "director", _("director")
    AUTHORITY = "authority", _("superior relics authority")
    STATE = "state", _("National Cultural Heritage Administration")


class Approval(models.Model):
    """One answer to a request, kept as it was given."""

    slip = models.ForeignKey(
        "custody.Slip", models.CASCADE, null=True, blank=True, related_name="approvals",
        verbose_name=_("slip"),
    )  # fmt: skip
    deregistration = models.ForeignKey(
        "custody.Deregistration", models.CASCADE, null=True, blank=True,
        related_name="approvals", verbose_name=_("deregistration"),
    )  # fmt: skip
    rank = models.CharField(_("rank"), max_length=10, choices=Rank)
    agrees = models.BooleanField(_("agrees"), default=True)
    document_no = models.CharField(_("document"), max_length=120, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+",
        verbose_name=_("by"),
    )  # fmt: skip
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(slip__isnull=True, deregistration__isnull=False)
                | Q(slip__isnull=False, deregistration__isnull=True),
                name="approval_of_one_request",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_rank_display()} · {_('yes') if self.agrees else _('no')}"
