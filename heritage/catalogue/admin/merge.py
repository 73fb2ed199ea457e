"""The second of two who save the same record sees both versions and chooses.

Whoever opens a form takes along which version it was (`seen_version`) and what it held
(`edit_base`). Handed in on top of a later version, it is compared with that, field by
field and row by row; what differs is shown with a choice for each, and posted again.
"""

import json
from typing import Any, NamedTuple

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from heritage.catalogue.merging import (
    DELETE,
    MINE,
    Difference,
    Posted,
    Spot,
    find_differences,
    is_news,
    put_together,
    take_apart,
)
from heritage.catalogue.reads import note_read
from heritage.catalogue.rows_of import keep_rows
from heritage.lib.json_text import parse_json, parse_object
from heritage.lib.keys import new_key
from heritage.lib.whole_numbers import parse_whole

from .typed import CARRIED, Opened, as_querydict, lists_of, open_form, posted_by

MERGED = "merge_mine"


class CarriedField(forms.CharField):
    """Goes along with a form and is no part of what was changed."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class Choice(NamedTuple):
    """A line of the merge page, in the words of the form."""

    number: str
    label: str
    was: str
    mine: str
    theirs: str
    choice: str


class MergingAdmin:
    """Lets nobody save over what somebody else has saved since."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> HttpResponse:
        base: Any = super()
        if request.method != "POST" or object_id is None:
            return base.changeform_view(request, object_id, *args, **kwargs)  # type: ignore[no-any-return]
        with transaction.atomic():
            shown = self._find_conflict(request, object_id)
            if shown is not None:
                return shown
            self._keep_rows(request, object_id)
            return base.changeform_view(request, object_id, *args, **kwargs)  # type: ignore[no-any-return]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        if not form.is_bound:
            sets = [one.formset for one in context["inline_admin_formsets"]]
            form.fields["edit_base"].initial = json.dumps(posted_by(form, sets))
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc, no-any-return]

    def _keep_rows(self, request: HttpRequest, object_id: str) -> None:
        """Keep the rows as they are: what this form makes of them can be taken back."""
        admin: Any = self
        record = admin.get_object(request, unquote(object_id))
        if record is not None and admin.has_change_permission(request, record):
            keep_rows(record)

    def _find_conflict(
        self, request: HttpRequest, object_id: str
    ) -> HttpResponse | None:
        admin: Any = self
        record = admin.get_object(request, unquote(object_id))
        if record is None or not admin.has_change_permission(request, record):
            return None  # answered as ever
        record.edit_version = record.saved_version()  # locked from here on
        record.refresh_from_db()
        opened = open_form(admin, request, record)
        if MERGED in request.POST:
            request.POST = choose(request.POST, opened)
        if request.POST.get("seen_version") == str(record.edit_version):
            return None
        mine, was = lists_of(request.POST), read_base(request.POST.get("edit_base"))
        found = compare(was, mine, opened)
        if found.is_news or request.FILES:
            extra = admin.proposal_carried(request, record)
            return self.show_merge(request, record, opened, found, mine, **extra)
        request.POST = as_querydict(found.written(mine, opened))  # type: ignore[assignment]
        return None

    def show_merge(
        self,
        request: HttpRequest,
        record: Any,
        opened: Opened,
        found: "Compared",
        mine: Posted,
        **extra: Any,
    ) -> HttpResponse:
        """Show both versions, field by field, with a choice for each."""
        admin: Any = self
        now = posted_by(opened.form, opened.formsets)
        context = {
            **admin.admin_site.each_context(request),
            "title": _("Two versions of the same record"),
            "opts": admin.opts,
            "original": record,
            "choices": [
                _told(n, one, opened) for n, one in enumerate(found.differences)
            ],
            "mine": json.dumps(mine),
            "spots": json.dumps([one.spot for one in found.differences]),
            "seen_version": record.edit_version,
            "edit_base": json.dumps(now),
            # Who decides on a proposal has opened a form of his own.
            "edit_token": new_key()
            if request.method == "GET"
            else (mine.get("edit_token") or [""])[0],
            "has_files": bool(request.FILES),
            "last": record.history.select_related("history_user").first(),
            **extra,
        }
        note_read(record, opened.form.fields, by=request.user)
        status = 200 if request.method == "GET" else 409
        template = "catalogue/merge.html"
        return TemplateResponse(request, template, context, status=status)


class Compared(NamedTuple):
    """What came of comparing a form that was handed in with the record as it is."""

    differences: list[Difference]
    is_news: bool

    def written(self, mine: Posted, opened: Opened) -> dict[str, list[str]]:
        """Put the form together where no person needs to choose."""
        chosen = {one.spot: one.choice for one in self.differences}
        return _write(mine, opened, chosen)


def compare(was: Posted, mine: Posted, opened: Opened) -> Compared:
    now = posted_by(opened.form, opened.formsets)
    parts = [take_apart(one, opened.inlines) for one in (was, mine, now)]
    differences = find_differences(parts[0], parts[1], parts[2], opened.inlines)
    return Compared(differences, is_news(parts[0], parts[2]))


def choose(posted: Any, opened: Opened) -> Any:
    """Make one form of two, by the choices on the merge page.

    The page carried both as they were then: if the record has moved on meanwhile, what
    comes out is compared with it once more.
    """
    mine, spots = _carried(posted)
    then = read_base(posted.get("edit_base"))
    chosen = {
        spot: posted.get(f"choice-{number}") or MINE
        for number, spot in enumerate(spots)
    }
    parts = [take_apart(one, opened.inlines) for one in (mine, then)]
    written = put_together(parts[0], parts[1], chosen, opened.inlines)
    for name in CARRIED:
        written[name] = [posted.get(name, "")]
    if "_only_show" in mine:
        written["_only_show"] = mine["_only_show"]
    written["_continue"] = ["1"]  # what came of it is looked at
    return as_querydict(written)


def _carried(posted: Any) -> tuple[dict[str, list[str]], list[Spot]]:
    """Read what the merge page carried. Raises `BadRequest` where it is not ours."""
    try:
        mine = parse_object(posted[MERGED])
        spots = [Spot(*spot) for spot in parse_json(posted["merge_spots"])]
    except (KeyError, ValueError, TypeError) as error:
        raise BadRequest from error
    if not all(map(_are_texts, mine.values())):
        raise BadRequest
    if not all(_are_texts([*spot]) for spot in spots):
        raise BadRequest
    return mine, spots


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(one, str) for one in values)


def read_base(text: str | None) -> dict[str, list[str]]:
    """Read what a form held when it was opened; nothing where the page did not say."""
    try:
        return parse_object(text or "{}")
    except ValueError:
        return {}


def _write(
    mine: Posted, opened: Opened, chosen: dict[Spot, str]
) -> dict[str, list[str]]:
    now = posted_by(opened.form, opened.formsets)
    parts = [take_apart(one, opened.inlines) for one in (mine, now)]
    written = put_together(parts[0], parts[1], chosen, opened.inlines)
    known = {*now, *written}
    # Which button was pressed, and the like.
    written |= {n: v for n, v in mine.items() if n not in known and "-" not in n}
    written["seen_version"] = [str(opened.form.instance.edit_version)]
    return written


def _told(number: int, one: Difference, opened: Opened) -> Choice:
    """Write a difference in the words of its form: labels, not what is posted."""
    form, label = _form_at(one.spot, opened)
    if one.spot.name in ("", DELETE):
        what = _("row deleted") if one.spot.name else _("whole row")
        was, mine, theirs = (
            _yes(v) if one.spot.name else " · ".join(v) for v in _three(one)
        )
        label = f"{label} · {what}"
        return Choice(str(number), label, was, mine, theirs, one.choice)
    field = form.fields[one.spot.name]
    name = field.label or one.spot.name
    was, mine, theirs = (_spoken(field, values) for values in _three(one))
    shown = f"{label} · {name}" if label else str(name)
    return Choice(str(number), shown, was, mine, theirs, one.choice)


def _three(one: Difference) -> tuple[list[str], list[str], list[str]]:
    return one.was, one.mine, one.theirs


def _yes(values: list[str]) -> str:
    return _("yes") if values else _("no")


def _form_at(spot: Spot, opened: Opened) -> tuple[Any, str]:
    if not spot.row:
        return opened.form, ""
    formset = next(one for one in opened.formsets if one.prefix == spot.prefix)
    for row in formset.initial_forms:
        if str(row.instance.pk) == spot.row:
            return row, f"{formset.model._meta.verbose_name} {row.instance}"
    return formset.empty_form, str(formset.model._meta.verbose_name)


def _spoken(field: Any, values: list[str]) -> str:
    """Tell a posted value as the form shows it: the label of a choice, yes or no."""
    if isinstance(field, forms.BooleanField):
        return _yes(values)
    if isinstance(field, forms.ModelChoiceField):
        wanted = [pk for value in values if (pk := parse_whole(value)) is not None]
        rows = (
            field.queryset.filter(pk__in=wanted) if field.queryset is not None else []
        )
        return ", ".join(str(row) for row in rows) or "".join(values)
    if isinstance(field, forms.ChoiceField):
        offered: Any = field.choices
        labels = {str(key): str(label) for key, label in offered}
        return ", ".join(labels.get(value, value) for value in values)
    return " ".join(values)
