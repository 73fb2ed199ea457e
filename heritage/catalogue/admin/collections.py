"""Collections and the people who work in them; accounts."""

from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as BaseGroupAdmin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from heritage.catalogue.models import (
    Collection,
    Membership,
    MuseumSettings,
    Record,
    RecordEvent,
    RestrictedRead,
    SafetyCheck,
)
from heritage.catalogue.policy import person_of
from heritage.lib.admin_lists import PagedLists

from .filters import CollectionFilter

admin.site.unregister(User)
admin.site.unregister(Group)


class MembershipInline(TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Collection)
class CollectionAdmin(PagedLists, ModelAdmin):
    """For administrators: what the museum's parts are and who works in them."""

    list_display = ("name_zh", "name_en", "relics_shown")
    search_fields = ("name_zh", "name_en")
    inlines = (MembershipInline,)

    @display(description=_("relics"))
    def relics_shown(self, collection: Collection) -> str:
        """Lead to the relics: of many collections their list's sidebar names but some."""
        address = reverse("admin:catalogue_relic_changelist")
        query = urlencode({CollectionFilter.parameter_name: collection.pk})
        return format_html('<a href="{}?{}">{}</a>', address, query, _("open"))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return person_of(request).is_administrator

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person_of(request).is_administrator

    has_add_permission = has_change_permission = has_delete_permission = (
        has_view_permission
    )


@admin.register(User)
class UserAdmin(BaseUserAdmin, ModelAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm


@admin.register(Group)
class GroupAdmin(BaseGroupAdmin, ModelAdmin):
    pass


@admin.register(RecordEvent)
class RecordEventAdmin(PagedLists, ModelAdmin):
    """The log of acts: read only, for ever."""

    list_display = ("at", "verb", "kind_shown", "record_key", "by", "reason")
    list_filter = ("verb", "record_kind")
    search_fields = ("record_key", "reason")
    list_select_related = ("by",)

    @display(description=_("kind"), ordering="record_kind")
    def kind_shown(self, event: RecordEvent) -> str:
        kinds = {
            model.kind: model._meta.verbose_name
            for model in apps.get_models()
            if issubclass(model, Record)
        }
        return str(kinds.get(event.record_kind, event.record_kind))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


class ReadOnlyAdmin(PagedLists, ModelAdmin):
    """A log: administrators read it, nobody writes it by hand."""

    list_display: tuple[str, ...] = ("at", "record_kind", "record_key", "by")
    list_filter: tuple[str, ...] = ("record_kind",)
    search_fields = ("record_key", "by__username")
    list_select_related = ("by",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(RestrictedRead)
class RestrictedReadAdmin(ReadOnlyAdmin):
    list_display = ("at", "by", "record_kind", "record_key", "fields", "door")
    list_filter = ("record_kind", "door")


@admin.register(SafetyCheck)
class SafetyCheckAdmin(ReadOnlyAdmin):
    list_display = (
        "at",
        "by",
        "record_kind",
        "record_key",
        "find_place",
        "risks",
        "note",
    )


@admin.register(MuseumSettings)
class MuseumSettingsAdmin(ModelAdmin):
    """One row, for administrators."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (
            super().has_add_permission(request) and not MuseumSettings.objects.exists()
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
