"""Captures and runs in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from heritage.captures.models import Capture, DeliveryProfile, Heartbeat, Run
from heritage.captures.permission import may_open
from heritage.captures.profile_form import BUDGETS, CODECS, MAPS, DeliveryProfileForm
from heritage.captures.profiles import built_in
from heritage.captures.views.ready import shown_ready
from heritage.catalogue.admin.base import PolicyAdmin
from heritage.catalogue.admin.inlines import works_here
from heritage.catalogue.policy import person_of

from .capture_pages import PROGRAMS, ROUTES
from .guarding import GuardedAdmin

RUN_COLOURS = {
    "waiting": "info", "running": "warning", "succeeded": "success",
    "failed": "danger", "cancelled": "",
}  # fmt: skip


@admin.register(Capture)
class CaptureAdmin(GuardedAdmin, PolicyAdmin):
    collection_path = "relic.collection"
    list_display = ("relic", "captured_on", "technique", "device", "work_link")
    list_filter = ("technique",)
    list_select_related = ("relic",)
    search_fields = ("relic__name_zh", "relic__name_en", "relic__register_no", "device")
    autocomplete_fields = ("relic", "operator", "place")
    actions_list = ("open_inbox",)
    actions_detail = ("open_work",)
    routes, programs = ROUTES, PROGRAMS
    fieldsets = (
        (None, {"fields": ("relic", ("captured_on", "place", "operator"))}),
        (
            _("How it was captured"),
            {"fields": ("technique", ("device", "device_serial"), "unit", "note")},
        ),
        (_("Rights"), {"fields": ("tier",)}),
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Capture | None = None
    ) -> tuple[str, ...]:
        """Only curators decide what the public gets."""
        person = person_of(request)
        if obj is None:
            may = person.is_administrator or bool(person.curates)
        else:
            may = may_open(obj, person)
        return () if may else ("tier",)

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        is_moved = not change or {"relic", "tier"} & set(form.changed_data)
        if is_moved and not may_open(obj, person_of(request)):
            # New, or given to a relic whose curator has not decided yet.
            obj.tier = Capture.Tier.SCREEN
        super().save_model(request, obj, form, change)

    @display(description=_("scans and models"))
    def work_link(self, capture: Capture) -> str:
        address = reverse("admin:captures_capture_work", args=[capture.pk])
        return format_html('<a class="link" href="{}">{}</a>', address, _("open"))

    @action(description=_("Scans and models"), icon="view_in_ar")
    def open_work(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("admin:captures_capture_work", object_id)

    @action(description=_("Inbox"), icon="inbox")
    def open_inbox(self, request: HttpRequest) -> HttpResponse:
        """Lead to what was handed in and has no record yet."""
        return redirect("admin:archive_inbox")

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: Any = None
    ) -> Any:
        """After a new capture its scans are what comes next."""
        if "_addanother" in request.POST or "_continue" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        return redirect("admin:captures_capture_work", obj.pk)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Let no capture go that files were handed in for: they would be nobody's."""
        named, counts, needed, protected = super().get_deleted_objects(objs, request)
        kept = [capture for capture in objs if capture.files.exists()]
        sentence = _("%(capture)s holds files, and files stay. Retire them instead; only an empty capture is deleted.")  # fmt: skip
        told = [sentence % {"capture": capture} for capture in kept]
        return named, counts, needed, [*protected, *told]


@admin.register(Run)
class RunAdmin(PolicyAdmin):
    """All runs at a glance; what is done with one is done on its capture's page."""

    collection_path = "capture.relic.collection"
    list_display = (
        "capture",
        "type",
        "state_shown",
        "progress",
        "is_accepted",
        "created_at",
    )
    list_filter = ("state", "type")
    list_select_related = ("capture__relic",)
    search_fields = ("key", "capture__relic__name_zh", "capture__relic__name_en")
    actions_detail = ("open_work", "open_quality")

    readonly_fields = ("ready_for",)

    @display(description=_("ready for"))
    def ready_for(self, run: Run) -> str:
        model = run.adds_to or run
        if model.state != Run.State.SUCCEEDED:
            return "–"
        return shown_ready(model).ready_for or str(_("nothing yet"))

    @display(description=_("state"), label=RUN_COLOURS)
    def state_shown(self, run: Run) -> tuple[str, str]:
        return run.state, run.get_state_display()

    @display(description=_("progress"))
    def progress(self, run: Run) -> str:
        return f"{run.fraction:.0%}"

    @action(description=_("Scans and models"), icon="view_in_ar")
    def open_work(self, request: HttpRequest, object_id: int) -> HttpResponse:
        run = self.get_queryset(request).get(pk=object_id)
        return redirect("admin:captures_capture_work", run.capture_id)

    @action(description=_("Quality sheet"), icon="fact_check")
    def open_quality(self, request: HttpRequest, object_id: int) -> HttpResponse:
        run = get_object_or_404(self.get_queryset(request), pk=object_id)
        if run.state != Run.State.SUCCEEDED:
            messages.info(request, _("Only a run that succeeded has a quality sheet."))
            return redirect("admin:captures_capture_work", run.capture_id)
        return redirect("admin:captures_capture_quality", run.capture_id, run.key)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(DeliveryProfile)
class DeliveryProfileAdmin(ModelAdmin):
    """Seen by all who work here, changed by curators: profiles serve the whole museum."""

    form = DeliveryProfileForm
    list_display = ("name", "base", "changed", "modified_at")
    search_fields = ("name", "note")
    compressed_fields = False
    warn_unsaved_form = True
    fieldsets = (
        (None, {"fields": (("name", "base"), ("on", "usdz"), "note")}),
        (_("Budgets"), {"fields": tuple(list(BUDGETS)[:4])}),
        (_("Maps"), {"fields": (tuple(MAPS), tuple(CODECS))}),
        (_("Precision"), {"fields": (tuple(list(BUDGETS)[4:]),)}),
    )

    @display(description=_("changes"))
    def changed(self, profile: DeliveryProfile) -> str:
        if not profile.changes:
            return "–"
        return ", ".join(f"{name} = {v}" for name, v in profile.changes.items())

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # The fields that the form makes itself are no columns: the admin must not look.
        kwargs["fields"] = ("name", "base", "note")
        return super().get_form(request, *args, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"base": "web" if "web" in built_in() else next(iter(built_in()))}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return works_here(person_of(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return works_here(person_of(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        person = person_of(request)
        return person.is_administrator or bool(person.curates)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request)

    has_delete_permission = has_change_permission


@admin.register(Heartbeat)
class HeartbeatAdmin(PolicyAdmin):
    """For administrators: which processes have been heard of."""

    list_display = ("name", "role", "at")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return person_of(request).is_administrator

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person_of(request).is_administrator

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission
