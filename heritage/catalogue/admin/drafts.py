"""What somebody typed and did not save: kept by the server, offered when she is back.

The page (`drafts.js`) keeps each change in the browser at once and hands it in here a
moment later; after an expired session the browser's own copy is handed in first.
"""

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from heritage.catalogue.models import FormDraft
from heritage.lib.json_text import parse_object
from heritage.lib.keys import is_key

from .typed import as_querydict


class DraftsAdmin:
    """Keeps unsaved text by the opening of the form (`edit_token`) it was typed into."""

    change_form_before_template = "catalogue/form_top.html"

    def get_urls(self) -> list[URLPattern]:
        admin: Any = self
        name = f"{admin.opts.app_label}_{admin.opts.model_name}_draft"
        view = admin.admin_site.admin_view(require_POST(self.draft_view))
        own = [
            path("add/draft/", view, name=f"{name}_new"),
            path("<path:object_id>/draft/", view, name=name),
        ]
        return [*own, *super().get_urls()]  # type: ignore[misc]

    def draft_view(self, request: HttpRequest, object_id: str = "") -> JsonResponse:
        """Keep what was typed; tell where it can be taken up, or that it is saved."""
        self._check_may_type(request, object_id)
        token, typed = request.POST.get("token", ""), _read(request.POST.get("typed"))
        if not is_key(token) or typed is None:
            return JsonResponse({"error": "malformed"}, status=422)
        user: Any = request.user
        draft, _is_new = FormDraft.objects.get_or_create(
            token=token,
            defaults={
                "user": user,
                "model": self._label,
                "object_id": object_id,
            },
        )
        if draft.user_id != request.user.pk:
            raise PermissionDenied
        if not draft.is_done:
            draft.typed = typed
            draft.save(update_fields=["typed", "saved_at"])
        return JsonResponse(
            {"done": draft.is_done, "url": self._page(object_id, token)}
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> HttpResponse:
        token = request.GET.get("draft")
        if request.method == "GET" and token:
            draft = self._drafts(request, object_id).filter(token=token).first()
            if draft is not None:
                # The form as it was handed in last, shown and not saved.
                request.method = "POST"
                request.POST = as_querydict(draft.typed | {"_only_show": ["1"]})  # type: ignore[assignment]
        return super().changeform_view(request, object_id, *args, **kwargs)  # type: ignore[misc, no-any-return]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        record = kwargs.get("obj")
        object_id = str(record.pk) if record is not None else None
        token = context["adminform"].form["edit_token"].value()
        drafts = self._drafts(request, object_id).exclude(token=token)
        context["unsaved"] = [(d, self._page(object_id, d.token)) for d in drafts[:5]]
        context["draft_url"] = self._page(object_id, "")
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc, no-any-return]

    def response_add(self, request: HttpRequest, obj: Any, *args: Any) -> HttpResponse:
        self.draft_done(request)
        return super().response_add(request, obj, *args)  # type: ignore[misc, no-any-return]

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        self.draft_done(request, str(obj.pk))
        return super().response_change(request, obj)  # type: ignore[misc, no-any-return]

    def draft_done(self, request: HttpRequest, object_id: str = "") -> None:
        """Let what was typed into this opening of the form count as saved."""
        token = request.POST.get("edit_token", "")
        others = FormDraft.objects.filter(token=token).exclude(user=request.user.pk)
        if is_key(token) and not others.exists():
            user: Any = request.user
            FormDraft.objects.update_or_create(
                token=token,
                user=user,
                defaults={
                    "is_done": True, "typed": {}, "model": self._label,
                    "object_id": object_id,
                },
            )  # fmt: skip

    @property
    def _label(self) -> str:
        admin: Any = self
        return str(admin.opts.label_lower)

    def _drafts(self, request: HttpRequest, object_id: str | None) -> Any:
        kept = FormDraft.objects.filter(
            user=request.user.pk, model=self._label, object_id=object_id or ""
        )
        return kept.filter(is_done=False)

    def _page(self, object_id: str | None, token: str) -> str:
        """Give where a draft is taken up, or, without a token, where it is handed in."""
        admin: Any = self
        name = f"admin:{admin.opts.app_label}_{admin.opts.model_name}"
        args = [object_id] if object_id else []
        if token:
            kind = "change" if object_id else "add"
            return f"{reverse(f'{name}_{kind}', args=args)}?draft={token}"
        return reverse(f"{name}_draft" if object_id else f"{name}_draft_new", args=args)

    def _check_may_type(self, request: HttpRequest, object_id: str) -> None:
        admin: Any = self
        if not object_id:
            may = admin.has_add_permission(request)
        else:
            record = admin.get_object(request, unquote(object_id))
            may = record is not None and admin.has_change_permission(request, record)
        if not may:
            raise PermissionDenied


def _read(text: str | None) -> dict[str, list[str]] | None:
    try:
        return parse_object(text or "")
    except ValueError:
        return None
