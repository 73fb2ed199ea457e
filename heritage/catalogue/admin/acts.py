"""Acts as inlines: added, read for ever, struck through with a reason."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from heritage.catalogue.actions import record_act, strike_act
from heritage.catalogue.errors import CatalogueError
from heritage.catalogue.models import (
    Act,
    AttributionOpinion,
    ConditionCheck,
    CustodyChange,
    DatingOpinion,
    Grading,
    Move,
    Naming,
)
from heritage.catalogue.policy import person_of

from .base import PolicyStackedInline

STRIKE = "struck_because"


class ActForm(forms.ModelForm[Any]):
    """What was recorded stays as it is; all that can be added is why it holds no longer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_new = self.instance.pk is None
        for name, field in self.fields.items():
            field.disabled = (name == STRIKE) == (is_new or not self.instance.stands)
        if is_new and STRIKE in self.fields:
            self.fields[STRIKE].widget = forms.HiddenInput()


class ActInline(PolicyStackedInline):
    form = ActForm
    tab = True
    autocomplete_fields: tuple[str, ...] = ("decided_by",)
    said: tuple[Any, ...] = ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        who = (("decided_on", "decided_by", "people"), "evidence", "dissent", STRIKE)
        return (*self.said, *who)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # struck through, never erased


class GradingInline(ActInline):
    model = Grading
    said = ("grade",)


class DatingInline(ActInline):
    model = DatingOpinion
    said = (("period", "period_text"), ("begin_year", "end_year"))
    autocomplete_fields = ("decided_by", "period")


class AttributionInline(ActInline):
    model = AttributionOpinion
    said = (("maker", "made_at"),)
    autocomplete_fields = ("decided_by", "maker", "made_at")


class ConditionInline(ActInline):
    model = ConditionCheck
    said = (("completeness", "preservation"), "completeness_note")


class CustodyInline(ActInline):
    model = CustodyChange
    said = ("holder",)
    autocomplete_fields = ("decided_by", "holder")


class NamingInline(ActInline):
    model = Naming
    said = (("name_zh", "name_en"),)


class MoveInline(ActInline):
    """Where it lies is for the collection's curators alone."""

    model = Move
    said = (("store", "cabinet", "shelf"),)

    def _curates(self, request: HttpRequest, obj: Any = None) -> bool:
        person = person_of(request)
        if obj is None or person.is_administrator:
            return person.is_administrator or bool(person.curates)
        return obj.collection_id in person.curates

    has_view_permission = has_add_permission = has_change_permission = _curates


ACT_INLINES = (
    GradingInline,
    DatingInline,
    AttributionInline,
    ConditionInline,
    CustodyInline,
    NamingInline,
    MoveInline,
)


def save_acts(request: HttpRequest, formset: Any) -> None:
    """Record the acts that were added, strike those that were given a reason."""
    for act in formset.save(commit=False):
        try:
            _save(act, request)
        except CatalogueError as error:
            messages.error(request, str(error))


def _save(act: Act, request: HttpRequest) -> None:
    by: Any = request.user
    if act.pk is None:
        record_act(act, by=by)
    else:
        strike_act(act, by=by, reason=act.struck_because)
