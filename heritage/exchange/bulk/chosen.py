"""The relics that a change is for, in a file in the work folder until it is over."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from django.db.models import QuerySet

from heritage.catalogue.models import Relic
from heritage.exchange.places import folder_of, staged_path
from heritage.exchange.work import Work


class Chosen(NamedTuple):
    """`version` is the edit version that the relic had when it was chosen."""

    place: int
    pk: int
    key: str
    version: int


def write_chosen(work: Work, relics: QuerySet[Relic]) -> tuple[int, int]:
    """Write down which these are, in their order; gives how many, and how many are public."""
    folder_of(work).mkdir(parents=True, exist_ok=True)
    rows = relics.order_by("pk").values_list("pk", "key", "edit_version", "state")
    count = public = 0
    with staged_path(work).open("w", encoding="ascii") as out:
        for pk, key, version, state in rows.iterator(chunk_size=2000):
            out.write(json.dumps([pk, key, version]) + "\n")
            count, public = count + 1, public + (state == Relic.State.RELEASED)
    return count, public


def read_chosen(work: Work, start: int = 0) -> Iterator[Chosen]:
    """Give those from a place on."""
    with staged_path(work).open(encoding="ascii") as file:
        for place, line in enumerate(islice(file, start, None), start):
            pk, key, version = json.loads(line)
            yield Chosen(place, pk, key, version)
