"""Files come in, are read once by whoever holds the lease, or are refused with a reason."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.models import Deposit, StoredFile
from heritage.captures.messages import sentence
from heritage.catalogue.models import Collection
from heritage.catalogue.policy import Person, allows
from heritage.images import bell, due
from heritage.images.actions.files import add_images, read_again
from heritage.images.errors import NotPermitted
from heritage.images.models import Image, ImageFile, ImageSet
from heritage.images.naming import guess_view, natural_order
from heritage.images.reading import read_file, take_up
from tests.heritage.factories import make_relic

from .made import gradient, make_images


@pytest.fixture
def image_set(collection: Collection) -> ImageSet:
    made: ImageSet = ImageSet.objects.create(relic=make_relic(collection), tier="full")
    return made


def add(image_set: ImageSet, name: str, content: bytes) -> ImageFile:
    (file,) = add_images(image_set, [(name, io.BytesIO(content))], by=None)
    return file


@pytest.mark.slow
def test_files_become_images_with_view_and_order(collection: Collection) -> None:
    images = make_images(
        make_relic(collection),
        ("p10 背.png", gradient(30, 20)),
        ("p9 正.png", gradient(40, 20)),
        type="views",
    )
    assert [(one.view, one.width) for one in images] == [("front", 40), ("back", 30)]
    pyramids = StoredFile.objects.filter(deposit__kind=Deposit.Kind.DERIVED)
    assert pyramids.count() == 2
    assert {one.stored_file for one in images} == set(pyramids)


@pytest.mark.slow
def test_a_file_that_is_no_picture_is_kept_and_refused_with_a_sentence(
    image_set: ImageSet,
) -> None:
    file = add(image_set, "notes.jpg", b"no picture")
    read_file(file.key)
    file.refresh_from_db()
    assert file.state == "refused"
    assert "notes.jpg" in sentence(file.error_code, file.error_facts)
    assert file.stored_file.absolute_path().read_bytes() == b"no picture"
    read_again(file, by=None)
    file.refresh_from_db()
    assert file.state == "waiting"


@pytest.mark.slow
def test_beyond_the_limits_the_file_is_refused(image_set: ImageSet, settings) -> None:  # type: ignore[no-untyped-def]
    settings.IMAGE_TIME_S = 0.01  # no child is done by then
    file = add(image_set, "a.png", gradient(50, 50))
    read_file(file.key)
    file.refresh_from_db()
    assert (file.state, file.error_code) == ("refused", "image-too-heavy")


def test_one_worker_holds_a_file_until_its_lease_lapses(image_set: ImageSet) -> None:
    file = add(image_set, "a.png", gradient(5, 5))
    assert take_up(file.key) is not None
    assert take_up(file.key) is None
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        again = take_up(file.key)
    assert again is not None
    assert again.attempt == 2


def test_a_file_that_ends_worker_after_worker_is_refused(image_set: ImageSet) -> None:
    file = add(image_set, "a.png", gradient(5, 5))
    ImageFile.objects.filter(pk=file.pk).update(attempt=3)
    assert take_up(file.key) is None
    file.refresh_from_db()
    assert (file.state, file.error_code) == ("refused", "image-too-heavy")


def test_a_lost_bell_is_rung_again(image_set: ImageSet) -> None:
    file = add(image_set, "a.png", gradient(5, 5))
    from django_tasks_db.models import DBTaskResult

    DBTaskResult.objects.all().delete()
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        assert due.ring_for_images() == 1
        assert due.ring_for_images() == 0
    assert file in bell.free_files()


def test_what_a_dead_worker_left_is_removed_in_time(settings) -> None:  # type: ignore[no-untyped-def]
    left = Path(settings.WORK_ROOT) / "image-left"
    left.mkdir()
    assert due.remove_image_folders() == 0
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        assert due.remove_image_folders() == 1
    assert not left.exists()


@pytest.mark.slow
def test_pyramids_that_no_file_names_are_discarded(image_set: ImageSet) -> None:
    file = add(image_set, "a.png", gradient(5, 5))
    read_file(file.key)
    ImageFile.objects.filter(pk=file.pk).update(pyramids=None)
    Image.objects.all().delete()
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        assert due.discard_orphaned_pyramids() == 1
    assert not Deposit.objects.filter(kind=Deposit.Kind.DERIVED).exists()


def test_an_upload_whose_process_died_is_taken_over(image_set: ImageSet) -> None:
    item = ("a.png", io.BytesIO(gradient(5, 5)))
    deposit_files([item], kind="original", by=None, note=f"images {image_set.key}")
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        assert due.adopt_images() == 1
        assert due.adopt_images() == 0
    assert image_set.files.count() == 1


def test_the_same_bytes_come_in_once(image_set: ImageSet) -> None:
    content = gradient(5, 5)
    add(image_set, "a.png", content)
    assert add_images(image_set, [("b.png", io.BytesIO(content))], by=None) == []


def test_only_members_add(image_set: ImageSet, volunteer: User, stranger: User) -> None:
    item = ("a.png", io.BytesIO(gradient(5, 5)))
    with pytest.raises(NotPermitted):
        add_images(image_set, [item], by=stranger)
    assert add_images(image_set, [item], by=volunteer)


def test_place_and_device_are_for_curators(
    image_set: ImageSet, curator: User, volunteer: User, stranger: User
) -> None:
    file = add(image_set, "a.png", gradient(5, 5))
    people = [Person.of(user) for user in (curator, volunteer, stranger)]
    assert [allows(p, file, "private_metadata") for p in people] == [True, False, False]
    assert [allows(p, file, "metadata") for p in people] == [True, True, False]


@pytest.mark.parametrize(
    ("name", "view"),
    [
        ("鼎-正面.tif", Image.View.FRONT),
        ("IMG_0012_back.jpg", Image.View.BACK),
        ("特写 3.jpg", Image.View.DETAIL),
        ("folder/左.jpg", Image.View.LEFT),
        ("left and right.jpg", Image.View.NONE),
        ("feedback.jpg", Image.View.NONE),
    ],
)
def test_names_tell_the_view(name: str, view: str) -> None:
    assert guess_view(name) == view


def test_pages_are_ordered_by_their_numbers() -> None:
    names = ["p10.tif", "p9.tif", "p1.tif", "cover.tif"]
    ordered = ["cover.tif", "p1.tif", "p9.tif", "p10.tif"]
    assert sorted(names, key=natural_order) == ordered


@pytest.mark.slow
@pytest.mark.parametrize("name", ["log", "out", "①.png"])
def test_an_original_is_never_written_to_whatever_its_name(
    image_set: ImageSet, name: str
) -> None:
    content = gradient(30, 20)
    file = add(image_set, name, content)
    read_file(file.key)
    file.refresh_from_db()
    assert file.stored_file.absolute_path().read_bytes() == content
    assert file.state in {"ready", "refused"}
    assert file.error_code != "disk-error"
