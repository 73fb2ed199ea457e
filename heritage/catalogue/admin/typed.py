"""A form as a browser would post it, and back: what drafts, merges and proposals hold."""

from collections.abc import Iterable, Iterator
from copy import copy
from typing import Any, NamedTuple

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.http import HttpRequest, QueryDict

from heritage.catalogue.merging import Inline, Posted

# What goes along with a form and is not of the record.
CARRIED = ("seen_version", "edit_base", "edit_token", "proposal")


class Opened(NamedTuple):
    """A form and its rows, as they are for one person now."""

    form: Any
    formsets: list[Any]
    inlines: list[Inline]


def open_form(model_admin: Any, request: HttpRequest, record: Any) -> Opened:
    """Build the form of a record as a fresh page of it would hold it."""
    asked = copy(request)
    asked.method = "GET"
    asked.POST = QueryDict()
    names = _names(model_admin.get_fieldsets(asked, record))
    form_class = model_admin.get_form(asked, record, change=True, fields=names)
    form = form_class(instance=record)
    formsets, _instances = model_admin._create_formsets(asked, record, change=True)
    return Opened(form, formsets, inlines_of(formsets))


def inlines_of(formsets: Iterable[Any]) -> list[Inline]:
    return [
        Inline(
            one.prefix,
            one._pk_field.name,
            frozenset({one._pk_field.name, one.fk.name}),
        )
        for one in formsets
    ]


def posted_by(form: Any, formsets: Iterable[Any]) -> dict[str, list[str]]:
    """Give what the browser would post of a form that nobody touched.

    An unticked box is there with nothing, so that its name is known.
    """
    out = {
        name: _of(form[name])
        for name, field in form.fields.items()
        if not field.disabled and name not in CARRIED
    }
    for formset in formsets:
        for row in formset.initial_forms:
            out |= {
                row[name].html_name: _of(row[name])
                for name, field in row.fields.items()
                if not field.disabled
            }
    return out


def as_querydict(posted: Posted) -> QueryDict:
    """Make a form's data of what was kept."""
    data = QueryDict(mutable=True)
    for name, values in posted.items():
        data.setlist(name, values)
    return data


def lists_of(data: QueryDict) -> dict[str, list[str]]:
    """Keep what a browser posted, but for what proves that it came from our page."""
    return {
        name: [str(value) for value in values]
        for name, values in data.lists()
        if name != "csrfmiddlewaretoken"
    }


def _of(bound: forms.BoundField) -> list[str]:
    return [*_formatted(bound.field.widget, bound.value())]


def _formatted(widget: Any, value: Any) -> Iterator[str]:
    if isinstance(widget, RelatedFieldWidgetWrapper):
        widget = widget.widget
    if isinstance(widget, forms.CheckboxInput):
        if widget.check_test(value):
            yield "on"
        return
    if isinstance(widget, forms.FileInput):
        return
    if isinstance(widget, forms.MultiWidget):
        parts: Any = value if isinstance(value, list) else widget.decompress(value)
        for one, part in zip(widget.widgets, parts, strict=False):
            yield from _formatted(one, part)
        return
    shown = widget.format_value(value)
    for one in shown if isinstance(shown, list | tuple) else [shown]:
        if one is not None:
            yield str(one)


def _names(fieldsets: Any) -> list[str]:
    rows = [row for _title, options in fieldsets for row in options["fields"]]
    return [
        name
        for row in rows
        for name in (row if isinstance(row, tuple | list) else [row])
    ]
