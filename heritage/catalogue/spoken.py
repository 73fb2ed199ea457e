"""Years and spans as people say them, in the reader's language."""

from django.utils.translation import gettext as _

from heritage.lib.languages import text_tag
from knowledge_graph.years import year_label


def spoken_year(year: int | None) -> str:
    return "" if year is None else year_label(year, text_tag())


def span_label(begin: int | None, end: int | None) -> str:
    """Say from when until when; "" where neither is known."""
    if begin is None and end is None:
        return ""
    if begin is None:
        return _("until %(year)s") % {"year": spoken_year(end)}
    if end is None:
        return _("from %(year)s") % {"year": spoken_year(begin)}
    if begin == end:
        return spoken_year(begin)
    return f"{spoken_year(begin)} – {spoken_year(end)}"
