"""Narrations: what is said aloud in an exhibit, with the same words to be read."""

from typing import cast

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heritage.archive.models import StoredFile
from heritage.catalogue.models.record import Tracked
from heritage.lib.keys import new_key


def _one_each(field: str, where: Q) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=[field, "language"],
        condition=where,
        name=f"narration_of_{field}_once_a_language",
        violation_error_message=_(
            "There is a narration of this in this language already."
        ),
    )


class Narration(Tracked):
    """A recording in one language: of the exhibit as a whole, a thing in it, or a stop.

    Its words stand in `transcript`: who does not hear reads them.
    """

    kind = "narration"

    class Language(models.TextChoices):
        CHINESE = "zh-Hans", _("Chinese")
        ENGLISH = "en", _("English")

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    exhibit = models.ForeignKey(
        "exhibits.Exhibit", models.CASCADE, related_name="narrations",
        verbose_name=_("exhibit"),
    )  # fmt: skip
    item = models.ForeignKey(
        "exhibits.ExhibitItem", models.CASCADE, null=True, blank=True,
        related_name="narrations", verbose_name=_("of what is shown"),
        help_text=_("neither a thing nor a stop: a welcome to the whole exhibit"),
    )  # fmt: skip
    stop = models.ForeignKey(
        "exhibits.TourStop", models.CASCADE, null=True, blank=True,
        related_name="narrations", verbose_name=_("of a tour stop"),
    )  # fmt: skip
    language = models.CharField(
        _("language"), max_length=10, choices=Language, default=Language.CHINESE
    )
    stored_file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, editable=False,
        related_name="+", verbose_name=_("file"),
    )  # fmt: skip
    duration_s = models.FloatField(
        _("duration (s)"), null=True, blank=True, editable=False
    )
    transcript = models.TextField(
        _("transcript"), max_length=20_000,
        help_text=_("what is said, word for word: for who does not hear"),
    )  # fmt: skip
    credit = models.CharField(
        _("spoken by, recorded by"), max_length=300, blank=True,
        help_text=_("also tell here that a voice is machine-made"),
    )  # fmt: skip
    rights = models.CharField(_("rights"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("narration")
        verbose_name_plural = _("narrations")
        ordering = ["exhibit", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(item__isnull=True) | Q(stop__isnull=True),
                name="narration_is_of_one_thing",
                violation_error_message=_(
                    "A narration is of a thing or of a stop, not of both."
                ),
            ),
            _one_each("item", Q(item__isnull=False)),
            _one_each("stop", Q(stop__isnull=False)),
            _one_each("exhibit", Q(item__isnull=True, stop__isnull=True)),
        ]

    @property
    def sound(self) -> StoredFile:
        """The file of a narration whose sound has come."""
        return cast(StoredFile, self.stored_file)

    def __str__(self) -> str:
        return (
            f"{self.stop or self.item or self.exhibit} · {self.get_language_display()}"
        )
