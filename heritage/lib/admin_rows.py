"""What unfold makes once more for each row of a list: have it made once a page."""

from functools import cache
from typing import Any, Final

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.utils.html import format_html
from django.utils.translation import get_language
from unfold.admin import checkbox
from unfold.templatetags import unfold_list

from .admin_cells import write_cells

_NUMBER: Final = "ROW"
_make_headings: Final = unfold_list.result_headers


def keep_headings() -> None:
    """Have each list keep, for as long as its page is written, what its rows share."""
    unfold_list.result_headers = _kept
    unfold_list.items_for_result = write_cells


def box_of(pk: int) -> str:
    """Write the box before a row, by which it is chosen."""
    return format_html(_box(get_language()), pk)


def _kept(cl: Any) -> list[dict[str, Any]]:
    if not hasattr(cl, "kept_headings"):
        cl.kept_headings = list(_make_headings(cl))
    kept: list[dict[str, Any]] = cl.kept_headings
    return kept


@cache
def _box(language: str | None) -> str:
    box = str(checkbox.render(ACTION_CHECKBOX_NAME, _NUMBER))
    return box.replace("{", "{{").replace("}", "}}").replace(_NUMBER, "{}")
