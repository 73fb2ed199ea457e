"""Narrations on an exhibit's page in the admin: handed in, listened to, replaced."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget

from heritage.archive.errors import ArchiveError
from heritage.catalogue.admin.inlines import PolicyStackedInline
from heritage.lib.admin_uploads import TakesUploads

from .actions.keep_narration import check_sound, keep_narration
from .errors import ExhibitError
from .models import ExhibitItem, Narration, TourStop
from .narrations import sound_path


class OfThisExhibit:
    """Offer only what belongs to the exhibit on whose page the rows stand."""

    offered: Mapping[str, QuerySet[Any]] = {}

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        self.exhibit = obj
        return super().get_formset(request, obj, **kwargs)  # type: ignore[misc]

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        rows = self.offered.get(db_field.name)
        if rows is not None:
            kwargs["queryset"] = rows.filter(exhibit=getattr(self, "exhibit", None))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]


class NarrationForm(forms.ModelForm[Narration]):
    """A sound that is chosen goes into the archive; a later one takes its place."""

    is_proposed = False  # a proposal is words: its sound is handed in by who accepts it

    upload = forms.FileField(
        required=False,
        label=_("Sound"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=_("Ogg, Opus, MP3, M4A or WAV; kept in the archive as it is"),
    )

    def clean_upload(self) -> Any:
        upload = self.cleaned_data.get("upload")
        if upload:
            try:
                check_sound(upload.file, upload.name)
            except ExhibitError as error:
                raise ValidationError(str(error)) from error
        elif self.instance._state.adding and not self.is_proposed:
            raise ValidationError(_now("Choose the recording."))
        return upload


class NarrationInline(OfThisExhibit, PolicyStackedInline):
    model = Narration
    form = NarrationForm
    offered = {
        "item": ExhibitItem.objects.select_related("relic", "element"),
        "stop": TourStop.objects.select_related("item__relic", "item__element"),
    }
    readonly_fields = ("sound_shown",)
    fields = (
        ("language", "item", "stop"), ("upload", "sound_shown"), "transcript",
        ("credit", "rights"),
    )  # fmt: skip
    tab = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.is_proposed = bool(
            getattr(request, "_only_proposes", False)
            or getattr(request, "_proposal", "")
        )
        return formset

    @display(description=_("in the archive"))  # type: ignore[untyped-decorator]
    def sound_shown(self, row: Narration) -> str:
        if row.stored_file is None:
            return "—"
        return format_html(
            '<audio controls preload="none" src="{}" aria-label="{}"></audio>',
            sound_path(row),
            row,
        )


class TakesSounds(TakesUploads):
    """Keeps what was handed in with the rows of narrations."""

    refusals = (ArchiveError, ExhibitError)

    def keep_upload(self, row: Narration, upload: Any, *, by: Any) -> None:
        keep_narration(row, upload.name, upload.file, by=by)
