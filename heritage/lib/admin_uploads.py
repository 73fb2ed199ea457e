"""Files that are chosen in the rows of an admin's form, taken in once the form is saved."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest


class TakesUploads:
    """Hands each file to `keep_upload` after the form's transaction, however large it is.

    The rows' forms have a field `upload`. What is refused by one of `refusals` is told.
    """

    refusals: ClassVar[tuple[type[Exception], ...]] = ()

    def keep_upload(self, row: Any, upload: Any, *, by: Any) -> None:
        raise NotImplementedError

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: Any
    ) -> None:
        super().save_formset(request, form, formset, change)  # type: ignore[misc]
        uploads = getattr(request, "_uploads", [])
        uploads += [
            (row.instance, row.cleaned_data["upload"])
            for row in formset.forms
            if row.has_changed() and row.cleaned_data.get("upload")
        ]
        request._uploads = uploads  # type: ignore[attr-defined]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        answer = super().changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc]
        for row, upload in getattr(request, "_uploads", ()):
            if row.pk is not None:  # and not just deleted
                self._keep(request, row, upload)
        return answer

    def _keep(self, request: HttpRequest, row: Any, upload: Any) -> None:
        try:
            self.keep_upload(row, upload, by=request.user)
        except self.refusals as error:
            messages.error(request, str(error))
