"""The cells of a list's rows, as unfold writes them; what a column's cells share, once a page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from types import SimpleNamespace
from typing import Any, Final

from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import lookup_field
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from unfold.templatetags import unfold_list
from unfold.utils import display_for_field, display_for_value

ROW: Final = "ROW"  # stands in an address for the row's number
OWN_WAYS: Final = ("boolean", "label", "header", "dropdown")
OWN_ROWS: Final = ("ordering_field", "list_sections")
NEVER_BROKEN: Final = (models.DateField, models.TimeField, models.ForeignKey)
write_by_unfold: Final = unfold_list.items_for_result

Shown = tuple[Any, bool]  # what stands in a cell; whether it is never broken into lines
Read = Callable[[Any], Shown]


@dataclass(frozen=True)
class Column:
    read: Read
    classes: str
    heading: str  # escaped
    tag: str = "td"
    link: tuple[str, str] | None = None  # what precedes the row's number, and follows

    def write(self, row: Any) -> str:
        shown, is_whole = self.read(row)
        text: str = conditional_escape(shown)
        if self.link is not None:
            text = f"{self.link[0]}{row.pk}{self.link[1]}{text}</a>"
        classes = f"{self.classes} nowrap" if is_whole else self.classes
        return (
            f'<{self.tag} class="{classes}" data-label="{self.heading}">'
            f"{text}</{self.tag}>"
        )


def write_cells(cl: Any, row: Any, form: Any) -> Iterator[SafeString]:
    """Write the cells of a row, all as one; where a list has ways of its own, by unfold."""
    if not hasattr(cl, "kept_columns"):
        cl.kept_columns = _columns(cl) if _is_plain(cl) else None
    if cl.kept_columns is None or form is not None:
        yield from write_by_unfold(cl, row, form)
        return
    cells = [column.write(row) for column in cl.kept_columns]
    yield mark_safe("".join(cells))  # noqa: S308 - each escaped where it is written


def _is_plain(cl: Any) -> bool:
    """Tell whether a list's cells are but values, and its rows go by whole numbers."""
    if cl.is_popup or cl.to_field or any(map(callable, cl.list_display)):
        return False
    if any(getattr(cl.model_admin, name, None) for name in OWN_ROWS):
        return False
    if not isinstance(cl.lookup_opts.pk, models.AutoField | models.BigAutoField):
        return False
    return not any(
        getattr(made_by, way, False) for made_by in _made_by(cl) for way in OWN_WAYS
    )


def _made_by(cl: Any) -> Iterator[Any]:
    """Give what columns that are no fields are made by."""
    for name in cl.list_display:
        for one in (cl.model_admin, cl.model):
            yield getattr(one, name, None)


def _columns(cl: Any) -> list[Column]:
    link, columns = _link(cl), list[Column]()
    is_first = True
    for at, (name, head) in enumerate(
        zip(cl.list_display, unfold_list.result_headers(cl), strict=True)
    ):
        heading = escape(_("Select record") if at == 0 else head["text"])
        is_link = _is_link(cl, name, is_first=is_first)
        if is_link:
            heading = escape(head["text"])
        columns.append(
            Column(
                _reading(cl, name),
                _classes(name),
                heading,
                "th" if is_link and is_first else "td",
                link if is_link else None,
            )
        )
        is_first = is_first and not is_link
    return columns


def _is_link(cl: Any, name: str, *, is_first: bool) -> bool:
    links = cl.list_display_links
    if links is None:
        return False
    return bool(is_first and not links) or name in links


def _link(cl: Any) -> tuple[str, str] | None:
    """Write the link to a row's page, but for the row's number; None where it has none."""
    try:
        address = cl.url_for_result(SimpleNamespace(**{cl.pk_attname: ROW}))
    except NoReverseMatch:
        return None
    context = {"preserved_filters": cl.preserved_filters, "opts": cl.opts}
    further = add_preserved_filters(context, address).removeprefix(address)
    before, _row, after = address.rpartition(ROW)
    classes = " ".join(unfold_list.LINK_CLASSES)
    return (
        f'<a href="{escape(before)}',
        f'{escape(after + further)}" class="{classes}" >',
    )


def _classes(name: str) -> str:
    if name == "action_checkbox":
        return " ".join(unfold_list.CHECKBOX_CLASSES)
    return " ".join([f"field-{name}", *unfold_list.ROW_CLASSES])


def _reading(cl: Any, name: str) -> Read:
    """Give how a column is read; a value that cannot be is shown as an empty one."""
    field = _field(cl, name)
    empty = cl.model_admin.get_empty_value_display()
    if field is None:
        read = _of_method(cl.model_admin, name, empty)
    elif isinstance(field.remote_field, models.ManyToOneRel):
        read = _of_relation(field, empty)
    else:
        read = _of_field(field, empty)

    def read_or_empty(row: Any) -> Shown:
        try:
            return read(row)
        except ObjectDoesNotExist:
            return empty, False

    return read_or_empty


def _field(cl: Any, name: str) -> Any:
    """Give the column's own field; None for what is asked for in another way."""
    try:
        field = cl.lookup_opts.get_field(name)
    except FieldDoesNotExist:
        return None
    is_own = field.concrete and not field.auto_created and not field.many_to_many
    return field if is_own and field.name == name else None


def _of_method(admin: Any, name: str, empty: Any) -> Read:
    def read(row: Any) -> Shown:
        _field, made_by, value = lookup_field(name, row, admin)
        own = getattr(made_by, "empty_value_display", empty)
        return display_for_value(value, own), isinstance(value, date | time)

    return read


def _of_relation(field: Any, empty: Any) -> Read:
    is_whole = isinstance(field, NEVER_BROKEN)

    def read(row: Any) -> Shown:
        value = getattr(row, field.name)
        return empty if value is None else value, is_whole

    return read


def _of_field(field: Any, empty: Any) -> Read:
    """Read a field's values; of those with a name each name is looked up once."""
    is_whole = isinstance(field, NEVER_BROKEN)
    has_names = bool(getattr(field, "flatchoices", None))
    names: dict[Any, Any] = {}

    def read(row: Any) -> Shown:
        value = getattr(row, field.name)
        if not has_names:
            return display_for_field(value, field, empty), is_whole
        if value not in names:
            names[value] = conditional_escape(display_for_field(value, field, empty))
        return names[value], is_whole

    return read
