"""Exhibits in the admin: what is shown, where it stands, what is said of it."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from heritage.catalogue.admin.base import (
    NAMES,
    SCHEDULE,
    PolicyAdmin,
    RecordAdmin,
)
from heritage.catalogue.admin.inlines import PolicyStackedInline, PolicyTabularInline
from heritage.catalogue.models import Collection
from heritage.catalogue.policy import Person, person_of, visible
from heritage.images.models import Image

from .actions.device_keys import issue_key, revoke_key
from .actions.engine_files import make_engine_files
from .device_form import DeviceKeyForm
from .device_models import DeviceKey
from .models import Exhibit, ExhibitItem, ExhibitRoom, Hotspot, TourStop
from .narration_admin import NarrationInline, OfThisExhibit, TakesSounds
from .views.arrange import arrange
from .views.following import follow
from .views.hotspots import hotspots

KEY_STATES = {"in-force": "success", "ended": "warning", "revoked": "danger"}


class RoomInline(OfThisExhibit, PolicyStackedInline):
    """The rooms, where an exhibit has more than one; arranged on a page of their own."""

    model = ExhibitRoom
    fields = (
        ("number", "name_zh", "name_en"),
        ("text_zh", "text_en"),
        ("layout", "mood", "backdrop"),
    )
    ordering_field = "number"
    tab = True

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "backdrop":
            kwargs["queryset"] = self._panoramas(person_of(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _panoramas(self, person: Person) -> QuerySet[Image]:
        """Images all round of what is shown here, and those already chosen."""
        items = ExhibitItem.objects.filter(exhibit=self.exhibit, relic__isnull=False)
        rooms = ExhibitRoom.objects.filter(exhibit=self.exhibit, backdrop__isnull=False)
        here = Q(image_set__relic__in=items.values("relic"))
        chosen = Q(pk__in=rooms.values("backdrop"))
        all_round = Image.objects.filter(here | chosen, width=F("height") * 2)
        return visible(all_round, person)


class ItemInline(OfThisExhibit, PolicyStackedInline):
    model = ExhibitItem
    offered = {"room": ExhibitRoom.objects.all()}
    autocomplete_fields = ("relic", "element")
    fields = (
        ("relic", "element"),
        ("number", "room"),
        ("x_m", "y_m", "z_m", "turn_deg", "scale"),
        ("label_zh", "label_en"),
    )
    ordering_field = "number"
    verbose_name_plural = _("what is shown")


@admin.register(Hotspot)
class HotspotAdmin(PolicyAdmin):
    """The list; hotspots are placed on the model, on a page of their own."""

    collection_path = "relic.collection"
    list_display = ("title_shown", "relic", "fact", "is_shown")
    list_display_links = None
    list_filter = ("is_shown", "fact")
    list_select_related = ("relic",)
    search_fields = ("title_zh", "title_en", "relic__name_zh", "relic__name_en")
    routes = (
        ("on/<slug:key>/", hotspots, "place"),
        ("on/<slug:key>/follow/", follow, "follow"),
    )

    @display(description=_("title"))
    def title_shown(self, hotspot: Hotspot) -> str:
        address = reverse("admin:exhibits_hotspot_place", args=[hotspot.relic.key])
        return format_html('<a class="link" href="{}">{}</a>', address, hotspot)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class StopInline(OfThisExhibit, PolicyTabularInline):
    """The guided tour; a stop stands before something that is shown."""

    model = TourStop
    offered = {"item": ExhibitItem.objects.select_related("relic", "element")}
    fields = ("item", "text_zh", "text_en")
    ordering_field = "number"
    hide_ordering_field = True
    tab = True


@admin.register(Exhibit)
class ExhibitAdmin(TakesSounds, RecordAdmin):
    inlines = (ItemInline, RoomInline, StopInline, NarrationInline)
    fieldsets = (NAMES, (_("Room"), {"fields": (("layout", "mood"),)}), SCHEDULE)
    actions_detail = ("open_page", "open_arrange", "make_engine_files")
    routes = (("<int:pk>/arrange/", arrange, "arrange"),)

    @action(description=_("Walk in"), icon="door_open")
    def open_page(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        exhibit = self.get_queryset(request).get(pk=object_id)
        return redirect("exhibit", exhibit.key)

    @action(description=_("Arrange"), icon="dashboard_customize")
    def open_arrange(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        return redirect("admin:exhibits_exhibit_arrange", object_id)

    @action(description=_("Make files for engines"), icon="deployed_code")
    def make_engine_files(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """Have each relic's `plain` file made, for Unity, Unreal and Godot."""
        exhibit = self.get_queryset(request).get(pk=object_id)
        outcomes, refusals = make_engine_files(exhibit, by=request.user)  # type: ignore[arg-type]
        messages.info(
            request,
            _(
                "Files for engines: %(asked)s asked for, %(there)s there or on the way, %(without)s without a model."
            )
            % {
                "asked": outcomes["asked"],
                "there": outcomes["there"],
                "without": outcomes["no-model"],
            },
        )
        for sentence in refusals:
            messages.warning(request, sentence)
        return redirect("admin:exhibits_exhibit_change", exhibit.pk)


@admin.register(DeviceKey)
class DeviceKeyAdmin(PolicyAdmin):
    """For curators alone; a key is revoked and stays in the list."""

    form = DeviceKeyForm
    list_display = ("name", "state_shown", "collection", "last_used_at", "created_by")
    list_filter = ("collection",)
    list_select_related = ("collection", "created_by")
    search_fields = ("name", "key")
    filter_horizontal = ("exhibits",)
    fields = (
        "name", "collection", "only_some", "exhibits", ("rate", "expires_on"),
        ("key", "created_at", "created_by"), ("last_used_at", "revoked_at", "revoked_by"),
    )  # fmt: skip
    readonly_fields = (
        "key", "created_at", "created_by", "last_used_at", "revoked_at", "revoked_by",
    )  # fmt: skip
    actions_submit_line = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else self.fields[:5]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        moved = ("collection",) if obj else ()
        return (*self.readonly_fields, *moved)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._curates(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._curates(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._curates(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._curates(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_revoke_permission(
        self, request: HttpRequest, object_id: Any = None
    ) -> bool:
        rows = self.get_queryset(request).filter(revoked_at__isnull=True)
        return object_id is None or rows.filter(pk=object_id).exists()

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "collection":
            kwargs["queryset"] = self._collections(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        kwargs["queryset"] = visible(Exhibit.objects.all(), person_of(request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            request._secret = issue_key(obj, by=request.user)  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the secret in the answer itself: it goes through no store and no cookie."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("Device key"),
            "device": obj,
            "secret": request._secret,  # type: ignore[attr-defined]
            "opts": self.opts,
        }
        return render(request, "exhibits/device_key_issued.html", context)

    @action(description=_("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, device: DeviceKey) -> None:
        if revoke_key(device, by=request.user):
            done = _("The key “%(name)s” opens nothing any more.")
            messages.success(request, done % {"name": device.name})

    @display(description=_("state"), label=KEY_STATES)
    def state_shown(self, device: DeviceKey) -> tuple[str, Any]:
        if device.revoked_at:
            return "revoked", _("revoked")
        is_over = device.expires_on and device.expires_on < timezone.localdate()
        if is_over or not device.digest:
            return "ended", _("ended")
        return "in-force", _("in force")

    def _collections(self, request: HttpRequest) -> QuerySet[Collection]:
        person = person_of(request)
        rows = Collection.objects.all()
        return rows if person.is_administrator else rows.filter(pk__in=person.curates)

    def _curates(self, request: HttpRequest, obj: Any = None) -> bool:
        person = person_of(request)
        if person.is_administrator:
            return True
        return bool(person.curates) and (
            obj is None or obj.collection_id in person.curates
        )
