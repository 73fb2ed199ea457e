"""Forms of custody: what the paper ones ask."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import Collection
from heritage.catalogue.policy import Person
from heritage.custody.models import Deregistration, Slip

CODES_LIMIT = 20_000


class OwnCollection(forms.Form):
    collection = forms.ModelChoiceField(
        Collection.objects.none(), label=_("collection")
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Collection.objects.filter(pk__in=person.reads_in)
        self.fields["collection"].queryset = own  # type: ignore[attr-defined]
        self.fields["collection"].initial = own.first()


class SlipForm(OwnCollection):
    codes = forms.CharField(
        label=_("objects"), max_length=CODES_LIMIT, widget=forms.Textarea({"rows": 4}),
        help_text=_("register numbers or scanned labels, one a line"),
    )  # fmt: skip
    purpose = forms.ChoiceField(label=_("purpose"), choices=Slip.Purpose.choices)
    destination = forms.CharField(label=_("goes to"), max_length=200)
    receiver = forms.CharField(label=_("received by"), max_length=150)
    due_on = forms.DateField(
        label=_("due back"), widget=forms.DateInput({"type": "date"})
    )
    note = forms.CharField(label=_("note"), max_length=500, required=False)


class DeregistrationForm(OwnCollection):
    code = forms.CharField(
        label=_("object"),
        max_length=200,
        help_text=_("register number or scanned label"),
    )
    reason = forms.ChoiceField(label=_("reason"), choices=Deregistration.Reason.choices)
    note = forms.CharField(
        label=_("explanation"), max_length=500, widget=forms.Textarea({"rows": 3})
    )
    destination = forms.CharField(label=_("goes to"), max_length=200, required=False)


class StocktakeForm(OwnCollection):
    store = forms.CharField(
        label=_("store"), max_length=200,
        help_text=_("as locations begin: a store, or a store and a cabinet"),
    )  # fmt: skip
