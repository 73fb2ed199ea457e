"""Load a table from beginning to end, as the pages and the command do."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from django.contrib.auth.models import User

from heritage.catalogue.models import Collection
from heritage.exchange.actions import begin, run_load, stage_load
from heritage.exchange.actions.mappings import find_mapping
from heritage.exchange.models import Load


def at_once(seconds: float) -> None:
    """Rest for no time at all."""


def enter(
    paths: Sequence[Path], mapping: str, collection: Collection, by: User
) -> Load:
    load = stage_load(paths, collection=collection, by=by)
    begin(load, find_mapping(mapping), by=by)
    run_load(load.pk, rest=at_once)
    load.refresh_from_db()
    assert load.state == Load.State.DONE, load.error
    return load


def verdicts(load: Load) -> Counter[str]:
    return Counter(load.results.values_list("verdict", flat=True))
