"""The numbers that others give, on the page of every kind of record."""

from functools import cache

from heritage.catalogue.models import (
    IDENTIFIERS,
    ExternalIdentifier,
    GivenIdentifier,
    Record,
)

from .inlines import PolicyTabularInline


class IdentifierInline(PolicyTabularInline):
    fields = ("type", "identifier", "note")


class RelicIdentifierInline(IdentifierInline):
    model = ExternalIdentifier


@cache
def inlines_of(model: type[Record]) -> tuple[type[IdentifierInline], ...]:
    """Give the inline for a kind of record; nothing for one that brings its own."""
    numbers = IDENTIFIERS.get(model)
    return () if numbers is None else (_inline(numbers),)


def _inline(model: type[GivenIdentifier]) -> type[IdentifierInline]:
    return type(f"{model.__name__}Inline", (IdentifierInline,), {"model": model})
