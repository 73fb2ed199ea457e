"""What the pages of elements, bearers and their recordings say, line by line."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from heritage.archive.staying import is_in_use
from heritage.catalogue.fields import concept_label
from heritage.catalogue.models import Bearer, Element, ElementListing, RecordingItem
from heritage.catalogue.policy import Person, allows
from heritage.catalogue.spoken import span_label, spoken_year
from heritage.lib.languages import choose
from heritage.pages.facts import Fact, fact, kept, label_of, numbers, title_for


def element_facts(element: Element, person: Person) -> list[Fact]:
    domains = (concept_label("unesco-domain", one) for one in element.all_domains)
    return kept(
        [
            fact(_("Code"), element.code),
            numbers(element, person),
            fact(_("Category"), label_of(element, "category")),
            fact(_("UNESCO domain"), *domains),
            *_listing_facts(element),
            fact(_("Themes"), *(str(row) for row in element.facets.all())),
            fact(_("Region"), title_for(element.region, person)),
            fact(_("Protection unit"), title_for(element.protection_unit, person)),
        ]
    )


def part_lines(element: Element, person: Person) -> list[dict[str, str]]:
    """Tell each sub-item: who applied, when, and who protects it."""
    return [
        {
            "name": choose(part.name_zh, part.name_en),
            "kind": part.get_kind_display(),
            "when": " · ".join(
                text for text in (_batch(part.batch), spoken_year(part.year)) if text
            ),
            "applicant": part.applicant,
            "number": part.project_number,
            "unit": title_for(part.protection_unit, person),
        }
        for part in element.parts.select_related("protection_unit")
    ]


def chapter_texts(element: Element) -> list[tuple[str, str]]:
    """Give each chapter with its heading, in the order of the list."""
    rows = {row.subject: row for row in element.chapters.all()}
    subjects = element.chapters.model._meta.get_field("subject").flatchoices
    return [
        (str(label), choose(rows[slug].text_zh, rows[slug].text_en))
        for slug, label in subjects
        if slug in rows
    ]


def bearer_facts(bearer: Bearer, person: Person) -> list[Fact]:
    return kept(
        [
            _craft(bearer, person),
            fact(_("Bearer's number"), bearer.number),
            numbers(bearer, person),
            fact(_("Generation"), _if_open(bearer, "generation", person)),
            fact(_("Level"), label_of(bearer, "level")),
            fact(
                _("Recognised"),
                spoken_year(bearer.recognised_year),
                note=_batch(bearer.batch),
            ),
            fact(_("Status"), bearer.get_status_display()),
            *_life_facts(bearer, person),
        ]
    )


def item_line(item: RecordingItem) -> dict[str, str]:
    """Tell one recording; its address where there are bytes to play."""
    minutes = round(item.duration_s / 60) if item.duration_s else 0
    day = item.recorded_on
    file = item.stored_file
    return {
        "kind": concept_label("recording-kind", item.kind),
        "title": choose(item.title_zh, item.title_en),
        "when": date_format(day, "DATE_FORMAT") if day else "",
        "length": _("%(count)s min") % {"count": minutes} if minutes else "",
        "address": reverse("recorded", args=[item.key])
        if file and is_in_use(file)
        else "",
    }


def _listing_facts(element: Element) -> list[Fact]:
    rows = [row for row in element.listings.select_related("part") if row.stands]
    if not rows:
        return [
            fact(_("Level"), label_of(element, "level")),
            fact(
                _("Listed"),
                spoken_year(element.listed_year),
                note=_batch(element.batch),
            ),
        ]
    return [fact(_("Listed"), *(_listing(row) for row in rows))]


def _listing(row: ElementListing) -> str:
    level = concept_label("ich-level", row.level)
    name = level or concept_label("unesco-list", row.unesco_list)
    whose = str(row.part) if row.part else ""
    told = (spoken_year(row.listed_year), _batch(row.batch), row.code, whose)
    rest = ", ".join(text for text in told if text)
    return f"{name} ({rest})" if rest else name


def _batch(number: int | None) -> str:
    return _("batch %(number)s") % {"number": number} if number else ""


def _craft(bearer: Bearer, person: Person) -> Fact:
    element = bearer.element
    if not allows(person, element):
        return fact(_("Craft"))
    address = reverse("element", args=[element.key])
    return Fact(_("Craft"), (element.title,), address=address)


def _life_facts(bearer: Bearer, person: Person) -> list[Fact]:
    who = bearer.person
    known = allows(person, bearer, "life") and allows(person, who, "birth_year")
    if not known:
        return []
    life = ""
    if allows(person, who):
        life = span_label(who.birth_year, who.death_year)
    works = choose(bearer.works_zh, bearer.works_en)
    activities = choose(bearer.activities_zh, bearer.activities_en)
    return [
        fact(_("Life"), life),
        fact(_("Practising since"), spoken_year(bearer.practising_since)),
        fact(_("Applicant"), bearer.applicant),
        fact(_("Region"), title_for(bearer.region, person)),
        fact(_("Representative works"), works),
        fact(_("Teaching and shows"), activities),
    ]


def _if_open(bearer: Bearer, name: str, person: Person) -> str:
    return str(getattr(bearer, name) or "") if allows(person, bearer, name) else ""
