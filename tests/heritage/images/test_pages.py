"""Images on the relic's public page and in the admin, for each of the three people."""

import io
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from heritage.catalogue.models import Collection, Membership, Relic
from heritage.images.models import Image, ImageFile, ImageSet
from tests.heritage.factories import make_collection, make_relic, make_user

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


def saved(user: User, image_set: ImageSet | None, **values: object) -> ImageSet:
    """Send the set's form as this person; give the set as it is then."""
    name, arguments = "admin:images_imageset_add", []
    if image_set is not None:
        name, arguments = "admin:images_imageset_change", [image_set.pk]
    formset = {f"images-{key}_FORMS": "0" for key in ("TOTAL", "INITIAL")}
    form = {"type": "views", "direction": "left-to-right", "number": "0"}
    answer = admin(user).post(
        reverse(name, args=arguments), {**formset, **form, **values}
    )
    assert answer.status_code == 302, answer.context["errors"]
    rows = ImageSet.objects.order_by("-pk")
    found: ImageSet = rows[0] if image_set is None else rows.get(pk=image_set.pk)
    return found


@pytest.mark.parametrize(("who", "tier"), [("curator", "full"), ("volunteer", "small")])
def test_only_curators_decide_what_the_public_gets(
    image: Image, who: str, tier: str, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who)
    relic = image.image_set.relic
    now = saved(user, image.image_set, relic=relic.pk, tier="full", title_en=who)
    assert (now.tier, now.title_en) == (tier, who)


def test_what_a_volunteer_begins_waits_for_a_curator(
    image: Image, curator: User, volunteer: User
) -> None:
    relic = image.image_set.relic
    assert saved(curator, None, relic=relic.pk, tier="full").tier == "full"
    begun = saved(volunteer, None, relic=relic.pk, tier="full")
    assert begun.tier == "staff"
    assert saved(volunteer, begun, relic=relic.pk, tier="full").tier == "staff"
    assert saved(curator, begun, relic=relic.pk, tier="screen").tier == "screen"


def test_a_volunteer_moves_no_open_set_to_another_relic(
    image: Image, volunteer: User
) -> None:
    public = make_relic(image.image_set.relic.collection, state="released")
    now = saved(volunteer, image.image_set, relic=public.pk, tier="small")
    assert now.relic_id == image.image_set.relic_id


def test_who_curates_elsewhere_opens_nothing_here(
    image: Image, volunteer: User
) -> None:
    theirs = Membership.objects.create(
        user=volunteer, collection=make_collection(), role="curator"
    )
    here = saved(volunteer, None, relic=image.image_set.relic_id, tier="full")
    there = make_relic(theirs.collection)
    own = saved(volunteer, None, relic=there.pk, tier="full")
    assert (here.tier, own.tier) == ("staff", "full")
    # Nor by moving what is open there.
    moved = saved(volunteer, own, relic=image.image_set.relic_id, tier="full")
    assert moved.tier == "staff"


def test_another_collections_curator_finds_no_set(image: Image) -> None:
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
