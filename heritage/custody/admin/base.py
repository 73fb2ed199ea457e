"""Rows of custody: listed by policy, changed by actions alone."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from heritage.catalogue.admin.withheld import NoWithheldLookups
from heritage.catalogue.policy import Person, allows, person_of, visible
from heritage.lib.admin import ShownOnly
from heritage.lib.admin_pages import OwnPages
from heritage.lib.whole_numbers import parse_whole


def has_part(person: Person) -> bool:
    """Tell whether somebody has a part in a collection, whichever."""
    return person.is_administrator or bool(person.reads_in)


class CustodyAdmin(OwnPages, NoWithheldLookups, ShownOnly):
    """`opens` names the page of its own that a row of the list leads to."""

    opens: ClassVar[str] = ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return visible(super().get_queryset(request), person_of(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return has_part(person_of(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        person = person_of(request)
        return has_part(person) and (obj is None or allows(person, obj))

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if self.opens and (pk := parse_whole(object_id)) is not None:
            return redirect(f"admin:{self.page_named(self.opens)}", pk)
        shown: HttpResponse = super().change_view(request, object_id, *args, **kwargs)
        return shown
