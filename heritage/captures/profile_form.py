"""The form of a delivery profile: budgets in units that people use, each with its limits.

What there is the engine says (scans/delivery/profiles.py); here stand words and units.
The engine's own check has the last word. A test holds the fields to the engine's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from scans.delivery.errors import BadProfile
from scans.delivery.profiles import ALWAYS, DEMAND, parse_profile

from .messages import sentence
from .models import DeliveryProfile
from .products import OTHERS, TWIN_SUFFIX
from .profiles import Values, built_in

MEGA, MIBI = 1_000_000, 1024**2
MAP_SIZES = (0, 256, 512, 1024, 2048, 4096, 8192)
Text = Promise | str


@dataclass(frozen=True)
class Budget:
    """A number as the form takes it: `factor` leads to the engine's unit."""

    label: Text
    about: Text
    least: float
    most: float
    factor: float = 1
    is_whole: bool = True


BUDGETS: dict[str, Budget] = {
    "triangles": Budget(
        gettext_lazy("Triangles, at most"),
        gettext_lazy("A standalone headset draws about 50,000 for each of several objects. 0 keeps all of the master."),
        0, 5_000_000,
    ),
    "bytes": Budget(
        gettext_lazy("File size, at most (MB)"),
        gettext_lazy("All maps included. A phone on a mobile network loads 4 MB in about two seconds. 0 sets no limit."),
        0, 2000, MEGA, is_whole=False,
    ),
    "gpu_bytes": Budget(
        gettext_lazy("Memory on the GPU, at most (MiB)"),
        gettext_lazy("Of geometry and maps once loaded. A room on a standalone headset has 256 MiB for all its objects. 0 sets no limit."),
        0, 4096, MIBI,
    ),
    "error_share": Budget(
        gettext_lazy("Mean deviation from the master, at most (‰ of the diagonal)"),
        gettext_lazy("0.6 ‰ of a vessel of 30 cm are 0.18 mm. 0 sets no limit."),
        0, 50, 0.001, is_whole=False,
    ),
    "position_bits": Budget(
        gettext_lazy("Bits of a position"),
        gettext_lazy("14 are steps of 0.02 mm on 40 cm. 0 stores plain numbers, for programs that read no extensions."),
        0, 16,
    ),
    "normal_bits": Budget(
        gettext_lazy("Bits of a normal"), gettext_lazy("8 will do nearly always; 0 together with those of a position."), 0, 16,
    ),
    "colour_bits": Budget(
        gettext_lazy("Bits of a colour at the vertices"), gettext_lazy("12 keep every shade of the scan."), 1, 16,
    ),
}  # fmt: skip
MAPS: dict[str, tuple[Text, Text]] = {
    "colour_px": (
        gettext_lazy("Colour map (pixels a side)"),
        gettext_lazy("2048 shows brush strokes at arm's length; 0 leaves it out."),
    ),
    "normal_px": (
        gettext_lazy("Normal map (pixels a side)"),
        gettext_lazy("Gives back relief that the triangles have lost."),
    ),
    "occlusion_px": (
        gettext_lazy("Map of shade in hollows (pixels a side)"),
        gettext_lazy("How much light reaches each place."),
    ),
}
CODECS: dict[str, tuple[Text, Text]] = {
    "colour_codec": (gettext_lazy("Compression of the colour map"), ""),
    "normal_codec": (gettext_lazy("Compression of the normal map"), ""),
}
CODEC_NAMES: list[tuple[str, Text]] = [
    ("", gettext_lazy("as the base has it")),
    ("etc1s", gettext_lazy("KTX2 ETC1S: small")),
    ("uastc", gettext_lazy("KTX2 UASTC: fine, larger")),
    ("jpeg", gettext_lazy("JPEG: without extensions")),
    ("png", gettext_lazy("PNG: without loss or extensions")),
]
WHEN = [
    ("", gettext_lazy("as the base has it")),
    (ALWAYS, gettext_lazy("for every model")),
    (DEMAND, gettext_lazy("on demand")),
]

SWITCH = [
    ("", gettext_lazy("as the base has it")),
    ("yes", gettext_lazy("yes")),
    ("no", gettext_lazy("no")),
]


class DeliveryProfileForm(forms.ModelForm[DeliveryProfile]):
    """Only what is filled in differs from the base."""

    base = forms.ChoiceField(
        label=gettext_lazy("based on"),
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy(
            "whatever is left empty below is taken from this profile"
        ),
    )
    on = forms.ChoiceField(
        label=gettext_lazy("Made"), choices=WHEN, required=False,
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip
    usdz = forms.TypedChoiceField(
        label=gettext_lazy("With a USDZ file for Apple devices"),
        choices=SWITCH, coerce=lambda value: value == "yes", empty_value=None, required=False,
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip

    class Meta:
        model = DeliveryProfile
        fields = ("name", "base", "note")
        widgets = {
            "name": UnfoldAdminTextInputWidget,
            "note": UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base"].choices = [(name, name) for name in built_in()]  # type: ignore[attr-defined]
        for name, field in _fields():
            self.fields[name] = field
        for name, value in self.instance.changes.items():
            self.initial[name] = _shown(name, value)
        base = built_in().get(self.instance.base, {})
        for name in BUDGETS:
            shown = _shown(name, base[name]) if name in base else ""
            self.fields[name].widget.attrs["placeholder"] = shown

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        DeliveryProfile._meta.get_field("name").run_validators(name)
        if name in OTHERS:
            raise forms.ValidationError(
                _("“%(name)s” already names another kind of file. Choose another name.")
                % {"name": name}
            )
        if name.endswith(TWIN_SUFFIX):
            raise forms.ValidationError(
                _("“%(name)s” would name the USDZ file of another profile. Choose a name that does not end in “%(suffix)s”.")
                % {"name": name, "suffix": TWIN_SUFFIX}
            )  # fmt: skip
        return name

    def clean(self) -> dict[str, Any]:
        """Let the engine's own check have the last word."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "name" in cleaned and "base" in cleaned:
            values = dict(built_in()[cleaned["base"]]) | self.changes()
            try:
                parse_profile(cleaned["name"], values)
            except BadProfile as refusal:
                self.add_error(None, sentence(refusal.code, refusal.facts))
        return cleaned

    def changes(self) -> Values:
        """Give what differs from the base, by the engine's names and units."""
        found: Values = {}
        for name in form_fields():
            value = self.cleaned_data.get(name)
            if value in (None, ""):
                continue
            if name in BUDGETS:
                value *= BUDGETS[name].factor
                value = round(value, 9) if name == "error_share" else round(value)
            found[name] = int(value) if name in MAPS else value
        base = built_in()[self.cleaned_data["base"]]
        return {name: v for name, v in found.items() if base.get(name) != v}

    def save(self, commit: bool = True) -> DeliveryProfile:  # noqa: FBT001, FBT002 - Django's
        self.instance.changes = self.changes()
        return super().save(commit)


def form_fields() -> tuple[str, ...]:
    """Name the fields that stand for the engine's values."""
    return (*BUDGETS, *MAPS, *CODECS, "on", "usdz")


def _shown(name: str, value: Any) -> Any:
    """Turn the engine's value into what the form shows."""
    if name in BUDGETS:
        shown = value / BUDGETS[name].factor
        return round(shown) if BUDGETS[name].is_whole else round(shown, 9)
    return ("yes" if value else "no") if name == "usdz" else value


def _fields() -> Iterator[tuple[str, forms.Field]]:
    for name, budget in BUDGETS.items():
        kind: Any = forms.IntegerField if budget.is_whole else forms.FloatField
        yield name, kind(
            label=budget.label, help_text=budget.about, required=False,
            min_value=budget.least, max_value=budget.most,
            widget=UnfoldAdminIntegerFieldWidget(attrs={"step": 1 if budget.is_whole else "any"}),
        )  # fmt: skip
    sizes = [("", _("as the base has it")), *((str(px), str(px)) for px in MAP_SIZES)]
    for name, (label, about) in MAPS.items():
        yield (
            name,
            forms.ChoiceField(
                label=str(label),
                help_text=str(about),
                choices=sizes,
                required=False,
                widget=UnfoldAdminSelectWidget,
            ),
        )
    for name, (label, about) in CODECS.items():
        yield name, forms.ChoiceField(
            label=str(label), help_text=str(about), choices=CODEC_NAMES, required=False,
            widget=UnfoldAdminSelectWidget,
        )  # fmt: skip
