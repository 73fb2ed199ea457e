"""What every template may name."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from heritage.archive.institution import institution, museum_name
from heritage.lib.languages import language_tag


def museum(request: HttpRequest) -> dict[str, Any]:
    return {
        # Asked for by the pages that name it: a sitemap, say, does not.
        "museum_name": SimpleLazyObject(museum_name),
        "institution": SimpleLazyObject(institution),
        "base_iri": settings.BASE_IRI,
        "language_tag": language_tag(),
    }
