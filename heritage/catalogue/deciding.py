"""What only a collection's curators decide: each of these fields opens something.

Volunteers draft; a field that shows more of a record, earlier or longer, is for them to
read. What they say of a row that they add is a draft, which a curator releases.
"""

from collections.abc import Callable, Iterator
from typing import Final

from django.db.models import Model

from .models import Bearer, Record, Recording, RecordingItem, Relic, Site
from .policy import Person

DAYS: Final = ("release_on", "withdraw_on")  # of every record: time acts for nobody
CURATORS_DECIDE: Final[dict[type[Model], tuple[str, ...]]] = {
    Site: ("shown_as",),
    Relic: ("find_shown_as",),
    RecordingItem: ("is_public",),
}
# Anybody who works here says these; once said, another answer could open what they close:
# whose consent holds, and from which site a find came.
ONCE_SAID: Final[dict[type[Model], tuple[str, ...]]] = {
    Bearer: ("person", "status"),
    Recording: ("bearer",),
    Relic: ("find_batch",),
}

# What rooms above hold back from everybody, curators and administrators too: asked with
# the model and the row's number.
Holding = Callable[[type[Model], int | None], tuple[str, ...]]
_holdings: list[Holding] = []

# What rooms above say of a record that stays: a sentence, or nothing if it may go.
Keeping = Callable[[Record], str]
_keepings: list[Keeping] = []


def hold_back(holding: Holding) -> None:
    """Have a room above name fields that nobody types over in a row."""
    if holding not in _holdings:
        _holdings.append(holding)


def keep_records(keeping: Keeping) -> None:
    """Have a room above say which records nobody deletes.

    The admin says it beforehand; what refuses the deletion itself is the room's own.
    """
    if keeping not in _keepings:
        _keepings.append(keeping)


def why_kept(record: Record) -> list[str]:
    """Give the sentences for which a record may not be deleted."""
    return [sentence for keeping in _keepings if (sentence := keeping(record))]


def held_back(
    model: type[Model], person: Person, collection: int | None, *, pk: int | None
) -> tuple[str, ...]:
    """Name the fields of a row in this collection that the person may not decide.

    `pk` is None for a row that is being added.
    """
    held = tuple(name for holding in _holdings for name in holding(model, pk))
    if person.is_administrator or collection in person.curates:
        return held
    own = held + CURATORS_DECIDE.get(model, ())
    if issubclass(model, Record):
        own += DAYS if pk is None else (*DAYS, "collection")
    return own if pk is None else (*own, *_said(model, pk))


def _said(model: type[Model], pk: int) -> Iterator[str]:
    """Name what the database holds an answer to: the form in hand may differ."""
    names = ONCE_SAID.get(model, ())
    saved = model._default_manager.filter(pk=pk).values(*names).first() or {}
    return (name for name in names if saved.get(name))
