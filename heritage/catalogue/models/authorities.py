"""Agents, places and periods that records refer to."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .record import Record


class Agent(Record):
    """A person or a group: maker, bearer, keeper, operator."""

    kind = "agent"

    class Type(models.TextChoices):
        PERSON = "person", _("person")
        GROUP = "group", _("group or institution")

    class Gender(models.TextChoices):
        FEMALE = "female", _("female")
        MALE = "male", _("male")

    type = models.CharField(_("type"), max_length=10, choices=Type, default=Type.PERSON)
    birth_year = models.IntegerField(
        _("year of birth"),
        null=True,
        blank=True,
        help_text=_("astronomical: 1 BCE is 0"),
    )
    death_year = models.IntegerField(_("year of death"), null=True, blank=True)
    birth_date = models.DateField(
        _("date of birth"), null=True, blank=True, help_text=_("never public")
    )
    contact = models.CharField(
        _("contact"), max_length=300, blank=True, help_text=_("never public")
    )
    address = models.CharField(
        _("address"), max_length=300, blank=True, help_text=_("never public")
    )
    id_number = models.CharField(
        _("identity number"), max_length=40, blank=True, help_text=_("never public")
    )
    gender = models.CharField(_("gender"), max_length=10, choices=Gender, blank=True)
    ethnicity = models.CharField(
        _("ethnic group"), max_length=40, blank=True, help_text=_("as 汉族, 侗族")
    )

    class Meta(Record.Meta):
        verbose_name = _("person or group")
        verbose_name_plural = _("people and groups")


class Place(Record):
    kind = "place"

    class Level(models.TextChoices):
        """How much land a place is, from a spot to a country."""

        SPOT = "spot", _("spot or village")
        TOWNSHIP = "township", _("township")
        COUNTY = "county", _("county or district")
        PREFECTURE = "prefecture", _("city or prefecture")
        PROVINCE = "province", _("province")
        COUNTRY = "country", _("country")

    level = models.CharField(
        _("level"), max_length=10, choices=Level, blank=True,
        help_text=_("decides whether a find place may be told; not given counts as a spot"),
    )  # fmt: skip

    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    precision_m = models.FloatField(_("precision (m)"), null=True, blank=True)
    within = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("lies within")
    )

    class Meta(Record.Meta):
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="place_lies_on_earth",
            ),
        ]


class Period(Record):
    """A period of the register's scheme; spans overlap by design."""

    kind = "period"

    slug = models.SlugField(_("slug"), unique=True, max_length=60)
    begin_year = models.IntegerField(
        _("begins"), null=True, blank=True, help_text=_("astronomical: 206 BCE is -205")
    )
    end_year = models.IntegerField(_("ends"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        ordering = ["begin_year", "end_year"]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(begin_year__isnull=True)
                | Q(end_year__isnull=True)
                | Q(end_year__gte=models.F("begin_year")),
                name="period_ends_after_it_begins",
            ),
        ]
