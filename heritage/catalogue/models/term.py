"""The vocabularies as the register uses them: shipped terms, and the museum's own."""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heritage.archive.pages import note_rows
from heritage.catalogue.vocabularies import look_again
from heritage.lib.languages import text_tag

from .record import Tracked

# Lists that a museum may add to. The others are official: nobody adds a 36th category.
OPEN: Final = (
    "material",
    "technique",
    "dimension",
    "name-type",
    "identifier-type",
    "facet",
)


class VocabularyEdition(models.Model):
    """Which edition of a vocabulary's file the terms were loaded from."""

    vocabulary = models.CharField(_("vocabulary"), max_length=40, unique=True)
    digest = models.CharField(_("SHA-256 of the file"), max_length=64)
    edition = models.PositiveIntegerField(_("edition"), default=1)
    revision = models.PositiveIntegerField(_("changes"), default=1)
    loaded_at = models.DateTimeField(_("loaded"), auto_now=True)

    class Meta:
        verbose_name = _("vocabulary")
        verbose_name_plural = _("vocabularies")
        ordering = ["vocabulary"]

    def __str__(self) -> str:
        return f"{self.vocabulary} · {self.edition}"


class Term(Tracked):
    """One concept. Records hold its slug, which never changes once released."""

    vocabulary = models.CharField(_("vocabulary"), max_length=40)
    slug = models.CharField(
        _("slug"), max_length=60, validators=[RegexValidator(r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$")],
        help_text=_("letters, digits and hyphens; stands in addresses, never changes"),
    )  # fmt: skip
    label_hans = models.CharField(_("label (simplified)"), max_length=200)
    label_hant = models.CharField(_("label (traditional)"), max_length=200)
    label_en = models.CharField(_("label (English)"), max_length=200)
    broader = models.CharField(_("slug of the broader term"), max_length=60, blank=True)
    notation = models.CharField(_("notation"), max_length=40, blank=True)
    other_names = models.JSONField(_("other names"), default=list, blank=True)
    begin_year = models.IntegerField(_("begins"), null=True, blank=True)
    end_year = models.IntegerField(_("ends"), null=True, blank=True)
    number = models.PositiveIntegerField(_("place in the list"), default=9999)
    is_local = models.BooleanField(_("added here"), default=True, editable=False)
    is_retired = models.BooleanField(
        _("no longer offered"), default=False,
        help_text=_("records that have it keep it"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["vocabulary", "number", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["vocabulary", "slug"], name="term_once_per_vocabulary"
            ),
            models.CheckConstraint(
                condition=Q(is_local=False) | Q(vocabulary__in=OPEN),
                name="official_list_stays_as_it_is",
            ),
        ]

    def __str__(self) -> str:
        return self.label_en if text_tag() == "en" else self.label_hans

    def clean(self) -> None:
        if self.broader and not self._others().filter(slug=self.broader).exists():
            raise ValidationError(
                {"broader": _("This vocabulary has no term with this slug.")}
            )

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self._count_change()

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._count_change()
        return super().delete(*args, **kwargs)

    def _others(self) -> models.QuerySet["Term"]:
        return Term.objects.filter(vocabulary=self.vocabulary).exclude(pk=self.pk)

    def _count_change(self) -> None:
        editions = VocabularyEdition.objects.filter(vocabulary=self.vocabulary)
        editions.update(revision=models.F("revision") + 1)
        note_rows(VocabularyEdition, *editions.values_list("pk", flat=True))
        look_again()
