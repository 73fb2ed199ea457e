"""The form of a device key: what limits it is never lost by the way."""

from itertools import chain
from typing import Any, ClassVar

from django import forms

from .device_models import DeviceKey
from .models import Exhibit


class DeviceKeyForm(forms.ModelForm[DeviceKey]):
    class Meta:
        model = DeviceKey
        fields: ClassVar[list[str]] = ["only_some", "exhibits"]

    def clean_exhibits(self) -> list[Exhibit]:
        """Keep the exhibits that this editor cannot see: they were not offered."""
        chosen = self.cleaned_data["exhibits"]
        if self.instance._state.adding:
            return list(chosen)
        offered = self.fields["exhibits"].queryset  # type: ignore[attr-defined]
        unseen = self.instance.exhibits.exclude(pk__in=offered.values("pk"))
        return list(chain(chosen, unseen))

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        told["only_some"] = bool(told.get("only_some") or told.get("exhibits"))
        return told
