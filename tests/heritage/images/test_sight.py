"""An image goes out of sight, and is erased, with the file it was made of."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from heritage.archive.actions.erase import ask_erasure, confirm_erasure
from heritage.archive.actions.retire import bring_back, retire
from heritage.catalogue.actions.release import release
from heritage.catalogue.models import Collection
from heritage.catalogue.policy import STRANGER, Person, allows, visible
from heritage.images.models import Image, ImageFile
from tests.heritage.factories import make_collection, make_relic, make_user

from .made import gradient, place_image


@pytest.fixture
def image(collection: Collection) -> Image:
    relic = make_relic(collection)
    release(relic, by=None)
    return place_image(relic, gradient(300, 200))


def keeper() -> User:
    user = make_user(is_staff=True, is_superuser=True)
    names = ["ask_erasure", "confirm_erasure"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


def is_seen(image: Image, person: Person) -> bool:
    found = Image.objects.get(pk=image.pk)
    seen = visible(Image.objects.filter(pk=image.pk), person).exists()
    assert seen is allows(person, found)
    return seen


def address(image: Image) -> str:
    return f"/iiif/3/{image.key}/full/max/0/default.jpg"


def test_a_retired_original_takes_its_image_along(image: Image, client: Client) -> None:
    administrator = Person.of(keeper())
    assert is_seen(image, STRANGER)
    retire(image.file.stored_file, reason="the wrong vase", by=keeper())
    assert not is_seen(image, STRANGER)
    assert not is_seen(image, administrator)
    assert not visible(ImageFile.objects.all(), administrator).exists()
    assert client.get(address(image)).status_code in (404, 410)
    bring_back(image.file.stored_file, reason="it was right", by=keeper())
    assert is_seen(image, STRANGER)


def test_an_erased_original_takes_pyramid_and_renderings_along(
    image: Image, client: Client, tmp_path: Path
) -> None:
    assert client.get(address(image)).status_code == 200
    pyramid = image.stored_file.absolute_path()
    tiles = tmp_path / "media_root" / "tiles"
    assert [path for path in tiles.rglob("*") if path.is_file()]
    erasure = ask_erasure([image.file.stored_file], ground="PIPL 47", by=keeper())
    confirm_erasure(erasure, by=keeper())
    assert not pyramid.exists()
    assert not tiles.exists()
    assert not is_seen(image, STRANGER)
    assert client.get(address(image)).status_code in (404, 410)


@pytest.mark.parametrize(("who", "status"), [("curator", 403), ("volunteer", 302)])
def test_nobody_puts_images_onto_another_collections_relic(
    image: Image, who: str, status: int, client: Client, request: pytest.FixtureRequest
) -> None:
    """A curator is refused; a volunteer's form has no such field, and none is taken."""
    theirs = make_relic(make_collection())
    release(theirs, by=None)
    client.force_login(request.getfixturevalue(who))
    change = reverse("admin:images_imageset_change", args=[image.image_set_id])
    form = {
        "relic": theirs.pk, "type": "views", "tier": "full", "title_zh": "", "title_en": "",
        "direction": "right-to-left", "number": 0, "images-TOTAL_FORMS": 0, "images-INITIAL_FORMS": 0,
    }  # fmt: skip
    assert client.post(change, form).status_code == status
    image.image_set.refresh_from_db()
    assert image.image_set.relic_id != theirs.pk
    own = form | {"relic": image.image_set.relic_id}
    assert client.post(change, own).status_code == 302
