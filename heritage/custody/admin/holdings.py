"""Loans, assets and own terms: kept by curators, read by who has a duty."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from heritage.catalogue.admin.base import PolicyAdmin
from heritage.catalogue.policy import person_of, visible
from heritage.custody.models import Asset, AssetUse, Loan, OwnTerms

from .base import has_part


class CuratedAdmin(PolicyAdmin):
    """Seen by policy, written by the collection's curators alone."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return has_part(person_of(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        rows = self.get_queryset(request)
        return has_part(person_of(request)) and (
            obj is None or rows.filter(pk=obj.pk).exists()
        )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        person = person_of(request)
        return person.is_administrator or bool(person.curates)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        person = person_of(request)
        if obj is None or person.is_administrator:
            return self.has_add_permission(request)
        return self.collection_of(obj) in person.curates

    has_delete_permission = has_change_permission

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        person = person_of(request)
        if db_field.name == "collection" and not person.is_administrator:
            rows = db_field.related_model.objects.filter(pk__in=person.curates)
            kwargs["queryset"] = rows
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class OverdueLoans(admin.SimpleListFilter):
    title = _("overdue")
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "yes":
            return queryset
        return queryset.filter(ended_on=None, due_on__lt=timezone.localdate())


@admin.register(Loan)
class LoanAdmin(CuratedAdmin):
    list_display = (
        "partner", "direction", "purpose", "begins_on", "due_on", "ended_on", "overdue",
    )  # fmt: skip
    list_filter = ("direction", OverdueLoans, "collection")
    list_select_related = ("partner",)
    search_fields = (
        "partner__name_zh", "contract_no", "purpose", "relics__register_no",
    )  # fmt: skip
    autocomplete_fields = ("partner", "relics")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("collection", "direction"), ("partner", "contract_no"), "purpose",
                    ("begins_on", "due_on", "ended_on"), "relics",
                )
            },
        ),
        (
            _("Insurance and terms"),
            {"fields": (("insured_value", "currency"), "insurer", "terms")},
        ),
    )  # fmt: skip

    @display(description=_("overdue"), label="danger")
    def overdue(self, loan: Loan) -> str:
        days = loan.days_overdue
        return ngettext("%d day", "%d days", days) % days if days else ""

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        if not change:
            obj.recorded_by = request.user
        super().save_model(request, obj, form, change)


class UseInline(TabularInline):
    model = AssetUse
    extra = 0
    fields = ("used_on", "used_by", "purpose", "licence")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return visible(super().get_queryset(request), person_of(request))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(person_of(request).curates) or person_of(request).is_administrator

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_part(person_of(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a log is added to

    has_delete_permission = has_change_permission


@admin.register(Asset)
class AssetAdmin(CuratedAdmin):
    list_display = ("file", "source_type", "owner", "rights", "terms")
    list_filter = ("source_type", "rights", "collection")
    list_select_related = ("file", "owner", "terms")
    search_fields = ("file__name", "file__sha512", "owner__name_zh")
    autocomplete_fields = ("owner",)
    raw_id_fields = ("file",)
    inlines = (UseInline,)
    fieldsets = (
        (None, {"fields": (("collection", "file"), "source_type", ("machine", "prompt_digest"))}),
        (_("Owner and rights"), {"fields": ("owner", ("rights", "terms"), "valuation")}),
    )  # fmt: skip


@admin.register(OwnTerms)
class OwnTermsAdmin(ModelAdmin):
    """Public once written; curators write them, for the whole museum."""

    list_display = ("name_zh", "name_en")
    search_fields = ("name_zh", "name_en")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return has_part(person_of(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_part(person_of(request))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        person = person_of(request)
        return person.is_administrator or bool(person.curates)

    has_change_permission = has_delete_permission = has_add_permission
