"""Vocabularies: what we ship may be looked at, the open ones added to."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from heritage.catalogue.models import Term
from heritage.catalogue.models.term import OPEN
from heritage.catalogue.policy import person_of

from .inlines import works_here

NAMES = ("label_hans", "label_hant", "label_en")


class TermForm(forms.ModelForm[Term]):
    vocabulary = forms.ChoiceField(
        label=_("vocabulary"), choices=[(name, name) for name in OPEN]
    )


@admin.register(Term)
class TermAdmin(ModelAdmin):
    form = TermForm
    list_display = (
        "label_hans",
        "label_en",
        "vocabulary",
        "slug",
        "broader",
        "is_local",
    )
    list_filter = ("vocabulary", "is_local", "is_retired")
    search_fields = (*NAMES, "slug", "notation")
    ordering = ("vocabulary", "number", "slug")
    list_per_page = 50
    fields = ("vocabulary", "slug", NAMES, ("broader", "number"), "is_retired")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return works_here(person_of(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return works_here(person_of(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        person = person_of(request)
        return person.is_administrator or bool(person.curates)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request) and (obj is None or obj.is_local)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # records may have it: it is retired

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("vocabulary", "slug") if obj is not None else ()
