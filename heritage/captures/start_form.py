"""The form that starts a run: recipe, parameters with their limits, scans to leave out."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scans.errors import BadParameter
from scans.recipe import Parameters, read_recipe, recipe_names, schema

from .messages import sentence
from .models import Capture
from .recipes import parameter_words, recipe_about, recipe_label
from .usable import scan_names

PREFIX = "set_"  # before a parameter's name, to tell it from the form's own fields
LARGEST_SHOWN = 1_000_000  # as a limit; beyond, it tells nobody anything


class StartForm(forms.Form):
    """What a person may set for one run; all that is left alone the engine chooses."""

    recipe = forms.ChoiceField(
        label=gettext_lazy("Recipe"), required=False, widget=forms.RadioSelect
    )
    leave_out = forms.MultipleChoiceField(
        label=gettext_lazy("Leave out these scans"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, capture: Capture, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        recipe, leave_out = self.fields["recipe"], self.fields["leave_out"]
        recipe.choices = list(_recipe_choices())  # type: ignore[attr-defined]
        leave_out.choices = [(name, name) for name in scan_names(capture)]  # type: ignore[attr-defined]
        for name in schema():
            self.fields[PREFIX + name] = _parameter_field(name)

    def parameter_fields(self) -> Iterator[tuple[Any, str]]:
        """Give the fields of the parameters, each with its limits and unit."""
        return ((self[PREFIX + name], _limits(name)) for name in schema())

    def recipe_options(self) -> Iterator[tuple[Any, str]]:
        """Give each choice of a recipe with what it is for."""
        by_computer = _("The computer looks at the files and decides.")
        abouts = [by_computer, *(recipe_about(name) for name in recipe_names())]
        return zip(self["recipe"], abouts, strict=True)

    def clean(self) -> dict[str, Any]:
        """Let the engine's own check have the last word."""
        cleaned: dict[str, Any] = super().clean() or {}
        settings = [f"{key}={value}" for key, value in self.parameters().items()]
        try:
            read_recipe(cleaned.get("recipe") or recipe_names()[0], settings)
        except BadParameter as refusal:
            name = PREFIX + str(refusal.facts["parameter"])
            self.add_error(name, sentence(refusal.code, refusal.facts))
        return cleaned

    def parameters(self) -> dict[str, int | float]:
        """Give what was set, by the engine's names; nothing for what was left empty."""
        found = {name: self.cleaned_data.get(PREFIX + name) for name in schema()}
        return {name: value for name, value in found.items() if value is not None}


def _recipe_choices() -> Iterator[tuple[str, str]]:
    yield "", _("choose for me")
    for name in recipe_names():
        yield name, recipe_label(name)


def _parameter_field(name: str) -> forms.Field:
    rule, words = schema()[name], parameter_words(name)
    default = _defaults()[name]
    is_whole = isinstance(default, int)
    if _is_switch(name):
        return forms.TypedChoiceField(
            label=words.label,
            required=False,
            choices=[("", _("as the recipe has it")), ("1", _("yes")), ("0", _("no"))],
            coerce=int,
            empty_value=None,
            help_text=words.about,
        )
    kind: Any = forms.IntegerField if is_whole else forms.FloatField
    field: forms.Field = kind(
        label=words.label,
        required=False,
        min_value=rule.least,
        max_value=rule.most,
        help_text=words.about,
    )
    field.widget.attrs |= {"placeholder": str(default)}
    if not is_whole:
        field.widget.attrs["step"] = "any"
    return field


def _is_switch(name: str) -> bool:
    rule = schema()[name]
    is_whole = isinstance(_defaults()[name], int)
    return is_whole and (rule.least, rule.most) == (0, 1)


def _limits(name: str) -> str:
    if _is_switch(name):
        return ""
    rule, words = schema()[name], parameter_words(name)
    least, most = f"{rule.least:,g}", f"{rule.most:,g}"
    if rule.most > LARGEST_SHOWN:
        return _("%(least)s or more") % {"least": least}
    return f"{least} – {most} {words.unit}".strip()


def _defaults() -> dict[str, int | float]:
    parameters = Parameters()
    return {field.name: getattr(parameters, field.name) for field in fields(parameters)}
