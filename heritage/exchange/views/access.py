"""Who stands before a page of the exchange, and what is told to who is refused."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from heritage.catalogue.models import Collection
from heritage.catalogue.policy import allows, person_of
from heritage.exchange.errors import ExchangeError
from heritage.exchange.models import BulkChange, Load


def user_of(request: HttpRequest) -> User:
    return cast("User", request.user)


def collections_of(request: HttpRequest, *, curated: bool = True) -> list[Collection]:
    """Give the collections that this person curates, or works in."""
    person = person_of(request)
    if person.is_administrator:
        return list(Collection.objects.order_by("pk"))
    own = person.curates if curated else person.curates | person.helps
    return list(Collection.objects.filter(pk__in=own).order_by("pk"))


def check_works_here(request: HttpRequest) -> None:
    person = person_of(request)
    if not (person.is_administrator or person.curates or person.helps):
        raise PermissionDenied


def load_for(request: HttpRequest, key: str, *, curated: bool = True) -> Load:
    """Give a load of a collection of this person's. Raises `Http404`, `PermissionDenied`."""
    load = get_object_or_404(
        Load.objects.select_related("collection", "mapping", "undone_by"), key=key
    )
    if not allows(person_of(request), load):
        raise Http404
    if curated and load.collection not in collections_of(request):
        raise PermissionDenied
    return load


def change_for(request: HttpRequest, key: str) -> BulkChange:
    """Give a change of this person's own; administrators see all. Raises `Http404`."""
    rows = BulkChange.objects.select_related("created_by", "undone_by")
    change = get_object_or_404(rows, key=key)
    if not allows(person_of(request), change):
        raise Http404
    return change


def check_curates(request: HttpRequest) -> None:
    """Raise `PermissionDenied` for who curates no collection."""
    person = person_of(request)
    if not (person.is_administrator or person.curates):
        raise PermissionDenied


def attempt(request: HttpRequest, act: Callable[[], object]) -> None:
    """Do it whole or not at all; the next page tells what was refused."""
    try:
        with transaction.atomic():
            act()
    except ExchangeError as error:
        messages.error(request, str(error))


def context(request: HttpRequest, title: str, **more: Any) -> dict[str, Any]:
    person = person_of(request)
    told = {
        "title": title,
        "opts": Load._meta,
        "may_change_many": person.is_administrator or bool(person.curates),
    }
    return admin.site.each_context(request) | told | more
