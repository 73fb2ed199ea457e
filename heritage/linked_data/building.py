"""Build many graphs, such that no release of a record they name goes unnoticed."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction
from django.db.models import Model

from heritage.catalogue.mentions import GraphName
from knowledge_graph.errors import TermRefused

from . import graphs
from .graphs import BuiltGraph
from .models import Mention
from .outbox import any_of

# What a graph's own data can do to its builder. A broken store is another matter.
BUILD_ERRORS: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TermRefused,
    TypeError,
    ValueError,
)
Mentioned = dict[GraphName, set[GraphName]]

logger = logging.getLogger(__name__)


@dataclass
class Built:
    """What came of building: graphs, and reasons why some could not be built."""

    graphs: dict[GraphName, BuiltGraph] = field(default_factory=dict)
    failed: dict[GraphName, str] = field(default_factory=dict)


def build_all(names: Collection[GraphName]) -> Built:
    """Build graphs; every record that one names or would name is in the table first.

    A release looks into the table of mentions for graphs to queue. A record that was read
    before its mention was committed may have been released in between, so such a graph
    is built once more.
    """
    outcome = Built()
    known = mentions_of(names)
    todo = set(names)
    while todo:
        rows = graphs.rows_of(todo)
        for name in sorted(todo):
            _build(name, rows.get(name), outcome)
        fresh = _not_known(outcome, known)
        _learn(fresh)
        for name, about in fresh.items():
            known[name] |= about
        todo = set(fresh)
    return outcome


def mentions_of(names: Collection[GraphName]) -> Mentioned:
    rows = Mention.objects.filter(any_of(names, "kind", "key"))
    known = rows.values_list("kind", "key", "about_kind", "about_key")
    mentioned: Mentioned = defaultdict(set)
    for kind, key, about_kind, about_key in known if names else ():
        mentioned[GraphName(kind, key)].add(GraphName(about_kind, about_key))
    return mentioned


def forget_mentions(built: Iterable[BuiltGraph]) -> None:
    """Take away mentions that published graphs no longer make."""
    wanted = {one.name: one.mentions for one in built}
    for name, known in mentions_of(wanted).items():
        if stale := known - wanted[name]:
            rows = Mention.objects.filter(kind=name.kind, key=name.key)
            rows.filter(any_of(stale, "about_kind", "about_key")).delete()


def _build(name: GraphName, row: Model | None, outcome: Built) -> None:
    try:
        built = graphs.build_from(name, row)
        built.digest  # noqa: B018  # refuses here what the store would refuse
    except BUILD_ERRORS as error:
        logger.exception("cannot build %s", name)
        outcome.graphs.pop(name, None)
        outcome.failed[name] = f"{type(error).__name__}: {error}"
    else:
        outcome.graphs[name] = built


def _not_known(outcome: Built, known: Mentioned) -> Mentioned:
    fresh = {
        name: set(built.mentions) - known[name]
        for name, built in outcome.graphs.items()
    }
    return {name: about for name, about in fresh.items() if about}


def _learn(fresh: Mapping[GraphName, set[GraphName]]) -> None:
    if not fresh:
        return
    with transaction.atomic():
        # A release that has already looked into the table holds the record's row: wait
        # until it is over, and the second build will see what it did.
        _lock(set().union(*fresh.values()))
        rows = [
            Mention(kind=name.kind, key=name.key, about_kind=kind, about_key=key)
            for name, about in fresh.items()
            for kind, key in about
        ]
        Mention.objects.bulk_create(rows, ignore_conflicts=True)


def _lock(records: Iterable[GraphName]) -> None:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, key in sorted(records):
        by_kind[kind].append(key)
    for kind, keys in by_kind.items():
        rows = graphs.SOURCES[kind].model._default_manager.filter(key__in=keys)
        list(rows.order_by("pk").select_for_update().values_list("pk"))
