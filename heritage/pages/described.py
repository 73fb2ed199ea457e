"""What a record's page says of itself to other programs: schema.org and Open Graph."""

import json
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import mark_safe

from heritage.archive.institution import museum_name, museum_names
from heritage.captures.media import media_address
from heritage.catalogue.models import (
    Agent,
    Bearer,
    Element,
    Place,
    Record,
    Relic,
    Site,
)
from heritage.catalogue.policy import STRANGER, allows
from heritage.catalogue.vocabularies import load
from heritage.exhibits.addresses import Absolute
from heritage.exhibits.models import Exhibit
from heritage.exhibits.shown import Shown
from heritage.lib.languages import language_tag

Json = dict[str, Any]
TYPES: dict[type[Record], str] = {
    Relic: "CreativeWork",
    Element: "CreativeWork",
    Exhibit: "ExhibitionEvent",
    Site: "LandmarksOrHistoricalBuildings",
    Place: "Place",
    Bearer: "Person",
}
# Where a number is the address of the same thing elsewhere.
SAME_AS: Final = {"wikidata": "http://www.wikidata.org/entity/{}"}
PICTURE_PX = 768
LOCALES = {"zh-Hans": "zh_CN", "zh-Hant": "zh_TW", "en": "en_GB"}


def described(
    record: Record, shown: Shown | None, request: HttpRequest
) -> dict[str, Any]:
    """Give what `parts/described.html` writes into the page's head."""
    absolute = request.build_absolute_uri
    text = json.dumps(schema_org(record, shown, absolute), ensure_ascii=False)
    return {
        "open_graph": list(open_graph(record, shown, absolute)),
        # No text of ours may end the script it stands in.
        "schema_org": mark_safe(text.replace("<", "\\u003c")),  # noqa: S308
    }


def schema_org(record: Record, shown: Shown | None, absolute: Absolute) -> Json:
    """Describe a released record by schema.org, with its models as `3DModel`."""
    names = [_said(text, tag) for tag, text in record.names.items()]
    told: Json = {
        "@context": "https://schema.org",
        "@type": _type(record),
        "@id": f"{settings.BASE_IRI}/id/{record.kind}/{record.key}",
        "name": names,
        "url": absolute(reverse(record.kind, args=[record.key])),
    }
    if record.descriptions:
        told["description"] = [_said(t, tag) for tag, t in record.descriptions.items()]
    picture = shown.picture if shown else None
    if picture:
        told["image"] = absolute(picture.large)
    if isinstance(record, Relic):
        told |= _of_relic(record, shown, absolute)
    return told | _numbers(record, told)


def _type(record: Record) -> str:
    if isinstance(record, Agent):
        is_person = record.type == Agent.Type.PERSON
        return "Person" if is_person else "Organization"
    return TYPES.get(type(record), "Thing")


def _numbers(record: Record, told: Json) -> Json:
    """Give the numbers of others, and of those that are addresses the addresses."""
    given: Any = getattr(record, "identifiers", None)
    rows = [row for row in given.all() if allows(STRANGER, row)] if given else []
    own = [told["identifier"]] if "identifier" in told else []
    numbers = [
        {"@type": "PropertyValue", "propertyID": row.type, "value": row.identifier}
        for row in rows
    ]
    same = [SAME_AS[r.type].format(r.identifier) for r in rows if r.type in SAME_AS]
    found = {"identifier": [*own, *numbers] if numbers else [], "sameAs": same}
    return {name: value for name, value in found.items() if value}


def open_graph(
    record: Record, shown: Shown | None, absolute: Absolute
) -> Iterator[tuple[str, str]]:
    """Give what a link to the page shows in a chat or on a wall."""
    yield "og:type", "website"
    yield "og:title", record.title
    yield "og:url", absolute(reverse(record.kind, args=[record.key]))
    yield "og:locale", LOCALES[language_tag()]
    yield "og:site_name", museum_name()
    if record.description:
        yield "og:description", " ".join(record.description.split())[:200]
    picture = shown.picture if shown else None
    if picture:
        yield "og:image", absolute(picture.large)
        yield "og:image:width", str(PICTURE_PX)
        yield "og:image:height", str(PICTURE_PX)


def _of_relic(relic: Relic, shown: Shown | None, absolute: Absolute) -> Json:
    told: Json = {
        "identifier": relic.register_no,
        "license": relic.rights,
        "creditText": relic.credit,
        "temporalCoverage": _years(relic),
        "material": [
            _said(load("material").label(row.material, tag), tag)
            for row in relic.materials.all()
            for tag in ("zh-Hans", "en")
        ],
        "provider": {
            "@type": "Museum",
            "name": [_said(name, tag) for tag, name in museum_names().by_tag.items()],
        },
        "associatedMedia": [
            {
                "@type": "3DModel",
                "contentUrl": absolute(media_address(level)),
                "encodingFormat": level.stored_file.media_type,
                "contentSize": str(level.stored_file.size_bytes),
                "name": level.profile,
            }
            for level in (shown.levels if shown else [])
        ],
    }
    return {name: value for name, value in told.items() if value}


def _years(relic: Relic) -> str:
    """Write the span as schema.org asks for: ISO 8601 years, `..` where it is open."""
    if relic.begin_year is None and relic.end_year is None:
        return ""
    return "/".join(_year(year) for year in (relic.begin_year, relic.end_year))


def _year(year: int | None) -> str:
    if year is None:
        return ".."
    return f"{year:04d}" if year >= 0 else f"-{-year:04d}"


def _said(text: str, tag: str) -> Json:
    return {"@value": text, "@language": tag}
