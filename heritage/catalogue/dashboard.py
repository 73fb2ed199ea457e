"""What waits for whoever opens the admin: each room adds cards of its own.

    @declare
    def card(person: Person, user_id: int) -> Card | None: ...

A card that has nothing to tell gives None. Its count is of what this person may see.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from django.apps import apps
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.lib.languages import marked

from .models import Bearer, Comment, FormDraft, ProposedEdit, Record
from .policy import Person, person_of, visible

SOON_DAYS: Final = 90
SHOWN: Final = 5
# What lacks one of the two languages; release never demands both.
UNTRANSLATED: Final = (
    Q(name_en="")
    | Q(name_zh="")
    | (Q(description_en="") & ~Q(description_zh=""))
    | (Q(description_zh="") & ~Q(description_en=""))
)


@dataclass(frozen=True)
class Card:
    """One matter: how much of it there is, and the first few, each with its address."""

    slug: str
    title: str
    count: int
    lines: tuple[tuple[str, str], ...] = ()
    url: str = ""
    is_urgent: bool = False


Maker = Callable[[Person, int], Card | None]
_makers: list[Maker] = []


def declare(maker: Maker) -> Maker:
    """Have this card on the start page of whoever it has something for."""
    if maker not in _makers:
        _makers.append(maker)
    return maker


def cards_for(person: Person, user_id: int) -> list[Card]:
    made = (maker(person, user_id) for maker in _makers)
    return [card for card in made if card is not None]


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the cards to the admin's start page."""
    user_id = request.user.pk
    if user_id is not None:
        context["cards"] = cards_for(person_of(request), user_id)
    return context


@declare
def my_drafts(person: Person, user_id: int) -> Card | None:
    own = Q(created_by=user_id, state=Record.State.DRAFT)
    return _records_card("my-drafts", _("My drafts"), person, own)


@declare
def my_unsaved(person: Person, user_id: int) -> Card | None:
    drafts = FormDraft.objects.filter(user=user_id, is_done=False).exclude(object_id="")
    lines = [
        (str(apps.get_model(one.model)._meta.verbose_name), _draft_page(one))
        for one in drafts[:SHOWN]
    ]
    title = _("Typed and not saved")
    return _card("unsaved", title, drafts.count(), lines)


@declare
def waiting_for_review(person: Person, user_id: int) -> Card | None:
    title = _("Waiting for review")
    return _records_card("review", title, person, Q(state=Record.State.REVIEW))


@declare
def proposed_edits(person: Person, user_id: int) -> Card | None:
    if not (person.is_administrator or person.curates):
        return None
    waiting = ProposedEdit.objects.filter(state=ProposedEdit.State.OPEN)
    return _about_card(
        "proposals", _("Proposed edits"), waiting, person.curates, person
    )


@declare
def open_comments(person: Person, user_id: int) -> Card | None:
    threads = Comment.objects.filter(answers_to=None, resolved_at=None)
    return _about_card("comments", _("Open comments"), threads, person.works_in, person)


@declare
def ending_consents(person: Person, user_id: int) -> Card | None:
    """Tell curators whose consent ends within 90 days: until then ask again."""
    title = _("Consents that end within 90 days")
    card = _of_rows("consents", title, ending_bearers(person))
    listed = reverse("admin:catalogue_bearer_changelist") + "?consent=soon"
    return replace(card, url=listed) if card else None


@declare
def untranslated(person: Person, user_id: int) -> Card | None:
    """Name what lacks one of the two languages; a page lists it."""
    card = _records_card("untranslated", _("Untranslated"), person, UNTRANSLATED)
    return replace(card, url=reverse("admin:catalogue_untranslated")) if card else None


def ending_bearers(person: Person) -> QuerySet[Bearer]:
    """Give the bearers this person curates whose consent ends soon, the next first."""
    today = timezone.localdate()
    soon = visible(Bearer.objects.all(), person).filter(
        consent_until__range=(today, today + timedelta(days=SOON_DAYS))
    )
    soon = soon.exclude(status=Bearer.Status.DECEASED)
    if not person.is_administrator:
        soon = soon.filter(collection__in=person.curates)
    return soon.order_by("consent_until", "pk")


def record_models() -> list[type[Record]]:
    return [model for model in apps.get_models() if issubclass(model, Record)]


def worked_on(model: type[Record], person: Person) -> QuerySet[Any]:
    """Give the records of a kind in the collections where somebody works."""
    rows = visible(model._default_manager.all(), person)
    if person.is_administrator:
        return rows
    return rows.filter(collection__in=person.works_in)


def _records_card(slug: str, title: str, person: Person, wanted: Q) -> Card | None:
    count = 0
    lines: list[tuple[str, str]] = []
    for model in record_models():
        rows = worked_on(model, person).filter(wanted)
        found = rows.count()
        count += found
        if found and len(lines) < SHOWN:
            lines += [(marked(one.title), _page(one)) for one in rows[:SHOWN]]
    return _card(slug, title, count, lines)


def _about_card(
    slug: str,
    title: str,
    rows: QuerySet[Any],
    collections: frozenset[int],
    person: Person,
) -> Card | None:
    """Make a card of rows that name records by kind and key."""
    count = 0
    lines: list[tuple[str, str]] = []
    for model in record_models():
        records = visible(model._default_manager.all(), person)
        if not person.is_administrator:
            records = records.filter(collection__in=collections)
        own = rows.filter(record_kind=model.kind)
        own = own.filter(record_key__in=records.values("key"))
        keys = set(own.values_list("record_key", flat=True)[: 10 * SHOWN])
        count += own.count()
        for one in records.filter(key__in=keys)[:SHOWN]:
            lines.append((marked(one.title), _page(one, "review")))
    return _card(slug, title, count, lines)


def _of_rows(slug: str, title: str, rows: QuerySet[Any]) -> Card | None:
    lines = [(marked(one.title), _page(one)) for one in rows[:SHOWN]]
    return _card(slug, title, rows.count(), lines)


def _card(
    slug: str, title: str, count: int, lines: list[tuple[str, str]]
) -> Card | None:
    return Card(slug, title, count, tuple(lines[:SHOWN])) if count else None


def _page(record: Record, name: str = "change") -> str:
    opts = record._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{name}", args=[record.pk])


def _draft_page(draft: FormDraft) -> str:
    app, model = draft.model.split(".")
    page = reverse(f"admin:{app}_{model}_change", args=[draft.object_id])
    return f"{page}?draft={draft.token}"
