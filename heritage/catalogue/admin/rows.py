"""Rows of lists and inlines: what of each may not be seen by who has the page open."""

from typing import Any

from django import forms
from django.db.models import Field, Model
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from heritage.catalogue.policy import Person, allows, person_of, policy_of
from heritage.lib.admin_lists import PagedList

from .withheld import is_withheld


class Withheld(forms.Widget):
    """Stands where a value is that this reader may not see."""

    def render(self, name: str, value: Any, *args: Any, **kwargs: Any) -> SafeString:
        return mark_safe("—")


def withholding(
    formset: type[Any], person: Person, *, may_change: bool
) -> type[forms.BaseInlineFormSet[Any, Any, Any]]:
    """Give the formset with the fields left out, row by row, that are not for the person.

    Where rows may be changed, the field stays disabled, so that its value is kept. Where
    they may not, the form is never saved, and the row in hand is emptied instead.
    """

    class Withholding(formset):
        def _construct_form(self, i: int, **kwargs: Any) -> Any:
            form = super()._construct_form(i, **kwargs)
            if may_change:
                for field in _private(form.instance, person):
                    _disable(form, field.name)
            else:
                withhold(form.instance, person)
            return form

    return Withholding


def withhold(row: Model, person: Person) -> None:
    """Empty what is not for the person, in a row that is shown and never saved."""
    for field in _private(row, person):
        setattr(row, field.name, None if field.null else "")


def _private(row: Model, person: Person) -> list[Field[Any, Any]]:
    if row.pk is None:
        return []
    private = policy_of(type(row)).fields
    return [
        field
        for field in row._meta.concrete_fields
        if field.name in private and not allows(person, row, field.name)
    ]


def _disable(form: Any, name: str) -> None:
    if name in form.fields:
        form.fields[name].disabled = True
        form.fields[name].widget = Withheld()


class PolicyChangeList(PagedList):
    """A list whose columns tell of each row what its reader may see."""

    result_list: Any

    def get_ordering(self, request: HttpRequest, queryset: Any) -> Any:
        self._asker = person_of(request)
        return super().get_ordering(request, queryset)

    def get_ordering_field(self, field_name: Any) -> Any:
        """Sort by nothing that the order of rows would give away."""
        name = super().get_ordering_field(field_name)
        if isinstance(name, str) and is_withheld(
            self.model, name.lstrip("-"), self._asker
        ):
            return None
        return name

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if set(policy_of(self.model).fields) & set(self.list_display):
            self.result_list = list(self.result_list)
            for row in self.result_list:
                withhold(row, person_of(request))
