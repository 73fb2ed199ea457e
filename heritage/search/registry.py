"""What is searched: rooms above declare their records and what they know of others'."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from django.db.models import Model

from heritage.catalogue.policy import Person

from .documents import RecordName, Source

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Gives the keys of the relics, of those asked for, that have the trait for this person.
TraitOf = Callable[[Collection[str], Person], set[str]]
TouchedBy = Callable[[Model], Iterable[tuple[str, str]]]

_sources: Final[dict[str, Source]] = {}
_traits: Final[dict[tuple[str, str], TraitOf]] = {}
_trait_labels: Final[dict[str, "StrOrPromise"]] = {}
_touched: Final[list[TouchedBy]] = []


def declare_source(kind: str, source: Source) -> None:
    """Have records of a kind found."""
    _sources[kind] = source


def declare_trait(
    kind: str, trait: str, find: TraitOf, *, label: "StrOrPromise"
) -> None:
    """Have records of a kind filtered by something that another room knows."""
    _traits[kind, trait] = find
    _trait_labels[trait] = label


def trait_label(trait: str) -> str:
    return str(_trait_labels.get(trait, trait))


def declare_touched(touched: TouchedBy) -> None:
    """Have documents made again when a row changes: it names them."""
    if touched not in _touched:
        _touched.append(touched)


def sources() -> dict[str, Source]:
    return _sources


def traits_of(
    kind: str, keys: Collection[str], person: Person
) -> dict[str, tuple[str, ...]]:
    """Give the traits of each record that has any."""
    found: dict[str, tuple[str, ...]] = {}
    for (of_kind, trait), find in sorted(_traits.items(), key=lambda item: item[0]):
        if of_kind == kind and keys:
            for key in find(keys, person):
                found[key] = (*found.get(key, ()), trait)
    return found


def touched_by(row: Model) -> set[RecordName]:
    """Name the documents to make again after a change of this row."""
    return set(_names_of(row))


def _names_of(row: Model) -> Iterator[RecordName]:
    for touched in _touched:
        for kind, key in touched(row):
            if kind in _sources:
                yield RecordName(kind, key)
