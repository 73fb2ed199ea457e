"""Who may not change what the public sees proposes it: from the same form, kept beside."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from heritage.catalogue import actions
from heritage.catalogue.errors import CatalogueError
from heritage.catalogue.models import ProposedEdit, Record
from heritage.catalogue.policy import person_of
from heritage.lib.whole_numbers import parse_whole

from .merge import compare, read_base
from .review import may_curate, open_proposals
from .typed import lists_of, open_form

KEY = "proposal"


class ProposingAdmin:
    """Keeps what helpers save on a released record as a proposal for its curators."""

    def get_urls(self) -> list[URLPattern]:
        admin: Any = self
        name = f"{admin.opts.app_label}_{admin.opts.model_name}_proposal"
        view = admin.admin_site.admin_view(self.proposal_view)
        own = [path("<path:object_id>/proposals/<slug:key>/", view, name=name)]
        return [*own, *super().get_urls()]  # type: ignore[misc]

    def proposal_view(
        self, request: HttpRequest, object_id: str, key: str
    ) -> HttpResponse:
        """Show a proposal beside the record as it is; a curator chooses field by field."""
        admin: Any = self
        record = admin.get_object(request, unquote(object_id))
        if record is None or not may_curate(record, person_of(request)):
            raise Http404
        proposal = open_proposals(record).filter(key=key).first()
        if proposal is None:
            raise Http404
        opened = open_form(admin, request, record)
        found = compare(proposal.read, proposal.typed, opened)
        shown: HttpResponse = admin.show_merge(
            request, record, opened, found, proposal.typed,
            proposal=proposal, merge_action=admin.change_page(record),
        )  # fmt: skip
        return shown

    def proposal_carried(self, request: HttpRequest, record: Record) -> dict[str, Any]:
        """Give what the merge page needs where a proposal itself meets a later version."""
        key = request.POST.get(KEY)
        found = open_proposals(record).filter(key=key).first() if key else None
        if found is None or not may_curate(record, person_of(request)):
            return {}
        return {"proposal": found, "merge_action": self.change_page(record)}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> HttpResponse:
        admin: Any = self
        if request.method == "POST" and object_id is not None:
            record = admin.get_object(request, unquote(object_id))
            request._proposal = request.POST.get(KEY, "")  # type: ignore[attr-defined]
            if record is not None and "_refuse" in request.POST:
                self._decide(request, record, ProposedEdit.State.REFUSED)
                return redirect(admin.review_page(record))
            if record is not None and _may_only_propose(request, record):
                return self._propose(request, record, *args, **kwargs)
        return super().changeform_view(request, object_id, *args, **kwargs)  # type: ignore[misc, no-any-return]

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if getattr(request, "_only_proposes", False):
            raise _SavedNever
        if getattr(request, "_proposal", ""):
            self._decide(request, obj, ProposedEdit.State.ACCEPTED)
        return super().response_change(request, obj)  # type: ignore[misc, no-any-return]

    def change_page(self, record: Record) -> str:
        opts = record._meta
        return reverse(
            f"admin:{opts.app_label}_{opts.model_name}_change", args=[record.pk]
        )

    def _propose(
        self, request: HttpRequest, record: Record, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Save as ever, so that all is checked, then take that back and keep what was typed."""
        admin: Any = self
        request._only_proposes = True  # type: ignore[attr-defined]
        if request.FILES:
            _close(request)
            request.FILES.clear()
            messages.warning(
                request, _("Files are not part of a proposal: give them to a curator.")
            )
        try:
            with transaction.atomic():
                return super().changeform_view(request, str(record.pk), *args, **kwargs)  # type: ignore[misc, no-any-return]
        except _SavedNever:
            _keep_proposal(request, record)
        admin.draft_done(request, str(record.pk))
        return redirect(admin.review_page(record))

    def _decide(self, request: HttpRequest, record: Record, verdict: str) -> None:
        key: str = request._proposal  # type: ignore[attr-defined]
        by: Any = request.user
        proposal = open_proposals(record).filter(key=key).first()
        if proposal is None:
            raise Http404
        reason = request.POST.get("reason", "")[:500]
        try:
            actions.decide(proposal, record, verdict, by=by, reason=reason)
        except CatalogueError as error:
            messages.error(request, str(error))


class _SavedNever(Exception):
    """What was saved on the way is to be taken back."""


def _close(request: HttpRequest) -> None:
    """Close what came in; the request closes only what it still holds."""
    for _name, files in request.FILES.lists():
        for file in files:
            file.close()


def _keep_proposal(request: HttpRequest, record: Record) -> None:
    actions.propose(
        record,
        lists_of(request.POST),
        read=read_base(request.POST.get("edit_base")),
        seen_version=parse_whole(request.POST.get("seen_version")) or 0,
        by=request.user,  # type: ignore[arg-type]
    )
    told = _(
        "Kept as a proposal. The public sees the record as it was until a curator takes "
        "it over."
    )
    messages.success(request, told)


def _may_only_propose(request: HttpRequest, record: Record) -> bool:
    return record.is_released and not may_curate(record, person_of(request))
