"""The field sheet as a form: the capture's own fields, the sheet's, and its scale bars."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import Agent, Place
from heritage.catalogue.policy import Person, visible

from .device_models import Device
from .models import Capture
from .sheet_models import FieldSheet, ScaleBar, Surface
from .sheet_rules import OF_CAPTURE, required_fields

# Headings with their fields, in the order of work in the photo room.
PARTS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Who, where, when, why"), (
        "technique", "operator", "place", "captured_on", "purpose",
        "target_accuracy_mm", "organisation", "contract",
    )),
    (_("Device"), (
        "device", "firmware", "lens", "lens_serial", "focal_mm", "distance_mm",
        "spacing_mm", "views", "overlap_pct",
    )),
    (_("Light and room"), (
        "light", "light_cct_k", "light_cri", "light_lux", "light_lux_h",
        "is_polarised", "temperature_c", "humidity_pct",
    )),
    (_("Colour"), ("colour_chart", "colour_chart_serial")),
    (_("The object"), (
        "surface", "surface_treatment", "handling", "issue_slip", "missing",
        "missing_why",
    )),
)  # fmt: skip
OWN = tuple(
    name
    for _title, names in PARTS
    for name in names
    if name not in {"technique", *OF_CAPTURE, "surface"}
)
MORE_BARS = 2  # empty rows for further scale bars
TEXTS = {"handling", "missing"}


class SheetForm(forms.ModelForm[FieldSheet]):
    """All fields of a sheet but its scale bars. Nothing is required to save a draft."""

    technique = forms.ChoiceField(label=_("technique"))
    operator = forms.ModelChoiceField(
        Agent.objects.none(), label=_("operator"), required=False
    )
    place = forms.ModelChoiceField(
        Place.objects.none(), label=_("place"), required=False
    )
    captured_on = forms.DateField(
        label=_("date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    surface = forms.MultipleChoiceField(
        label=_("surface problems"), required=False, choices=Surface.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = FieldSheet
        fields = (*OWN, "surface")
        widgets = {name: forms.Textarea(attrs={"rows": 2}) for name in TEXTS}

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        capture = self.instance.capture
        choices: Any = Capture._meta.get_field("technique")
        fields: dict[str, Any] = self.fields
        fields["technique"].choices = choices.get_choices(include_blank=False)
        fields["operator"].queryset = _visible_or(Agent, capture.operator_id, person)
        fields["place"].queryset = _visible_or(Place, capture.place_id, person)
        devices = Device.objects.filter(is_retired=False)
        held = Device.objects.filter(sheets=self.instance.pk or 0)
        fields["device"].queryset = (devices | held).distinct()
        fields["seen"].initial = self.instance.version
        for name in ("technique", *OF_CAPTURE):
            self.initial.setdefault(name, getattr(capture, name))
        for name, field in fields.items():
            if isinstance(field, forms.FloatField | forms.IntegerField):
                field.widget.attrs |= {"inputmode": "decimal", "step": "any"}
            if name in required_fields(self.asked_technique()):
                field.widget.attrs["data-required"] = "1"

    def asked_technique(self) -> str:
        """Give the technique as it stands in the form now."""
        return str(self.data.get("technique") or self.instance.capture.technique)

    def parts(self) -> Iterator[tuple[Any, list[forms.BoundField]]]:
        """Give each heading with its fields."""
        for title, names in PARTS:
            yield title, [self[name] for name in names]

    def fill_capture(self) -> Capture:
        """Give the capture with what was entered of it; not saved yet."""
        capture: Capture = self.instance.capture
        for name in ("technique", *OF_CAPTURE):
            setattr(capture, name, self.cleaned_data[name])
        return capture


def _visible_or(model: Any, held: int | None, person: Person) -> Any:
    """Give what the person may see and what stands there: saving takes nothing away."""
    seen = visible(model.objects.all(), person)
    return model.objects.filter(Q(pk__in=seen.values("pk")) | Q(pk=held))


class BarForm(forms.ModelForm[ScaleBar]):
    """One scale bar. One that was kept is struck out by emptying its name."""

    class Meta:
        model = ScaleBar
        fields = ("name", "length_mm", "uncertainty_mm")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named: Any = self["name"].data
        if self.is_bound and self.initial.get("name") and not (named or "").strip():
            for field in self.fields.values():
                field.required = False


def bar_forms(sheet: FieldSheet, data: QueryDict | None) -> Any:
    """Give the forms of the sheet's scale bars, with empty rows for more."""
    bars = list(sheet.scale_bars.all()) if sheet.pk else []
    kind = forms.formset_factory(BarForm, extra=MORE_BARS, max_num=50, absolute_max=60)
    names = BarForm.Meta.fields
    initial = [{name: getattr(bar, name) for name in names} for bar in bars]
    return kind(data, prefix="bars", initial=initial)


def entered_bars(forms_of_bars: Any) -> list[ScaleBar]:
    """Give the bars of rows that hold something and are not crossed out."""
    rows = [form.cleaned_data for form in forms_of_bars if form.cleaned_data]
    return [ScaleBar(**row) for row in rows if row.get("name")]
