"""Load a table: staged, looked at, then entered batch by batch, each row once and whole.

The row of the load is the truth: its cursor moves in the transaction of the rows that it
counts, so a killed load goes on where it was, and a second one of the same table finds
everything done.
"""

import hashlib
import shutil
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.catalogue.doors import Door, through
from heritage.catalogue.errors import NotPermitted
from heritage.catalogue.models import Collection
from heritage.catalogue.policy import Person
from heritage.exchange.author import check_author
from heritage.exchange.cells import identifier_of
from heritage.exchange.entering import Entering
from heritage.exchange.errors import AuthorLost, WrongMoment
from heritage.exchange.lease import save, take_up, telling_failure
from heritage.exchange.mapping import Plan, read_plan
from heritage.exchange.models import Load, Mapping
from heritage.exchange.places import folder_of, plain_name, staged_path
from heritage.exchange.staging import Staged, read_rows, stage
from heritage.exchange.tries import MOST_TRIES, is_single, note_try
from heritage.lib.batches import FIRST_ROWS, REST_S, fitting_rows

State = Load.State
LEAST_ROWS = 20


def stage_load(
    sources: Sequence[Path],
    *,
    collection: Collection,
    by: User | None,
    name: str = "",
) -> Load:
    """Read a table into rows that wait to be looked at.

    Raises `UnreadableTable`, `NotPermitted`.
    """
    check_curator(collection, by)
    load = Load(collection=collection, file_name=plain_name(name or sources[0].name))
    load.created_by = by
    folder_of(load).mkdir(parents=True, exist_ok=True)
    try:
        summary = stage(sources, staged_path(load))
    except BaseException:
        shutil.rmtree(folder_of(load), ignore_errors=True)
        raise
    load.rows, load.columns = summary.rows, summary.columns
    load.encoding, load.digest = summary.encoding, _digest(sources)
    load.save()
    return load


def begin(load: Load, mapping: Mapping, *, by: User | None) -> None:
    """Have a staged load entered by this mapping; `ring` is left to the caller.

    Of one whose author may enter nothing any more this person becomes the author.
    Raises `WrongMoment`, `NotPermitted`, `BadMapping`.
    """
    check_curator(load.collection, by)
    read_plan(mapping.document)
    if load.is_going_back:
        raise WrongMoment(load.get_state_display())
    ready = [State.STAGED, State.FAILED, State.STOPPED]
    free = Load.objects.filter(pk=load.pk, state__in=ready)
    if not free.update(state=State.WAITING, error=""):
        raise WrongMoment(Load.objects.get(pk=load.pk).get_state_display())
    load.refresh_from_db()
    load.mapping = mapping
    if not _has_author(load):
        load.created_by = by
    load.save(update_fields=["mapping", "created_by"])


def _has_author(load: Load) -> bool:
    try:
        check_author(load)
    except AuthorLost:
        return False
    return load.created_by_id is not None


def run_load(
    pk: int,
    *,
    rest: Callable[[float], None] = time.sleep,
    on_batch: Callable[[Load], None] = lambda load: None,
) -> Load | None:
    """Enter what is left of a load; None if somebody else is at it.

    Raises `WorkLost`, and whatever made the load FAILED.
    """
    load = take_up(Load, pk, state=State.RUNNING)
    if load is None or load.mapping is None:
        return None
    with telling_failure(load):
        _run(load, load.mapping, rest, on_batch)
    return load


def _run(
    load: Load,
    mapping: Mapping,
    rest: Callable[[float], None],
    on_batch: Callable[[Load], None],
) -> None:
    if not staged_path(load).is_file():
        save(
            load,
            state=State.FAILED,
            error=_("Its rows are gone from the work folder. Send the file again."),
        )
        return
    plan = read_plan(mapping.document)
    entering = Entering(load, plan)
    rows = _Rows(load, plan)
    if note_try(load):
        entering.refuse(rows.take(1), "kills", times=MOST_TRIES)
    size, prepared_s = FIRST_ROWS, 0.0
    while batch := rows.take(1 if is_single(load) else size):
        began = time.monotonic()
        entering.prepare(batch)
        # What is done between two transactions leaves others their turn as well as sleep.
        prepared_s = time.monotonic() - began
        if connection.vendor == "sqlite" and load.cursor:
            rest(max(0.0, REST_S - prepared_s))
        began = time.monotonic()
        try:
            with through(Door.IMPORT):
                entering.write()
        except AuthorLost as lost:
            with transaction.atomic():
                save(load, state=State.STOPPED, error=str(lost))
            return
        took = time.monotonic() - began
        size = _next_size(len(batch), took)
        on_batch(load)
    with transaction.atomic():
        save(load, state=State.DONE, finished_at=timezone.now())


def _next_size(size: int, took_s: float) -> int:
    """Choose by the last batch, with a floor: what a batch costs whatever its size."""
    return max(LEAST_ROWS, fitting_rows(size, took_s))


class _Rows:
    """The staged rows from the cursor on, each with the identifier that it alone has."""

    def __init__(self, load: Load, plan: Plan) -> None:
        self.plan = plan
        self.seen: Counter[str] = Counter()
        self.rows = enumerate(read_rows(staged_path(load)))
        for _place, row in islice(self.rows, load.cursor):
            self.seen[identifier_of(plan, row)] += 1

    def take(self, count: int) -> list[tuple[int, str, Staged]]:
        """Give place, identifier and row; the second of one identifier is `X#2`."""
        return [
            (place, self._identifier(row), row)
            for place, row in islice(self.rows, count)
        ]

    def _identifier(self, row: Staged) -> str:
        name = identifier_of(self.plan, row)
        self.seen[name] += 1
        return f"{name}#{self.seen[name]}" if name and self.seen[name] > 1 else name


def check_curator(collection: Collection, by: User | None) -> None:
    """Raise `NotPermitted` unless this person curates the collection; None: the house."""
    if by is None:
        return
    person = Person.of(by)
    if not person.is_administrator and collection.pk not in person.curates:
        raise NotPermitted


def _digest(sources: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for source in sources:
        with source.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()
