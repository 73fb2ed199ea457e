"""Forms of visitors: kept from robots without a riddle, from floods without a trace.

A field that people do not see must stay empty. How often a network has sent is counted by
the hour in the shared cache, under a keyed hash that is another each day.
"""

from typing import Any, Final

from django import forms
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import Collection
from heritage.lib.askers import asker

from .errors import ListIsFull, TooOften
from .models import ErrorReport, ModelRequest

AN_HOUR_S: Final = 3600
MOST_AN_HOUR: Final = 5
MOST_OPEN: Final = 500  # of one kind and collection: beyond, nobody could read them


class AskingForm(forms.ModelForm[Any]):
    """`website` is not for people: styles hide it, and its label says so."""

    website = forms.CharField(
        label=_("Leave this empty"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )  # fmt: skip

    @property
    def is_from_a_robot(self) -> bool:
        return bool(self.data.get("website"))

    def people_fields(self) -> list[Any]:
        return [field for field in self if field.name != "website"]


class RequestForm(AskingForm):
    class Meta:
        model = ModelRequest
        fields = ("wish", "name", "organisation", "email", "purpose")
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "organisation": forms.TextInput(attrs={"autocomplete": "organization"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "purpose": forms.Textarea(attrs={"rows": 5}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "email", "purpose"):
            self.fields[name].required = True
        self.fields["wish"].label = _("Which files")
        self.fields["name"].label = _("Your name")


class ReportForm(AskingForm):
    class Meta:
        model = ErrorReport
        fields = ("text", "email")
        widgets = {
            "text": forms.Textarea(attrs={"rows": 5}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("if you would like an answer")


def check_has_room(model: type[Any], collection: Collection) -> None:
    """Refuse what a collection's curators could not read. Raises `ListIsFull`."""
    if model._default_manager.open_in(collection).count() >= MOST_OPEN:
        raise ListIsFull


def check_not_too_often(request: HttpRequest, model: type[Any]) -> None:
    """Count what this network sends in this hour. Raises `TooOften`."""
    if _counted(_name(request, model)) > MOST_AN_HOUR:
        raise TooOften


def _name(request: HttpRequest, model: type[Any]) -> str:
    now = timezone.now()
    digest = salted_hmac(f"heritage.pages.asked {now:%Y-%m-%d}", asker(request))
    return f"asked-{model.kind}-{now:%Y%m%d%H}-{digest.hexdigest()}"


def _counted(name: str) -> int:
    """Count one more, for an hour: a cache's `incr` alone may end after five minutes."""
    cache.add(name, 0, AN_HOUR_S)
    try:
        count = cache.incr(name)
    except ValueError:  # culled in this very moment
        cache.set(name, 1, AN_HOUR_S)
        return 1
    cache.touch(name, AN_HOUR_S)
    return count
