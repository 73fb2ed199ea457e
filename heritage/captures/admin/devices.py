"""The register of devices in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from heritage.captures.device_models import Calibration, Device
from heritage.catalogue.admin.inlines import works_here
from heritage.catalogue.policy import person_of

from .guarding import GuardedAdmin, GuardedRows

TRUST_COLOURS = {"valid": "success", "expired": "danger", "missing": "warning"}


class _ByMembers:
    """Whoever works here keeps the register; curators alone strike out."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return works_here(person_of(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return works_here(person_of(request))

    has_add_permission = has_change_permission = has_view_permission

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        person = person_of(request)
        return person.is_administrator or bool(person.curates)


class CalibrationInline(_ByMembers, TabularInline):
    model = Calibration
    formset = GuardedRows
    extra = 1
    fields = (
        "certificate", "issued_by", "calibrated_on", "expires_on", "uncertainty_mm",
    )  # fmt: skip


@admin.register(Device)
class DeviceAdmin(GuardedAdmin, _ByMembers, ModelAdmin):
    list_display = ("name", "serial", "firmware", "trust", "is_retired")
    list_filter = ("is_retired",)
    search_fields = ("name", "maker", "serial")
    inlines = (CalibrationInline,)
    compressed_fields = False
    warn_unsaved_form = True
    fieldsets = (
        (None, {"fields": (("name", "maker"), ("serial", "firmware"), "owner")}),
        (None, {"fields": ("note", "is_retired")}),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("calibrations")

    @display(description=_("calibration"), label=TRUST_COLOURS)
    def trust(self, device: Device) -> tuple[str, str]:
        today = device.trust_today
        return today.value, str(today.label)
