"""Keep the index in step in a test, and ask it."""

from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import connection

from heritage.catalogue.policy import Person
from heritage.search.asking import Answer, Filters, Request, search
from heritage.search.index import open_writer
from heritage.search.keeper import Keeper
from heritage.search.outbox import Queued


def keep_up() -> None:
    """Do what the keeper's process does until nothing waits."""
    # A test is one transaction; the keeper sees only what was committed.
    hooks = connection.run_on_commit
    connection.run_on_commit = [h for h in hooks if not isinstance(h[1], Queued)]
    with open_writer() as writer:
        Keeper(writer).drain()


def ask(text: str, user: User | None = None, **values: Any) -> Answer:
    facets = {
        name: frozenset(chosen) for name, chosen in values.pop("facets", {}).items()
    }
    filters = Filters(facets, values.pop("begin", None), values.pop("end", None))
    person = Person.of(user or AnonymousUser())
    return search(Request(text, person, filters, **values))


def found(text: str, user: User | None = None, **values: Any) -> list[str]:
    """Give the keys of the records that answer, the best first."""
    return [hit.name.key for hit in ask(text, user, **values).hits]
