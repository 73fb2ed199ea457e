"""A recording's file that was kept by a process that died is found by the next tick."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from heritage.archive.actions.hand_in import waiting
from heritage.catalogue.actions import recordings
from heritage.catalogue.due import adopt_recordings
from heritage.catalogue.models import Collection, Element, Recording, RecordingItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(collection: Collection) -> RecordingItem:
    element = Element.objects.create(collection=collection, name_zh="造纸")
    recording = Recording.objects.create(collection=collection, element=element)
    made: RecordingItem = RecordingItem.objects.create(
        recording=recording, kind="practice", title_zh="片"
    )
    return made


def keep(item: RecordingItem, data: bytes, *, by: User | None = None) -> None:
    recordings.keep_file(item, "film.mp4", io.BytesIO(data), by=by)


def keep_and_die(item: RecordingItem, data: bytes, *, by: User | None = None) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recordings, "attach_deposit", die)
        with pytest.raises(KeyboardInterrupt):
            keep(item, data, by=by)


def die(*_arguments: object, **_told: object) -> None:
    raise KeyboardInterrupt


def adopt_later() -> int:
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        return adopt_recordings()


def bytes_of(item: RecordingItem) -> bytes:
    item.refresh_from_db()
    assert item.stored_file is not None
    return item.stored_file.absolute_path().read_bytes()


def test_the_file_becomes_the_recordings(item: RecordingItem) -> None:
    keep_and_die(item, b"frames")
    assert adopt_recordings() == 0  # its process may be about to do it
    assert adopt_later() == 1
    assert bytes_of(item) == b"frames"
    assert adopt_later() == 0


def test_also_where_it_was_to_replace_another(item: RecordingItem) -> None:
    keep(item, b"first")
    keep_and_die(item, b"second")
    assert adopt_later() == 1
    assert bytes_of(item) == b"second"


def test_what_has_been_replaced_does_not_come_back(item: RecordingItem) -> None:
    keep_and_die(item, b"first")
    keep(item, b"second")
    keep(item, b"third")
    assert adopt_later() == 0
    assert bytes_of(item) == b"third"


def test_it_waits_in_the_inbox_where_only_curators_may_give_it(
    item: RecordingItem, volunteer: User
) -> None:
    keep_and_die(item, b"frames", by=volunteer)
    RecordingItem.objects.filter(pk=item.pk).update(is_public=True)
    assert adopt_later() == 1
    item.refresh_from_db()
    assert item.stored_file is None
    assert [file.name for file in waiting().get().files.all()] == ["film.mp4"]
    assert adopt_later() == 0
