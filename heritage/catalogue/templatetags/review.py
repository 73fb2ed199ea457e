"""Marks of what changed, for templates."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from heritage.catalogue.wording import compare_words

register = template.Library()
MARKS = {"same": "{}", "gone": "<del>{}</del>", "new": "<ins>{}</ins>"}


@register.simple_tag
def words_changed(before: str, after: str) -> SafeString:
    """Write the later text with what is new and what is gone marked."""
    pieces = compare_words(str(before), str(after))
    marked = ((format_html(MARKS[kind], text),) for kind, text in pieces)
    return format_html_join("", "{}", marked) or SafeString("—")
