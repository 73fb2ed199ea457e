"""What the page of a site, building, cave temple or wreck says, line by line."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from heritage.catalogue.fields import concept_label
from heritage.catalogue.models import FindBatch, Protection, Site
from heritage.catalogue.policy import Person, allows
from heritage.catalogue.spoken import span_label, spoken_year
from heritage.catalogue.whereabouts import shown_place
from heritage.pages.facts import (
    Fact,
    fact,
    kept,
    label_of,
    number_text,
    numbers,
    title_for,
)


def site_facts(site: Site, person: Person) -> list[Fact]:
    return kept(
        [
            fact(_("Kind"), label_of(site, "site_kind")),
            *_protection_facts(site),
            fact(_("Survey number"), site.register_no),
            numbers(site, person),
            fact(_("Period"), *_dating(site, person)),
            fact(_("Dating as written"), site.period_text),
            fact(_("Themes"), *(str(row) for row in site.facets.all())),
            fact(_("Kept by"), title_for(site.keeper, person)),
            *_place_facts(site, person),
            *_measures(site),
            fact(_("Structure"), site.structure),
            fact(_("Condition"), site.condition_note),
        ]
    )


def batch_line(batch: FindBatch) -> dict[str, str]:
    days = (batch.begun_on, batch.ended_on)
    told = (date_format(day, "DATE_FORMAT") for day in days if day)
    return {
        "name": batch.title,
        "number": batch.number,
        "when": " – ".join(dict.fromkeys(told)),
        "how": concept_label("source", batch.method),
    }


def _protection_facts(site: Site) -> list[Fact]:
    rows = [row for row in site.protections.all() if row.stands]
    if not rows:
        return [
            fact(
                _("Protection level"),
                label_of(site, "protection_level"),
                note=_batch(site.protection_batch),
            ),
            fact(_("Protected since"), spoken_year(site.protected_year)),
        ]
    return [fact(_("Protection level"), *(_protection(row) for row in rows))]


def _protection(row: Protection) -> str:
    level = concept_label("protection-level", row.protection_level)
    told = (spoken_year(row.protected_year), _batch(row.protection_batch), row.code)
    rest = ", ".join(text for text in told if text)
    return f"{level} ({rest})" if rest else level


def _batch(number: int | None) -> str:
    return _("batch %(number)s") % {"number": number} if number else ""


def _dating(site: Site, person: Person) -> tuple[str, str]:
    years = span_label(site.begin_year, site.end_year)
    if years and site.is_approximate:
        years = _("about %(years)s") % {"years": years}
    return title_for(site.period, person), years


def _place_facts(site: Site, person: Person) -> list[Fact]:
    place = site.place if allows(person, site, "place") else None
    address = site.address if allows(person, site, "address") else ""
    told = shown_place(site, person)
    return [
        fact(_("Place"), title_for(place, person), address),
        fact(_("Coordinates"), told.text if told else ""),
    ]


def _measures(site: Site) -> list[Fact]:
    area = number_text(site.area_m2) + " m²" if site.area_m2 else ""
    depth = f"{site.depth_m:g} m" if site.depth_m is not None else ""
    return [
        fact(_("Area"), area),
        fact(_("Caves"), str(site.caves or "")),
        fact(_("Statues"), str(site.statues or "")),
        fact(_("Depth under water"), depth),
    ]
