"""What a manifest says of its record: names, facts, rights, and where to go on."""

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from heritage.archive.institution import museum_names
from heritage.captures.media import media_address
from heritage.captures.published import offered_files
from heritage.catalogue.fields import concept_label
from heritage.catalogue.models import Record, Relic
from heritage.catalogue.policy import Person, allows
from heritage.catalogue.spoken import span_label
from heritage.exhibits.shown import Shown

from .canvases import Json, absolute
from .texts import TextMap, in_both, pair, text_map

CONTEXT = "http://iiif.io/api/presentation/3/context.json"
# The addresses that the specification lets stand under `rights`.
OPEN_RIGHTS = (
    "http://creativecommons.org/licenses/",
    "http://creativecommons.org/publicdomain/",
    "http://rightsstatements.org/vocab/",
)


def head(record: Record, manifest: str, origin: str, kind: str = "Manifest") -> Json:
    """Give what every manifest and collection of a record begins with."""
    document: Json = {
        "@context": CONTEXT,
        "id": manifest,
        "type": kind,
        "label": text_map(record.names, record.key),
        "homepage": [homepage(record, origin)],
        "provider": [provider(origin)],
        "seeAlso": [see_also(record, origin)],
    }
    if record.descriptions:
        document["summary"] = text_map(record.descriptions)
    return document


def homepage(record: Record, origin: str) -> Json:
    return {
        "id": f"{origin}{reverse(record.kind, args=[record.key])}",
        "type": "Text",
        "label": text_map(record.names, record.key),
        "format": "text/html",
        "language": ["zh-Hans", "en"],
    }


def provider(origin: str) -> Json:
    names = text_map(museum_names().by_tag)
    return {
        "id": f"{origin}/",
        "type": "Agent",
        "label": names,
        "homepage": [
            {"id": f"{origin}/", "type": "Text", "label": names, "format": "text/html"}
        ],
        "logo": [
            {
                "id": f"{origin}{static('pages/mark.svg')}",
                "type": "Image",
                "format": "image/svg+xml",
            }
        ],
    }


def see_also(record: Record, origin: str) -> Json:
    return {
        "id": f"{origin}{reverse('data', args=[record.kind, f'{record.key}.jsonld'])}",
        "type": "Dataset",
        "format": "application/ld+json",
        "label": in_both(lambda: _("Data about this record")),
    }


def rights_of(relic: Relic) -> Json:
    """Give the licence where IIIF knows it, and the line that must be shown."""
    found: Json = {}
    if relic.rights.startswith(OPEN_RIGHTS):
        found["rights"] = relic.rights
    if relic.credit:
        found["requiredStatement"] = pair(
            lambda: _("Credit"), text_map({}, relic.credit)
        )
    return found


def facts_of(relic: Relic, person: Person) -> list[Json]:
    """Give the lines that a viewer shows beside the pictures."""
    lines = [
        pair(lambda: _("Register number"), text_map({}, relic.register_no)),
        pair(lambda: _("Category"), _label("category", relic.category)),
        pair(lambda: _("Period"), _period(relic, person)),
        pair(lambda: _("Material"), _materials(relic)),
        pair(lambda: _("Dimensions"), _dimensions(relic)),
    ]
    return [line for line in lines if line["value"]]


def renderings(
    relic: Relic, shown: Shown | None, person: Person, origin: str
) -> list[Json]:
    """Give the 3D models and files that this person may load."""
    if shown is None:
        return []
    files = [*shown.levels, *offered_files(shown.run, person)]
    return [
        {
            "id": absolute(media_address(file), origin),
            "type": "Model",
            "format": file.stored_file.media_type,
            "label": in_both(lambda: _("3D model")) | {"none": [file.profile]},
        }
        for file in files
    ]


def _label(vocabulary: str, slug: str) -> TextMap:
    return in_both(lambda: concept_label(vocabulary, slug))


def _period(relic: Relic, person: Person) -> TextMap:
    def speak() -> str:
        period = relic.period
        known = period.title if period and allows(person, period) else ""
        years = span_label(relic.begin_year, relic.end_year)
        return " · ".join(part for part in (known, relic.period_text, years) if part)

    return in_both(speak)


def _materials(relic: Relic) -> TextMap:
    slugs = [row.material for row in relic.materials.all()]
    return in_both(lambda: _(", ").join(concept_label("material", s) for s in slugs))


def _dimensions(relic: Relic) -> TextMap:
    rows = list(relic.dimensions.all())

    def speak() -> str:
        return "; ".join(
            f"{concept_label('dimension', row.kind)} {row.value:g} {concept_label('unit', row.unit)}"
            for row in rows
        )

    return in_both(speak)
