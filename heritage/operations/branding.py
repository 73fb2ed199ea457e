"""The admin in the museum's own name, mark and colours; asked for by its theme."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from heritage.archive.institution import institution, museum_name
from heritage.lib.colours import readable_on, shades
from heritage.lib.languages import TRADITIONAL, language_tag
from heritage.lib.traditional import traditional

# The cinnabar of the public pages, from faint to deep.
CINNABAR: Final = {
    "50": "#fbf1ef",
    "100": "#f6dfdb",
    "200": "#ecc0b9",
    "300": "#de978d",
    "400": "#d98a7e",
    "500": "#b9493d",
    "600": "#9d2f25",
    "700": "#8c2f24",
    "800": "#6d261e",
    "900": "#55211b",
    "950": "#2f100c",
}
DARK_GROUND: Final = "#1f2937"  # the lightest ground of the dark theme's text


def name(request: HttpRequest) -> str:
    """Name the museum in the reader's language, and in his script as our own texts are."""
    said = museum_name()
    if language_tag() != TRADITIONAL:
        return said
    return traditional(settings.TRADITIONAL_WORDS).text(said)


def colours(request: HttpRequest) -> dict[str, dict[str, str]]:
    """Give the theme its steps; those of text on dark grounds are light enough for it."""
    accent = institution().accent
    if not accent:
        return {"primary": dict(CINNABAR)}
    steps = shades(accent)
    steps["500"] = readable_on(DARK_GROUND, accent)
    return {"primary": steps}


def icon(request: HttpRequest) -> str | None:
    """Lead to the museum's mark; None where it has none, and the theme shows a symbol."""
    digest = institution().logo_sha256
    return f"{reverse('museum-logo')}?v={digest[:12]}" if digest else None
