"""A page of what lacks one of the two languages, kind by kind."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from heritage.catalogue.dashboard import UNTRANSLATED, record_models, worked_on
from heritage.catalogue.models import Record, Relic
from heritage.catalogue.policy import Person, person_of

from .inlines import works_here

LISTED: Final = 100  # of each kind, the last changed first


class Lacking(NamedTuple):
    """A record, where it is changed, and the texts that it lacks."""

    record: Record
    address: str
    missing: list[str]


class Kind(NamedTuple):
    name: str
    total: int
    rows: list[Lacking]


@require_safe
def untranslated(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    if not works_here(person):
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        "title": _("Untranslated"),
        "opts": Relic._meta,
        "kinds": list(_kinds(person)),
        "listed": LISTED,
    }
    return TemplateResponse(request, "catalogue/untranslated.html", context)


def _kinds(person: Person) -> Iterator[Kind]:
    for model in record_models():
        found = worked_on(model, person).filter(UNTRANSLATED)
        newest = found.select_related("collection").order_by("-modified_at", "-pk")
        rows = [_lacking(record) for record in newest[:LISTED]]
        if rows:
            yield Kind(str(model._meta.verbose_name_plural), found.count(), rows)


def _lacking(record: Record) -> Lacking:
    opts = record._meta
    page = f"admin:{opts.app_label}_{opts.model_name}_change"
    return Lacking(record, reverse(page, args=[record.pk]), list(_missing(record)))


def _missing(record: Record) -> Iterator[str]:
    """Name the texts that are there in the other language alone."""
    for field, other in (
        ("name_en", "name_zh"),
        ("name_zh", "name_en"),
        ("description_en", "description_zh"),
        ("description_zh", "description_en"),
    ):
        if getattr(record, other) and not getattr(record, field):
            yield str(record._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
