"""What every template may name."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language


def museum(request: HttpRequest) -> dict[str, str]:
    english = (get_language() or "").startswith("en")
    name = settings.MUSEUM_NAME_EN if english else settings.MUSEUM_NAME_ZH
    return {"museum_name": name, "base_iri": settings.BASE_IRI}
