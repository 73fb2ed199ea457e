"""A replica in a bucket is filled in slices: much may happen between two of them."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from botocore.exceptions import EndpointConnectionError
from django.contrib.auth.models import Permission
from django.utils import timezone

from heritage.archive.actions.check import Report, check_kept, fill_replica, sweep
from heritage.archive.actions.deposit import deposit_files
from heritage.archive.actions.erase import ask_erasure, confirm_erasure
from heritage.archive.models import Deposit, PreservationEvent, StoredFile
from heritage.archive.ocfl_check import errors_of
from heritage.archive.s3_store import S3Store
from heritage.archive.stores import archive, replica
from tests.heritage.factories import make_user

from .buckets import Bytes
from .conftest import Choose

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FILES = {"a.ply": b"a face that must go", "b.ply": b"something else"}


def make_deposit() -> Deposit:
    items = [(name, io.BytesIO(data)) for name, data in FILES.items()]
    return deposit_files(items, by=None)


def erase(file: StoredFile) -> None:
    people = make_user(is_staff=True), make_user(is_staff=True)
    for person in people:
        person.user_permissions.set(
            Permission.objects.filter(codename__in=["ask_erasure", "confirm_erasure"])
        )
    erasure = ask_erasure([file], ground="PIPL 47", by=people[0])
    confirm_erasure(erasure, by=people[1])
    erasure.refresh_from_db()
    assert erasure.state == "done"


def second() -> Bytes:
    store = replica()
    assert store is not None
    return Bytes(store)


def refuse(**_words: Any) -> None:
    raise EndpointConnectionError(endpoint_url="nowhere")


@contextmanager
def hooked(operation: str, change: Callable[..., Any]) -> Iterator[None]:
    """Have something happen before each request of an operation; `*`: of any."""
    store = replica()
    assert isinstance(store, S3Store)
    words = f"before-send.s3.{operation}".removesuffix(".*"), change
    store.whole.client.meta.events.register(*words)
    try:
        yield
    finally:
        store.whole.client.meta.events.unregister(*words)


def swept() -> Report:
    report = Report()
    for _step in sweep(report):
        pass
    return report


def test_while_it_is_away_the_archive_is_checked_and_mended_after(
    choose: Choose, settings: Any
) -> None:
    settings.REPLICA_ROOT = choose("s3")
    deposit, here = make_deposit(), Bytes(archive())
    for _step in fill_replica():
        pass
    path = deposit.files.get(name="b.ply").path
    here.flip(path)
    late = deposit_files([("late.ply", io.BytesIO(b"late"))], by=None)
    Deposit.objects.update(checked_at=None)
    with hooked("*", refuse):
        assert swept().counts == {"damaged": 1, "intact": 2}
    for one in (deposit, late):
        one.refresh_from_db()
    assert (deposit.condition, late.condition) == ("damaged", "intact")
    assert late.replicated_version == 0
    assert swept().counts == {}
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        assert swept().counts == {"repaired": 1}  # the others were read lately
    assert here.read(path) == FILES["b.ply"]
    late.refresh_from_db()
    assert late.replicated_version == 1


def test_what_it_refuses_is_told_once_and_holds_up_nothing(
    choose: Choose, settings: Any
) -> None:
    settings.REPLICA_ROOT = choose("s3")
    refused, fine = make_deposit(), make_deposit()

    def no(request: Any, **_words: Any) -> None:
        if refused.object_path in request.url:
            refuse()

    with hooked("PutObject", no):
        for _round in range(2):
            assert swept().counts["damaged"] == 0
    for one in (refused, fine):
        one.refresh_from_db()
    assert (refused.condition, refused.replicated_version) == ("intact", 0)
    assert fine.replicated_version == 1
    (event,) = PreservationEvent.objects.filter(type="replication", outcome="failure")
    assert event.subject_key == refused.key
    swept()
    refused.refresh_from_db()
    assert refused.replicated_version == 1


@pytest.mark.parametrize("kind", ["s3", "s3-versions"])
def test_what_is_erased_between_two_slices_is_not_there_after_any(
    kind: str, choose: Choose, settings: Any, tmp_path: Path
) -> None:
    settings.REPLICA_ROOT = choose(kind)
    deposit = make_deposit()
    copying = fill_replica()
    while not second().holds(FILES["a.ply"]):
        next(copying)
    erase(deposit.files.get(name="a.ply"))
    assert not second().holds(FILES["a.ply"])
    for _step in copying:
        pass
    assert not second().holds(FILES["a.ply"])
    assert second().holds(FILES["b.ply"])
    folder = second().download(deposit.object_path, tmp_path / "got")
    assert errors_of(folder) == []
    assert check_kept(deposit, replica()).faults == []


def test_sent_after_the_erasure_it_is_taken_out_at_the_end(
    choose: Choose, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part in hand was read before the erasure and is sent after it."""
    settings.REPLICA_ROOT = choose("s3")
    deposit, there = make_deposit(), second()
    path = deposit.files.get(name="a.ply").path
    real = type(there.store)._send_steps  # type: ignore[attr-defined]

    def send(self: Any, source: Any, place: str, *more: Any) -> Any:
        if place == path and source.exists():
            there.store.ensure_root()
            erase(StoredFile.objects.get(name="a.ply"))
            there.write(path, FILES["a.ply"])
            yield
            return deposit.files.get(name="a.ply").sha512
        return (yield from real(self, source, place, *more))

    monkeypatch.setattr(type(there.store), "_send_steps", send)
    for _step in fill_replica():
        pass
    assert there.store.has_object(deposit.object_path)
    assert not there.holds(FILES["a.ply"])


def test_what_was_set_aside_leaves_no_older_version(
    choose: Choose, settings: Any
) -> None:
    """In a bucket that keeps versions the file is hidden there, not gone."""
    settings.ARCHIVE_S3 = choose("s3-versions")
    deposit, here = make_deposit(), Bytes(archive())
    file = deposit.files.get(name="a.ply")
    here.flip(file.path)
    assert [c.result for c in check_kept(deposit).faults] == ["damaged"]
    assert here.holds(FILES["a.ply"])
    erase(file)
    assert not here.holds(FILES["a.ply"])
    assert here.holds(FILES["b.ply"])
