"""Image sets in the admin: their rights, and their images in order."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from heritage.catalogue.admin.base import PolicyAdmin
from heritage.catalogue.admin.inlines import PolicyTabularInline
from heritage.catalogue.policy import Person, person_of, visible

from . import views
from .addresses import picture_address
from .models import Image, ImageSet
from .permission import may_open
from .shown import files_of

THUMB_PX = 160
NOT_OPEN = _("This set is not public until a curator of the collection opens it.")


def thumbnail(image: Image, person: Person) -> str:
    address = picture_address(image, person, side_px=THUMB_PX)
    return format_html(
        '<img class="image-thumb" src="{}" alt="{}" loading="lazy">', address, image
    )


class ImageInline(PolicyTabularInline):
    """The images in order; they come from files, so none is added here."""

    model = Image
    fields = ("thumb", "view", "label", "section", "size")
    readonly_fields = ("thumb", "size")
    ordering_field = "number"
    hide_ordering_field = True
    ordering = ("number", "file", "page")
    max_num = 0
    can_delete = False
    person: Person

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        self.person = person_of(request)
        return super().get_formset(request, obj, **kwargs)

    @display(description=_("image"))
    def thumb(self, image: Image) -> str:
        return thumbnail(image, self.person)

    @display(description=_("pixels"))
    def size(self, image: Image) -> str:
        return f"{image.width} × {image.height}"


@admin.register(ImageSet)
class ImageSetAdmin(PolicyAdmin):
    collection_path = "relic.collection"
    list_display = ("cover", "title_shown", "relic", "type", "tier", "count")
    list_display_links = ("cover", "title_shown")
    list_filter = ("type", "tier")
    list_select_related = ("relic",)
    search_fields = (
        "title_zh", "title_en", "relic__name_zh", "relic__name_en", "relic__register_no",
    )  # fmt: skip
    autocomplete_fields = ("relic",)
    inlines = (ImageInline,)
    change_form_outer_before_template = "images/files.html"
    routes = (
        ("<int:pk>/files/", views.files, "files"),
        ("<int:pk>/files/add/", views.add, "add_files"),
        ("<int:pk>/files/<str:key>/again/", views.again, "again"),
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("relic", "type", "direction"),
                    ("title_zh", "title_en"),
                    ("tier", "number"),
                )
            },
        ),
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: ImageSet | None = None
    ) -> tuple[str, ...]:
        """Only curators decide what the public gets, by the tier or by another relic."""
        person = person_of(request)
        if obj is not None and may_open(obj.relic, person):
            return ()
        if obj is None:
            return () if person.is_administrator or person.curates else ("tier",)
        return ("relic", "tier")

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        may = may_open(obj.relic, person_of(request))
        if not may and (not change or {"relic", "tier"} & set(form.changed_data)):
            # New, or moved to a relic whose curator has not decided yet.
            obj.tier = ImageSet.Tier.STAFF
            messages.info(request, NOT_OPEN)
        super().save_model(request, obj, form, change)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        self.person = person_of(request)
        rows = super().get_queryset(request).annotate(image_count=Count("images"))
        whole: QuerySet[Any] = rows.prefetch_related(
            Prefetch("images", Image.objects.all())
        )
        return whole

    @display(description=_("image"))
    def cover(self, image_set: ImageSet) -> str:
        first = next(iter(image_set.images.all()), None)
        if first is None:
            return "–"
        first.image_set = image_set
        return thumbnail(first, self.person)

    @display(description=_("title"))
    def title_shown(self, image_set: ImageSet) -> str:
        return image_set.title

    @display(description=_("images"))
    def count(self, image_set: ImageSet) -> int:
        return int(image_set.image_count)  # type: ignore[attr-defined]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        rows = visible(ImageSet.objects.select_related("relic"), person_of(request))
        shown = rows.filter(pk=object_id).first() if object_id else None
        files = files_of(shown, person_of(request)) if shown else []
        more = {"image_set": shown, "files": files}
        return super().changeform_view(
            request, object_id, form_url, (extra_context or {}) | more
        )

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: Any = None
    ) -> HttpResponse:
        """After a new set its files are what comes next."""
        if "_addanother" in request.POST:
            return cast(
                HttpResponse, super().response_add(request, obj, post_url_continue)
            )
        return redirect("admin:images_imageset_change", obj.pk)
