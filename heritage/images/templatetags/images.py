"""Tags of image pages."""

from typing import Any

from django import template

from heritage.catalogue.policy import person_of
from heritage.images.shown import image_sets_for

register = template.Library()


@register.inclusion_tag("images/relic_images.html", takes_context=True)
def relic_images(context: Any) -> dict[str, Any]:
    """Show a relic's image sets beside its record."""
    relic = context.get("original")
    sets = image_sets_for(relic, person_of(context["request"])) if relic else []
    return {"relic": relic, "sets": sets}
