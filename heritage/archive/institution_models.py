"""The institution that keeps it all: its name, its mark and its colours. One row."""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from heritage.lib.colours import READABLE, contrast, is_colour

# What stands behind text in these colours, or on them: pages/static/pages/museum.css.
ON_PAPER: Final = ("#f6f3ec", "#fffdf8", "#ebe6da")
UNDER_INK: Final = ("#fffaf2", "#ffffff", "#f6f3ec")


def check_accent(colour: str) -> None:
    """Refuse what white text, or paper, could not be told from."""
    _check_readable(colour, UNDER_INK)


def check_link(colour: str) -> None:
    _check_readable(colour, ON_PAPER)


class Institution(models.Model):
    """What the museum is called and looks like; what is empty, the settings say."""

    name_zh = models.CharField(_("name (Chinese)"), max_length=200, blank=True)
    name_en = models.CharField(_("name (English)"), max_length=200, blank=True)
    logo = models.BinaryField(_("logo"), blank=True, default=b"")
    logo_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    accent = models.CharField(
        _("accent colour"), max_length=7, blank=True, validators=[check_accent],
        help_text=_("for marks and buttons, with white text on it; empty: cinnabar"),
    )  # fmt: skip
    link = models.CharField(
        _("colour of links"), max_length=7, blank=True, validators=[check_link],
        help_text=_("for links and what can be pressed on public pages; empty: verdigris"),
    )  # fmt: skip
    edit_version = models.PositiveIntegerField(
        _("edit version"), default=0, editable=False
    )
    modified_at = models.DateTimeField(_("modified"), auto_now=True)

    class Meta:
        verbose_name = _("name and look of the museum")
        verbose_name_plural = _("name and look of the museum")

    def __str__(self) -> str:
        return self.name_zh or self.name_en or str(self._meta.verbose_name)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save as the next version; what was read before another save is refused."""
        self.pk = 1  # one row, whoever makes it
        with transaction.atomic():
            rows = type(self).objects.select_for_update().filter(pk=1)
            now = rows.values_list("edit_version", flat=True).first()
            if now is not None and now != self.edit_version:
                told = _("Somebody else has saved this meanwhile.")
                raise ValidationError(told, code="edited-meanwhile")
            self.edit_version += 1
            self.logo_sha256 = (
                hashlib.sha256(self.logo).hexdigest() if self.logo else ""
            )
            self._state.adding = now is None
            super().save(*args, **kwargs)


def _check_readable(colour: str, grounds: Sequence[str]) -> None:
    if not is_colour(colour):
        told = _("Write a colour as #rrggbb, such as #9d2f25.")
        raise ValidationError(told, code="no-colour")
    ratio = min(contrast(colour, ground) for ground in grounds)
    if ratio < READABLE:
        told = _(
            "Text in this colour is hard to read: its contrast is %(ratio)s, and "
            "should be 4.5 at least. Take a darker one."
        )
        facts = {"ratio": f"{ratio:.1f}"}
        raise ValidationError(told, code="low-contrast", params=facts)
