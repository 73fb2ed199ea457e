"""The picture of a lineage: SVG that stands in a page, or alone as a file."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from heritage.catalogue.fields import concept_label

from .layout import Lineage

PAGE, ALONE = "catalogue/lineage.html", "catalogue/lineage.svg"


def draw_lineage(
    lineage: Lineage, *, title: str = "", is_alone: bool = False
) -> SafeString:
    """Give the picture with its list, or the SVG file by itself."""
    ways = [(way, concept_label("transmission-kind", way)) for way in lineage.ways]
    context = {
        "lineage": lineage,
        "ways": ways,
        "title": title,
        "is_alone": is_alone,
    }
    return render_to_string(ALONE if is_alone else PAGE, context)
