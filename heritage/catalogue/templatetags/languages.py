"""What stands in for a missing language says so, to eyes and to screen readers."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from heritage.lib.languages import MARKS, Chosen

register = template.Library()


@register.filter
def said(text: str) -> str | SafeString:
    """Write a text; one in the other language with its `lang` and a small mark."""
    if not _is_other(text):
        return text
    return format_html(
        "<span{}>{}</span>{}", lang_of(text), str(text), other_mark(text)
    )


@register.filter
def lang_of(text: str) -> str | SafeString:
    """Give the attribute for an element that holds the text; none where it is the page's."""
    return format_html(' lang="{}"', text.tag) if _is_other(text) else ""  # type: ignore[attr-defined]


@register.filter
def other_mark(text: str) -> str | SafeString:
    """Give the mark alone, to stand behind the text."""
    if not _is_other(text):
        return ""
    told = _("There is no text in your language yet.")
    return format_html(
        ' <small class="in-other" title="{}">[{}]</small>',
        told,
        MARKS[text.tag],  # type: ignore[attr-defined]
    )


def _is_other(text: str) -> bool:
    return isinstance(text, Chosen) and text.is_other
