"""What every page of the admin shares: policy, release buttons, no lost work."""

from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.utils import display_for_label
from unfold.views import ChangeList

from heritage.catalogue.actions import release, return_to_draft, withdraw
from heritage.catalogue.deciding import held_back, why_kept
from heritage.catalogue.errors import CatalogueError, NotLookedAt
from heritage.catalogue.models import Record
from heritage.catalogue.policy import allows, person_of, visible
from heritage.catalogue.reads import note_read
from heritage.catalogue.templatetags.languages import said
from heritage.lib.admin_lists import PagedLists
from heritage.lib.admin_pages import OwnPages
from heritage.lib.keys import new_key

from .drafts import DraftsAdmin
from .filters import CollectionFilter
from .finding import FindingAdmin
from .history import SpokenHistoryAdmin, hidden_now
from .inlines import VisibleChoices, own_collection, reads_here, works_here
from .merge import CarriedField, MergingAdmin
from .numbers import inlines_of
from .proposals import ProposingAdmin
from .review import ReviewAdmin, open_proposals
from .rows import PolicyChangeList
from .withheld import NoWithheldLookups

Act = Callable[..., None]


class PolicyAdmin(OwnPages, NoWithheldLookups, VisibleChoices, PagedLists, ModelAdmin):
    """Shows the rows that the policy shows; `collection_path` leads to their collection.

    Those who work in a collection may add and change; only its curators delete.
    """

    collection_path: ClassVar[str] = "collection"
    list_per_page = 50
    compressed_fields = False  # labels above: three fields in a row leave no room
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return visible(super().get_queryset(request), person_of(request))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PolicyChangeList

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out the fields that this person may not see on this row."""
        person = person_of(request)
        hidden = hidden_now(self.model, obj, person) if obj is not None else set()
        return [
            (title, options | {"fields": _without(options["fields"], hidden)})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return reads_here(person_of(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        person = person_of(request)
        return reads_here(person) and (obj is None or allows(person, obj))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return works_here(person_of(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        person = person_of(request)
        if person.is_administrator or obj is None:
            return works_here(person)
        return self.collection_of(obj) in person.curates | person.helps

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        person = person_of(request)
        if obj is None:
            return person.is_administrator or bool(person.curates)
        return person.is_administrator or self.collection_of(obj) in person.curates

    def has_curate_permission(self, request: HttpRequest) -> bool:
        """Tell whether this person curates at all; of each row the action asks anew."""
        person = person_of(request)
        return person.is_administrator or bool(person.curates)

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        # As the form has it now: nobody moves a row to where he does not work.
        person, collection = person_of(request), self.collection_of(obj)
        if not person.is_administrator and collection not in (
            person.curates | person.helps
        ):
            raise PermissionDenied
        super().save_model(request, obj, form, change)

    def collection_of(self, obj: Any) -> int | None:
        """Give the collection of a row, as the object in hand has it."""
        for name in self.collection_path.split("."):
            obj = getattr(obj, name)
        return getattr(obj, "pk", None)


class RecordForm(forms.ModelForm[Any]):
    """Knows which version of the record it was opened on, and what it held then."""

    seen_version = CarriedField(required=False, widget=forms.HiddenInput, label="")
    edit_base = CarriedField(required=False, widget=forms.HiddenInput, label="")
    edit_token = CarriedField(required=False, widget=forms.HiddenInput, label="")
    proposal = CarriedField(required=False, widget=forms.HiddenInput, label="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["edit_token"].initial = new_key()
        if self.instance.pk:
            self.fields["seen_version"].initial = str(self.instance.edit_version)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.data.get("_only_show"):
            told = _("This text is not saved yet. Look through it and save.")
            raise forms.ValidationError(told, code="unsaved")
        return cleaned


STATE_COLOURS = {
    "draft": "warning", "review": "info", "released": "success", "withdrawn": "danger",
}  # fmt: skip
NAMES = (
    _("Names and description"),
    {"fields": (("name_zh", "name_en"), "description_zh", "description_en")},
)
SCHEDULE = (
    _("Collection and dates"),
    {
        "fields": ("collection", ("release_on", "withdraw_on")),
        "classes": ("tab",),
    },
)


class RecordAdmin(
    ProposingAdmin,
    DraftsAdmin,
    MergingAdmin,
    ReviewAdmin,
    FindingAdmin,
    PolicyAdmin,
    SpokenHistoryAdmin,
):
    """A record's page: its history, and release as a button beside Save."""

    form = RecordForm
    list_display: tuple[Any, ...] = (
        "title_shown",
        "state_shown",
        "collection",
        "modified_at",
    )
    list_filter: tuple[Any, ...] = ("state", CollectionFilter)
    list_select_related: tuple[str, ...] = ("collection",)
    search_fields: tuple[str, ...] = ("name_zh", "name_en", "key")
    actions_submit_line = ("save_and_release", "save_and_withdraw", "save_and_reopen")

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Give the record, which knows who asks: what a form says of it depends on that."""
        record = super().get_object(request, *args, **kwargs)
        if record is not None:
            record.asker = person_of(request)
        return record

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return (*super().get_inlines(request, obj), *inlines_of(self.model))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say why a record stays before anybody confirms that it goes."""
        named, counts, needed, protected = super().get_deleted_objects(objs, request)
        kept = [sentence for record in objs for sentence in why_kept(record)]
        return named, counts, needed, [*protected, *kept]

    @display(description=_("name"), ordering="name_zh")
    def title_shown(self, record: Record) -> str:
        if record.is_demo:
            shown = said(record.title)
            return format_html("{} <small>({})</small>", shown, _("generated"))
        return said(record.title)

    @display(description=_("state"), ordering="state")
    def state_shown(self, record: Record) -> str:
        return _badge(record.state, str(record.get_state_display()))

    @action(description=_("Save and release"), permissions=["release"])
    def save_and_release(self, request: HttpRequest, record: Record) -> None:
        _remember(request, release)

    @action(description=_("Withdraw"), permissions=["withdraw"])
    def save_and_withdraw(self, request: HttpRequest, record: Record) -> None:
        _remember(request, withdraw)

    @action(description=_("Back to draft"), permissions=["reopen"])
    def save_and_reopen(self, request: HttpRequest, record: Record) -> None:
        _remember(request, return_to_draft)

    def has_release_permission(
        self, request: HttpRequest, object_id: Any = None
    ) -> bool:
        return self._may_move(request, object_id, {"draft", "review", "withdrawn"})

    def has_withdraw_permission(
        self, request: HttpRequest, object_id: Any = None
    ) -> bool:
        return self._may_move(request, object_id, {"released"})

    def has_reopen_permission(
        self, request: HttpRequest, object_id: Any = None
    ) -> bool:
        return self._may_move(request, object_id, {"withdrawn"})

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        self._check_decided(request, form, self.collection_of(obj))
        if not change:
            obj.created_by = request.user
        if not change or form.has_changed():
            super().save_model(request, obj, form, change)
            return
        # Nothing was changed: the button that was pressed counts, and no version.
        for button in self.get_actions_submit_line(request, obj.pk):
            if button.action_name in request.POST:
                button.method(request, obj)

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: Any
    ) -> None:
        for row in formset.forms:
            self._check_decided(request, row, self.collection_of(form.instance))
        super().save_formset(request, form, formset, change)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        collection = (
            self.collection_of(obj) if obj is not None else own_collection(request)
        )
        pk = obj.pk if obj is not None else None
        held = held_back(self.model, person_of(request), collection, pk=pk)
        return (*super().get_readonly_fields(request, obj), *held)

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: Any
    ) -> None:
        super().save_related(request, form, formsets, change)
        if change and not form.has_changed() and any(s.has_changed() for s in formsets):
            form.instance.save()  # rows alone are an edit of the record, too
        # Only now are materials and the like in place, which release asks for.
        act: Act | None = getattr(request, "_act", None)
        if act is not None:
            self._perform(request, act, form.instance)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial = super().get_changeform_initial_data(request)
        own = sorted(person_of(request).curates | person_of(request).helps)
        return {"collection": own[0], **initial} if own else initial

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        answer = super().response_change(request, obj)
        # There the risks are that somebody has to look at.
        to_review = getattr(request, "_to_review", False)
        return redirect(self.review_page(obj)) if to_review else answer

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        record = kwargs.get("obj")
        if record is not None:
            context["review_url"] = self.review_page(record)
            context["proposals_open"] = open_proposals(record).count()
            note_read(record, self._shown(request, record), by=request.user)
        return super().render_change_form(request, context, *args, **kwargs)

    def _shown(self, request: HttpRequest, record: Record) -> set[str]:
        """Name the fields that this page shows of the record."""
        rows = flatten_fieldsets(self.get_fieldsets(request, record))
        shown = {str(name) for name in rows}
        person = person_of(request)
        return {name for name in shown if allows(person, record, name)}

    def _check_decided(
        self, request: HttpRequest, form: Any, collection: int | None
    ) -> None:
        """Hold what the form leaves out against whoever curates another collection."""
        row = form.instance
        pk = None if row._state.adding else row.pk
        held = held_back(type(row), person_of(request), collection, pk=pk)
        if set(held) & set(form.changed_data):
            raise PermissionDenied

    def _perform(self, request: HttpRequest, act: Act, record: Record) -> None:
        asked: dict[str, Any] = {"looked_at": ()} if act is release else {}
        try:
            act(record, by=request.user, **asked)
        except NotLookedAt as error:
            request._to_review = True  # type: ignore[attr-defined]
            messages.warning(request, str(error))
        except CatalogueError as error:
            messages.error(request, str(error))
        else:
            done = _("%(record)s is now %(state)s.")
            words = {"record": record.title, "state": record.get_state_display()}
            messages.success(request, done % words)

    def _may_move(self, request: HttpRequest, object_id: Any, states: set[str]) -> bool:
        person = person_of(request)
        if object_id is None:
            # Asked once more when the button is pressed; the action itself decides.
            return person.is_administrator or bool(person.curates)
        record = self.model._default_manager.filter(pk=object_id).first()
        if record is None or record.state not in states:
            return False
        return person.is_administrator or record.collection_id in person.curates


@cache
def _badge(state: str, text: str) -> str:
    """Write a state in its colour; a list of fifty rows has four of them."""
    badge: str = display_for_label((state, text), "", STATE_COLOURS)
    return badge


def _remember(request: HttpRequest, act: Act) -> None:
    request._act = act  # type: ignore[attr-defined]


def _without(fields: Any, hidden: set[str]) -> tuple[Any, ...]:
    """Take names out of a fieldset, whose rows may be tuples."""
    rows = (
        tuple(name for name in row if name not in hidden)
        if isinstance(row, tuple | list)
        else row
        for row in fields
    )
    return tuple(row for row in rows if row and row not in hidden)
