"""Cards of the admin's start page: what visitors wait for."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from heritage.catalogue.dashboard import SHOWN, Card, declare
from heritage.catalogue.policy import Person, visible

from .models import ErrorReport, ModelRequest


def declare_cards() -> None:
    for card in (requests_for_models, reported_mistakes):
        declare(card)


def requests_for_models(person: Person, user_id: int) -> Card | None:
    return _card("model-requests", _("Requests for models"), person, ModelRequest)


def reported_mistakes(person: Person, user_id: int) -> Card | None:
    return _card("mistakes", _("Reported mistakes"), person, ErrorReport)


def _card(
    slug: str, title: str, person: Person, model: type[ModelRequest | ErrorReport]
) -> Card | None:
    rows: Any = visible(model.objects.filter(state="open"), person)
    count = rows.count()
    if not count:
        return None
    name = f"admin:pages_{model._meta.model_name}"
    lines = [
        (_title(row), reverse(f"{name}_change", args=[row.pk])) for row in rows[:SHOWN]
    ]
    listed = reverse(f"{name}_changelist") + "?state__exact=open"
    return Card(slug, title, count, tuple(lines), listed)


def _title(row: ModelRequest | ErrorReport) -> str:
    """Name the record that it is about."""
    record = row.relic if isinstance(row, ModelRequest) else row.find_record()
    return str(record.title if record else row)
