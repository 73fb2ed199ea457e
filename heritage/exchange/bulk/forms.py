"""The form of one step: what to do to a field, and with what."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import Relic

from .looking import value_of
from .steps import Step
from .targets import Column, Do, Target, Terms

LONGEST = 2000


class StepForm(forms.Form):
    """Asks for what the field's own form would ask for, in the same words."""

    do = forms.ChoiceField(label=_("what to do"), widget=forms.RadioSelect)

    def __init__(self, request: HttpRequest, target: Target, *args: Any) -> None:
        super().__init__(*args)
        self.target = target
        choices = [(verb.value, verb.label) for verb in target.verbs]
        do = cast("forms.ChoiceField", self.fields["do"])
        do.choices, do.initial = choices, choices[0][0]
        if Do.SET in target.verbs or isinstance(target, Terms):
            self.fields["value"] = _value_field(request, target)
        if Do.REPLACE in target.verbs:
            self.fields["find"] = forms.CharField(
                label=_("find"), required=False, strip=False, max_length=LONGEST,
                help_text=_("as it is written, capitals and spaces included"),
            )  # fmt: skip
            self.fields["replacement"] = forms.CharField(
                label=_("replace by"), required=False, strip=False, max_length=LONGEST,
                help_text=_("empty: it is taken out"),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        do = cleaned.get("do")
        if do == Do.REPLACE and not cleaned.get("find"):
            raise ValidationError({"find": _("Say what is to be found.")})
        needs_value = do in (Do.SET, Do.ADD, Do.REMOVE)
        if needs_value and not self.errors and cleaned.get("value") in (None, "", []):
            raise ValidationError({"value": _("Say the value.")})
        return cleaned

    @property
    def step(self) -> Step:
        """Give the step that was said, as it is kept."""
        told, name = self.cleaned_data, self.target.name
        if told["do"] == Do.REPLACE:
            return Step(name, told["do"], told["replacement"], told["find"])
        if told["do"] == Do.CLEAR:
            return Step(name, told["do"])
        if isinstance(self.target, Terms):
            return Step(name, told["do"], list(told["value"]))
        return Step(name, told["do"], _as_json(self.target, told["value"]))


def _as_json(target: Column, value: Any) -> Any:
    relic = Relic()
    setattr(relic, target.field.attname, getattr(value, "pk", value))
    return value_of(relic, target.name)


def _value_field(request: HttpRequest, target: Target) -> forms.Field:
    if isinstance(target, Terms):
        return forms.MultipleChoiceField(
            label=target.field.verbose_name, required=False,
            choices=target.field.flatchoices, widget=forms.SelectMultiple({"size": 12}),
        )  # fmt: skip
    # As the relic's own form has it: completing what is typed, visible rows alone.
    form = admin.site.get_model_admin(Relic)
    field: Any = form.formfield_for_dbfield(target.field, request)
    field.required = False
    return cast("forms.Field", field)
