"""What a field sheet says, as words: labels of fields, and each field's value."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from .models import Capture
from .sheet_form import PARTS
from .sheet_models import FieldSheet, ScaleBar

OF_CAPTURE = {"technique", "operator", "place", "captured_on"}


def field_label(name: str) -> str:
    """Give a field's name in the reader's language."""
    if name == "scale_bars":
        return str(ScaleBar._meta.verbose_name_plural)
    model: Any = Capture if name in OF_CAPTURE else FieldSheet
    return str(model._meta.get_field(name).verbose_name)


def told_sheet(sheet: FieldSheet) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Give each heading with its fields' labels and values; "" for what is empty."""
    for title, names in PARTS:
        yield str(title), [(field_label(name), _value(sheet, name)) for name in names]
    bars = list(sheet.scale_bars.all()) if sheet.pk else []
    told = [(bar.name, _bar(bar)) for bar in bars]
    yield str(ScaleBar._meta.verbose_name_plural), told


def _value(sheet: FieldSheet, name: str) -> str:
    if name == "surface":
        return sheet.surface_shown()
    owner: Any = sheet.capture if name in OF_CAPTURE else sheet
    shown = getattr(owner, f"get_{name}_display", None)
    value = shown() if shown else getattr(owner, name)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)


def _bar(bar: ScaleBar) -> str:
    if bar.uncertainty_mm is None:
        return f"{bar.length_mm:g} mm"
    return f"{bar.length_mm:g} ± {bar.uncertainty_mm:g} mm"
