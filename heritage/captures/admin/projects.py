"""Digitization projects in the admin."""

from functools import partial

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import action, display

from heritage.captures.project_models import Project, ProjectItem
from heritage.captures.views import project as pages
from heritage.catalogue.admin.base import PolicyAdmin
from heritage.catalogue.admin.inlines import VisibleChoices

from .guarding import GuardedAdmin, GuardedRows


class OfOneCollection(GuardedRows):
    """Relics of the project's own collection: its members read what becomes of them."""

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            relic = getattr(form, "cleaned_data", {}).get("relic")
            if relic and relic.collection_id != self.instance.collection_id:
                text = _("This relic is not of the project's collection.")
                form.add_error("relic", text)


class ProjectItemInline(VisibleChoices, TabularInline):
    model = ProjectItem
    formset = OfOneCollection
    extra = 3
    autocomplete_fields = ("relic",)
    fields = ("relic", "planned_on", "due_on", "taken_out_on")

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return True  # the project's own page lets nobody else in

    has_add_permission = has_change_permission = has_view_permission

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False  # what was planned stays told; it is taken out with a date


@admin.register(Project)
class ProjectAdmin(GuardedAdmin, PolicyAdmin):
    list_display = ("__str__", "contractor", "starts_on", "due_on", "progress_link")
    list_filter = ("collection",)
    list_select_related = ("contractor", "collection")
    search_fields = ("name_zh", "name_en", "funder", "contract")
    autocomplete_fields = ("contractor",)
    inlines = (ProjectItemInline,)
    actions_detail = ("open_progress",)
    routes = (
        ("<int:pk>/progress/", pages.progress, "progress"),
        *(
            (f"<int:pk>/ledger.{form}", partial(pages.export, form=form), form)
            for form in pages.TYPES
        ),
    )
    fieldsets = (
        (None, {"fields": (("name_zh", "name_en"), "collection")}),
        (None, {"fields": (("funder", "contractor", "contract"),)}),
        (None, {"fields": (("starts_on", "due_on"), "note")}),
    )

    @display(description=_("progress"))
    def progress_link(self, project: Project) -> str:
        address = reverse("admin:captures_project_progress", args=[project.pk])
        return format_html('<a class="link" href="{}">{}</a>', address, _("open"))

    @action(description=_("Progress"), icon="monitoring")
    def open_progress(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("admin:captures_project_progress", object_id)
