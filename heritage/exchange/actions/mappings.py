"""Keep mappings: a change is a new version, so that a load tells by which it was made."""

from collections.abc import Mapping as Mapped
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from heritage.exchange.errors import BadMapping
from heritage.exchange.mapping import read_plan, shipped, write_plan
from heritage.exchange.models import Mapping


@transaction.atomic
def save_mapping(document: Mapped[str, Any], *, by: User | None) -> Mapping:
    """Save a mapping under its name; one that says the same is not saved again.

    Raises `BadMapping`.
    """
    written = write_plan(read_plan(document))
    rows = Mapping.objects.select_for_update().filter(name=written["name"])
    last = rows.order_by("-version").first()
    if last is not None and last.document == written:
        return last
    version = last.version + 1 if last else 1
    row = Mapping(name=written["name"], version=version, document=written)
    row.created_by = by
    row.full_clean()
    row.save()
    return row


def find_mapping(name: str) -> Mapping:
    """Give the last version of a saved mapping, or of one that we ship.

    Raises `BadMapping`.
    """
    saved = Mapping.objects.filter(name=name).order_by("-version").first()
    if saved is not None:
        return saved
    known = shipped()
    if name not in known:
        raise BadMapping(name, [", ".join(sorted({*known, *mapping_names()}))])
    return save_mapping(known[name], by=None)


def mapping_names() -> list[str]:
    return sorted(set(Mapping.objects.values_list("name", flat=True)))
