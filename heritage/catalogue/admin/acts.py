"""Acts as inlines: added, read for ever, struck through with a reason."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.actions import record_act, strike_act, withdraw_consent
from heritage.catalogue.errors import CatalogueError
from heritage.catalogue.models import (
    AttributionOpinion,
    ConditionCheck,
    Consent,
    CustodyChange,
    DatingOpinion,
    Decision,
    ElementListing,
    Grading,
    Move,
    Naming,
    Protection,
    Recognition,
    Treatment,
)
from heritage.catalogue.policy import person_of

from .base import RecordAdmin
from .inlines import PolicyStackedInline

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


class ConsentForm(ActForm):
    """A consent may besides be taken back by who gave it: from that day it holds no more."""

    taken_back = forms.BooleanField(
        required=False,
        label=_("taken back today"),
        help_text=_("by the bearer; what hangs on it leaves the public at once"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        consent = self.instance
        holds = consent.pk is not None and consent.stands and not consent.is_withdrawn
        self.fields["taken_back"].disabled = not holds
        self.fields["withdrawn_on"].disabled = True
        self.fields["decided_on"].label = _("given on")
        self.fields["decided_by"].label = _("given by")


class TreatmentForm(ActForm):
    """Who is named did it, and that day began it: so the graph says."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decided_on"].label = _("begun on")
        self.fields["decided_by"].label = _("treated by")


class ActInline(PolicyStackedInline):
    form: type[ActForm] = ActForm
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


class TreatmentInline(ActInline):
    model = Treatment
    form = TreatmentForm
    said = (("treatment", "substances"), "ended_on")


class CustodyInline(ActInline):
    model = CustodyChange
    said = ("holder",)
    autocomplete_fields = ("decided_by", "holder")


class NamingInline(ActInline):
    model = Naming
    said = (("name_zh", "name_en"),)


class CuratorsInline(ActInline):
    """What only the collection's curators may know."""

    def _curates(self, request: HttpRequest, obj: Any = None) -> bool:
        person = person_of(request)
        if obj is None or person.is_administrator:
            return person.is_administrator or bool(person.curates)
        return obj.collection_id in person.curates

    has_view_permission = has_add_permission = has_change_permission = _curates


class MoveInline(CuratorsInline):
    model = Move
    said = (("store", "cabinet", "shelf"),)


class ListingInline(ActInline):
    model = ElementListing
    said = (
        ("level", "unesco_list", "part"), ("listed_year", "batch", "code"),
    )  # fmt: skip

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "part":
            element = request.resolver_match.kwargs.get("object_id")  # type: ignore[union-attr]
            parts = db_field.related_model.objects.filter(element=element)
            kwargs["queryset"] = parts if element else parts.none()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class RecognitionInline(ActInline):
    model = Recognition
    said = (("verdict", "level"), ("recognised_year", "batch"))


class ConsentInline(CuratorsInline):
    model = Consent
    form = ConsentForm
    said = (
        ("until", "withdrawn_on", "taken_back"),
        ("covers_lineage", "covers_life", "covers_recordings"),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        who = (("decided_on", "decided_by", "people"), "evidence", STRIKE)
        return (*self.said, *who)


class ProtectionInline(ActInline):
    model = Protection
    said = (("protection_level", "protected_year", "protection_batch"), "code")


ACT_INLINES = (
    GradingInline,
    DatingInline,
    AttributionInline,
    ConditionInline,
    TreatmentInline,
    CustodyInline,
    NamingInline,
    MoveInline,
)


class DecidedAdmin(RecordAdmin):
    """A record whose fields follow from decisions: these are recorded, never just saved."""

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: Any
    ) -> None:
        if issubclass(formset.model, Decision):
            save_acts(request, formset)
        else:
            super().save_formset(request, form, formset, change)


def save_acts(request: HttpRequest, formset: Any) -> None:
    """Record what was added, strike what was given a reason, take back what was ticked."""
    taken_back = {
        form.instance.pk for form in formset.initial_forms
        if form.cleaned_data.get("taken_back")
    }  # fmt: skip
    for act in formset.save(commit=False):
        try:
            _save(act, request, is_taken_back=act.pk in taken_back)
        except CatalogueError as error:
            messages.error(request, str(error))


def _save(act: Decision, request: HttpRequest, *, is_taken_back: bool) -> None:
    by: Any = request.user
    if act.pk is None:
        record_act(act, by=by)
    elif act.struck_because:
        strike_act(act, by=by, reason=act.struck_because)
    elif is_taken_back and isinstance(act, Consent):
        withdraw_consent(act, by=by)
