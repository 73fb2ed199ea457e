"""Nobody finds out by filtering, sorting or searching what no page would show him."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.http import HttpRequest

from heritage.catalogue.policy import Person, person_of, policy_of


class NoWithheldLookups:
    """Refuses what a list is asked by a field that is not always for who asks."""

    model: Any

    def lookup_allowed(
        self, lookup: str, value: str, request: HttpRequest | None = None
    ) -> bool:
        base: Any = super()
        person = person_of(request) if request is not None else Person()
        if is_withheld(self.model, lookup, person):
            return False
        return bool(base.lookup_allowed(lookup, value, request))

    def get_search_fields(self, request: HttpRequest) -> Any:
        person = person_of(request)
        base: Any = super()
        return [
            name
            for name in base.get_search_fields(request)
            if not is_withheld(self.model, name.lstrip("^=@"), person)
        ]


def is_withheld(model: type[Model], lookup: str, person: Person) -> bool:
    """Tell whether a lookup (`agent__id_number__startswith`) tells what may be private."""
    if person.is_administrator:
        return False
    return any(not _reads_always(*step, person) for step in _fields_on(model, lookup))


def _fields_on(model: type[Model], lookup: str) -> Iterator[tuple[type[Model], str]]:
    """Give each field on the way, with the model whose policy is about it."""
    for part in lookup.split("__"):
        try:
            field: Any = model._meta.get_field(part)
        except FieldDoesNotExist:
            return
        if field.auto_created and not field.concrete:
            # A place's finds tell where they were found.
            yield field.related_model, field.field.name
        else:
            yield model, field.name
        if not field.is_relation or field.related_model is None:
            return
        model = field.related_model


def _reads_always(model: type[Model], name: str, person: Person) -> bool:
    rule = policy_of(model).fields.get(name)
    if rule is None:
        return True
    rows = model._default_manager.all()
    return not rows.exclude(pk__in=rows.filter(rule.q(person)).values("pk")).exists()
