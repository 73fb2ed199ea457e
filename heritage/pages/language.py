"""The reader's language, as the web names it."""

from django.utils.translation import get_language


def language_tag(code: str | None = None) -> str:
    """Give the BCP 47 tag: `zh-Hans` or `en`."""
    code = code or get_language() or ""
    return "en" if code.startswith("en") else "zh-Hans"
