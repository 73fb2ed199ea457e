"""Images on the relic's public page and in the admin, for each of the three people."""

import io
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from heritage.catalogue.models import Collection, Relic
from heritage.images.models import Image, ImageFile, ImageSet
from tests.heritage.factories import make_relic

from .made import gradient, place_image

pytestmark = pytest.mark.slow


@pytest.fixture
def image(collection: Collection) -> Image:
    relic = make_relic(collection, state="released")
    return place_image(relic, gradient(3000, 20), tier="small")


def page_for(user: User | None, relic: Relic) -> str:
    client = Client()
    if user:
        client.force_login(user)
    return client.get(f"/relics/{relic.key}").content.decode()


def test_each_person_is_led_to_the_size_they_may_have(
    image: Image, curator: User, volunteer: User, stranger: User
) -> None:
    relic = image.image_set.relic
    services = re.compile(r'data-service="([^"]+)"')
    for user in (curator, volunteer):
        assert services.findall(page_for(user, relic)) == [f"/iiif/3/{image.key}"]
    for visitor in (None, stranger):
        found = services.findall(page_for(visitor, relic))
        assert found == [f"/iiif/3/{image.key}~1024"]


def test_what_is_not_public_is_not_on_the_page(image: Image, stranger: User) -> None:
    ImageSet.objects.update(tier="staff")
    assert image.key not in page_for(stranger, image.image_set.relic)


def test_a_book_runs_from_right_to_left(collection: Collection) -> None:
    relic = make_relic(collection, state="released")
    place_image(relic, gradient(9, 9), type="pages")
    page = page_for(None, relic)
    assert 'dir="rtl"' in page
    assert "data-right-to-left" in page


def admin(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_relics_record_shows_its_images(image: Image, curator: User) -> None:
    address = reverse("admin:catalogue_relic_change", args=[image.image_set.relic_id])
    page = admin(curator).get(address).content.decode()
    assert f"/iiif/3/{image.key}/full/!256,256/0/default.jpg" in page
    assert "image-thumb" in page


def test_a_set_is_worked_on_in_the_admin(
    image: Image, curator: User, volunteer: User, stranger: User
) -> None:
    change = reverse("admin:images_imageset_change", args=[image.image_set_id])
    add = reverse("admin:images_imageset_add_files", args=[image.image_set_id])
    table = reverse("admin:images_imageset_files", args=[image.image_set_id])
    for number, user in enumerate((curator, volunteer)):
        client = admin(user)
        assert client.get(change).status_code == 200
        assert (
            client.get(reverse("admin:images_imageset_changelist")).status_code == 200
        )
        file = io.BytesIO(gradient(6 + number, 6))
        file.name = f"{number}.png"
        assert client.post(add, {"files": [file]}).json() == {"files": [file.name]}
        assert file.name in client.get(table).content.decode()
    outside = admin(stranger)
    assert outside.get(change).status_code == 302
    assert outside.post(add, {}).status_code == 302
    assert ImageFile.objects.count() == 3


def test_another_collections_curator_finds_no_set(image: Image) -> None:
    from tests.heritage.factories import make_collection, make_user

    other = admin(make_user(make_collection(), "curator"))
    ImageSet.objects.update(tier="staff")
    address = reverse("admin:images_imageset_add_files", args=[image.image_set_id])
    assert other.post(address, {}).status_code == 404


def test_only_curators_read_where_a_picture_was_taken(
    image: Image, curator: User, volunteer: User
) -> None:
    told = {"exif": {"Make": "Camera & Sons"}}
    private = {"exif": {"GPSLatitude": [31.0, 14.0, 5.0]}}
    ImageFile.objects.update(metadata=told, private_metadata=private)
    table = reverse("admin:images_imageset_files", args=[image.image_set_id])
    for user, is_told in ((curator, True), (volunteer, False)):
        page = admin(user).get(table).content.decode()
        assert "Camera &amp; Sons" in page
        assert ("31.0, 14.0, 5.0" in page) is is_told
    public = page_for(None, image.image_set.relic)
    assert "GPS" not in public
