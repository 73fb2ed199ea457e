"""Let the second of two who save one form hear what the first has saved.

For rows that keep no versions: `modified_at` says which state a page was opened on. The
admin saves the row itself even where only rows below it were changed, so it moves then,
too. What was typed stays in the form; the next press of the button stands on what has
just been told.
"""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, QueryDict
from django.utils.formats import localize
from django.utils.translation import gettext as _

from heritage.catalogue.admin.merge import CarriedField

SEEN = "seen"
LONGEST = 80  # characters of a value that a sentence tells


class GuardedForm(forms.ModelForm[Any]):
    """Knows which state of the row it was opened on; its row has `modified_at`."""

    seen = CarriedField(required=False, widget=forms.HiddenInput, label="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[SEEN].initial = _stamp(self.instance)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk is None:
            return cleaned
        rows = type(self.instance)._default_manager.select_for_update(of=("self",))
        now = rows.get(pk=self.instance.pk)
        if _stamp(now) == cleaned.get(SEEN):
            return cleaned
        self.instance.was_edited_meanwhile = True
        data = QueryDict(mutable=True)
        data.update(cast(Any, self.data))
        data[self.add_prefix(SEEN)] = _stamp(now)
        self.data = data
        told = _("Somebody else has saved this meanwhile. What you typed is still here; look through it and save again.")  # fmt: skip
        names = [name for name in cleaned if name != SEEN]
        raise forms.ValidationError(
            [told, *_differing(self, now, cleaned, names)], code="edited-meanwhile"
        )


class GuardedRows(BaseInlineFormSet[Any, Any, Any]):
    """Rows below a guarded form: where it was edited meanwhile, each tells what stands."""

    def clean(self) -> None:
        super().clean()
        if not getattr(self.instance, "was_edited_meanwhile", False):
            return
        for form in self.initial_forms:
            cleaned = getattr(form, "cleaned_data", {})
            names = [name for name in form.changed_data if name in cleaned]
            now = type(form.instance)._default_manager.get(pk=form.instance.pk)
            for told in _differing(form, now, cleaned, names):
                form.add_error(None, told)


class GuardedAdmin:
    """Hands the guard along with a form that changes a row."""

    form = GuardedForm

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        base: Any = super()
        sets = [*base.get_fieldsets(request, obj)]
        if obj is None or not base.has_change_permission(request, obj):
            return sets
        title, options = sets[-1]
        return [*sets[:-1], (title, options | {"fields": (*options["fields"], SEEN)})]


def _stamp(row: Any) -> str:
    at = row.modified_at
    return at.isoformat() if at is not None else ""


def _differing(
    form: Any, now: Any, typed: dict[str, Any], names: Iterable[str]
) -> list[str]:
    """Tell of each field what stands now where it is not what was typed."""
    told = []
    for name in names:
        stands = getattr(now, name, None)
        if stands == typed[name]:
            continue
        choice = getattr(now, f"get_{name}_display", None)
        shown = localize(choice() if choice else stands)
        text = str(shown if stands not in {None, ""} else "–")[:LONGEST]
        facts = {"field": form.fields[name].label, "now": text}
        told.append(_("%(field)s is now: %(now)s") % facts)
    return told
