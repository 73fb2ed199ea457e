"""What the museum is called and looks like: one row, for administrators."""

import tempfile
from pathlib import Path
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminImageFieldWidget

from heritage.archive.models import Institution
from heritage.archive.thumbnails import draw_logo

LARGEST_BYTES = 4 * 1024**2
COMPARED = ("name_zh", "name_en", "accent", "link", "logo_sha256")


class InstitutionForm(forms.ModelForm[Institution]):
    """Knows which version it was opened on; draws the logo anew before it is kept."""

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    picture = forms.FileField(
        label=_("logo"),
        required=False,
        help_text=_(
            "PNG, JPEG, WebP or GIF, 4 MB at most; it is drawn anew, 512 pixels a side at most"
        ),
        widget=UnfoldAdminImageFieldWidget,
    )
    without_logo = forms.BooleanField(label=_("show no logo"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_version"].initial = self.instance.edit_version

    def clean_picture(self) -> bytes:
        upload = self.cleaned_data.get("picture")
        if not upload:
            return b""
        if _is_too_large(upload):
            told = _("This picture is larger than 4 MB. Make it smaller.")
            raise forms.ValidationError(told, code="too-large")
        drawn = _drawn_once(upload)
        if drawn is None:
            told = _("This is no picture that can be drawn. Save it as PNG.")
            raise forms.ValidationError(told, code="no-picture")
        return drawn

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        now = Institution.objects.select_for_update().filter(pk=1).first()
        seen = cleaned.get("seen_version") or 0
        if now is not None and now.edit_version != seen:
            told = _(
                "Somebody else has saved this meanwhile: %(now)s. What you typed is still "
                "here; look through it and save again."
            )
            facts = {"now": _said(now)}
            # The next press of the button stands on what has just been told.
            data = QueryDict(mutable=True)
            data.update(cast(Any, self.data))
            data[self.add_prefix("seen_version")] = str(now.edit_version)
            self.data = data
            raise forms.ValidationError(told, code="edited-meanwhile", params=facts)
        return cleaned

    def save(self, commit: bool = True) -> Institution:  # noqa: FBT001, FBT002 - Django's
        row = self.instance
        if self.cleaned_data["picture"]:
            row.logo = self.cleaned_data["picture"]
        elif self.cleaned_data["without_logo"]:
            row.logo = b""
        return super().save(commit)


@admin.register(Institution)
class InstitutionAdmin(ModelAdmin):
    form = InstitutionForm
    readonly_fields = ("logo_shown",)
    fieldsets = (
        (None, {"fields": (("name_zh", "name_en"),)}),
        (_("Look"), {
            "fields": ("logo_shown", ("picture", "without_logo"), ("accent", "link"), "seen_version"),
        }),
    )  # fmt: skip

    @display(description=_("logo now"))
    def logo_shown(self, row: Institution) -> str:
        if not row.logo_sha256:
            return "—"
        address = f"{reverse('museum-logo')}?v={row.logo_sha256[:12]}"
        return format_html('<img src="{}" alt="" class="museum-logo">', address)

    def changeform_view(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Draw the picture before the transaction begins: a child may take seconds."""
        upload = request.FILES.get("picture") if request.method == "POST" else None
        may = self.has_change_permission(request) or self.has_add_permission(request)
        if upload and may and not _is_too_large(upload):
            _drawn_once(upload)
        answer: HttpResponseBase = super().changeform_view(request, *args, **kwargs)
        return answer

    def changelist_view(self, request: HttpRequest, *args: Any) -> HttpResponse:
        """There is one row: lead to it."""
        if Institution.objects.filter(pk=1).exists():
            return redirect("admin:archive_institution_change", 1)
        return redirect("admin:archive_institution_add")

    def has_add_permission(self, request: HttpRequest) -> bool:
        may = super().has_add_permission(request)
        return may and not Institution.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _is_too_large(upload: Any) -> bool:
    return bool(upload.size > LARGEST_BYTES)


def _drawn_once(upload: Any) -> bytes | None:
    """Give what the picture is drawn as; the file remembers it for the next who asks."""
    if not hasattr(upload, "drawn"):
        upload.drawn = _drawn(upload)
    drawn: bytes | None = upload.drawn
    return drawn


def _drawn(upload: Any) -> bytes | None:
    with tempfile.NamedTemporaryFile(prefix="logo-") as file:
        for chunk in upload.chunks():
            file.write(chunk)
        file.flush()
        return draw_logo(Path(file.name))


def _said(row: Institution) -> str:
    return ", ".join(str(getattr(row, name))[:40] or "—" for name in COMPARED)
