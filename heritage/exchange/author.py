"""For whom a load is entered, or taken back: asked anew with each step, for an account may
be closed.
"""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet

from heritage.archive.pages import note_rows
from heritage.catalogue.policy import Person

from .errors import AuthorLost, ExchangeError, UndoLost
from .models import Load

State = Load.State


def check_author(load: Load) -> None:
    """Raise `AuthorLost` if its author may enter nothing any more; nobody is the house."""
    if not _curates(load, load.created_by_id):
        raise AuthorLost


def check_undoer(load: Load) -> None:
    """Raise `UndoLost` if who takes it back may do so no more; nobody is the house."""
    if not _curates(load, load.undone_by_id):
        raise UndoLost


def _curates(load: Load, pk: int | None) -> bool:
    if pk is None:
        return True
    person = Person.of(User.objects.filter(pk=pk).first())
    return person.is_administrator or load.collection_id in person.curates


def stop_with_author(sender: type[User], *, instance: User, **_: Any) -> None:
    """Stop the loads of an account that is about to go: else the house went on with them."""
    entered = Load.objects.filter(created_by=instance)
    _stop(entered.filter(state__in=[State.WAITING, State.RUNNING]), AuthorLost())
    taken_back = Load.objects.filter(undone_by=instance)
    _stop(taken_back.filter(state=State.UNDOING), UndoLost())


def _stop(working: QuerySet[Load], why: ExchangeError) -> None:
    pks = list(working.values_list("pk", flat=True))
    working.update(state=State.STOPPED, leased_until=None, error=str(why))
    note_rows(Load, *pks)
