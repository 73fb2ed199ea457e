"""Image sets in the admin: add files, follow how they are read, put images in order."""

from typing import Any, BinaryIO, cast

from django.contrib import admin, messages
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from unfold.decorators import display

from heritage.archive.actions.deposit import Item
from heritage.archive.errors import ArchiveError
from heritage.catalogue.admin.base import PolicyAdmin
from heritage.catalogue.admin.inlines import PolicyTabularInline
from heritage.catalogue.policy import Person, person_of, visible
from heritage.lib.http import problem

from .actions.files import add_images, read_again
from .addresses import picture_address
from .errors import ImageError
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

    def get_urls(self) -> list[URLPattern]:
        routes = (
            ("<int:pk>/files/", files, "files"),
            ("<int:pk>/files/add/", add, "add_files"),
            ("<int:pk>/files/<str:key>/again/", again, "again"),
        )
        ours = [
            path(
                route, self.admin_site.admin_view(view), name=f"images_imageset_{name}"
            )
            for route, view, name in routes
        ]
        return [*ours, *super().get_urls()]


@require_safe
def files(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the part of the page that changes while files are read."""
    image_set = _image_set(request, pk)
    shown = files_of(image_set, person_of(request))
    context = {"image_set": image_set, "files": shown}
    return render(request, "images/files_table.html", context)


@require_POST
def add(request: HttpRequest, pk: int) -> JsonResponse:
    image_set = _image_set(request, pk)
    items: list[Item] = [
        (file.name or "", cast(BinaryIO, file))
        for file in request.FILES.getlist("files")
    ]
    try:
        rows = add_images(image_set, items, by=cast(Any, request.user))
    except (ImageError, ArchiveError) as error:
        return problem(error.status, error.code, str(error))
    return JsonResponse({"files": [row.stored_file.name for row in rows]})


@require_POST
def again(request: HttpRequest, pk: int, key: str) -> HttpResponseRedirect:
    """Read a refused file once more."""
    file = get_object_or_404(_image_set(request, pk).files, key=key)
    try:
        read_again(file, by=cast(Any, request.user))
    except ImageError as error:
        messages.error(request, str(error))
    return redirect("admin:images_imageset_change", pk)


def _image_set(request: HttpRequest, pk: int) -> ImageSet:
    rows = visible(ImageSet.objects.select_related("relic"), person_of(request))
    found: ImageSet = get_object_or_404(rows, pk=pk)
    return found
