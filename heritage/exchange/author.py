"""For whom a load is entered: asked anew with each step, for an account may be closed."""

from typing import Any

from django.contrib.auth.models import User

from heritage.archive.pages import note_rows
from heritage.catalogue.policy import Person

from .errors import AuthorLost
from .models import Load

State = Load.State


def check_author(load: Load) -> None:
    """Raise `AuthorLost` if its author may enter nothing any more; nobody is the house."""
    if load.created_by_id is None:
        return
    person = Person.of(User.objects.filter(pk=load.created_by_id).first())
    if not person.is_administrator and load.collection_id not in person.curates:
        raise AuthorLost


def stop_with_author(sender: type[User], *, instance: User, **_: Any) -> None:
    """Stop the loads of an account that is about to go: else the house went on with them."""
    theirs = Load.objects.filter(created_by=instance)
    working = theirs.filter(state__in=[State.WAITING, State.RUNNING])
    pks = list(working.values_list("pk", flat=True))
    working.update(state=State.STOPPED, leased_until=None, error=str(AuthorLost()))
    note_rows(Load, *pks)
