"""The Image API as curator, volunteer and stranger meet it."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from PIL import Image as Picture

from heritage.catalogue.models import Collection
from heritage.iiif.cache import TileCache
from heritage.iiif.making import renderers
from heritage.iiif.parameters import turned_size
from heritage.images.models import Image
from tests.heritage.factories import make_relic
from tests.heritage.images.made import gradient, place_image

pytestmark = pytest.mark.slow

WIDE, HIGH = 2600, 1800


@pytest.fixture
def image(collection: Collection) -> Iterator[Image]:
    """A public image of 2600 x 1800 in full size."""
    relic = make_relic(collection, state="released")
    yield place_image(relic, gradient(WIDE, HIGH))
    renderers.close()


def opened(body: bytes) -> Picture.Image:
    return Picture.open(io.BytesIO(body))


def test_information_is_true_to_the_pyramid(image: Image, client: Client) -> None:
    answer = client.get(f"/iiif/3/{image.key}/info.json")
    told = answer.json()
    assert (told["width"], told["height"]) == (WIDE, HIGH)
    assert told["profile"] == "level2"
    assert told["sizes"] == [
        {"width": 325, "height": 225}, {"width": 650, "height": 450},
        {"width": 1300, "height": 900}, {"width": 2600, "height": 1800},
    ]  # fmt: skip
    assert told["tiles"] == [
        {"width": 512, "height": 512, "scaleFactors": [1, 2, 4, 8]}
    ]
    assert told["rights"] == image.image_set.relic.rights
    assert answer["Access-Control-Allow-Origin"] == "*"
    linked = client.get(
        f"/iiif/3/{image.key}/info.json", headers={"accept": "application/ld+json"}
    )
    assert linked["Content-Type"].startswith("application/ld+json")
    # Every size that is told of can be had.
    for size in told["sizes"]:
        part = f"full/{size['width']},{size['height']}/0/default.jpg"
        body = client.get(f"/iiif/3/{image.key}/{part}").content
        assert opened(body).size == (size["width"], size["height"])


def test_tiles_show_the_part_they_name(image: Image, client: Client) -> None:
    """Stored, cut by the edge, scaled: red tells the column, green the row."""
    for region, size in (
        ((512, 512, 512, 512), (512, 512)),
        ((2048, 1536, 552, 264), (552, 264)),
        ((1024, 0, 1024, 1024), (512, 512)),
        ((2048, 1024, 552, 776), (276, 388)),
        ((100, 700, 1234, 567), (617, 284)),
    ):
        left, top, width, height = region
        part = f"{left},{top},{width},{height}/{size[0]},{size[1]}/0/default.jpg"
        picture = opened(client.get(f"/iiif/3/{image.key}/{part}").content)
        assert picture.size == size
        pixel = picture.convert("RGB").getpixel((size[0] // 2, size[1] // 2))
        assert isinstance(pixel, tuple)
        assert abs(pixel[0] - 255 * (left + width / 2) / WIDE) < 6
        assert abs(pixel[1] - 255 * (top + height / 2) / HIGH) < 6


def test_other_formats_enlarged_and_turned(image: Image, client: Client) -> None:
    for form in ("png", "webp"):
        part = f"0,0,100,50/^300,/90/default.{form}"
        picture = opened(client.get(f"/iiif/3/{image.key}/{part}").content)
        assert (picture.format or "").lower() == form
        assert picture.size == (150, 300)
    for degrees in (0.1, 45, 281.5):
        part = f"0,0,300,150/max/{degrees}/default.png"
        picture = opened(client.get(f"/iiif/3/{image.key}/{part}").content)
        assert picture.size == pytest.approx(turned_size((300, 150), degrees), abs=1)


def test_a_picture_that_is_see_through(collection: Collection, client: Client) -> None:
    glass = Picture.new("RGBA", (700, 600), (0, 90, 0, 0))
    glass.paste((200, 0, 0, 255), (0, 0, 700, 300))
    out = io.BytesIO()
    glass.save(out, "PNG")
    relic = make_relic(collection, state="released")
    image = place_image(relic, out.getvalue())
    base = f"/iiif/3/{image.key}/0,0,512,512/512,"
    for form, below in (("png", (0,)), ("webp", (0,)), ("jpg", (255, 255, 255))):
        answer = client.get(f"{base}/0/default.{form}")
        shown = opened(answer.content)
        assert shown.size == (512, 512)
        pixel = shown.getpixel((256, 450))
        assert isinstance(pixel, tuple)
        assert pixel[-len(below) :] == pytest.approx(below, abs=3)
    renderers.close()


def test_headers_and_the_unchanged(image: Image, client: Client) -> None:
    address = f"/iiif/3/{image.key}/0,0,512,512/512,/0/color.jpg"
    answer = client.get(address)
    assert answer["Content-Type"] == "image/jpeg"
    canonical = f"http://testserver/iiif/3/{image.key}/0,0,512,512/max/0/default.jpg"
    assert f'<{canonical}>;rel="canonical"' in answer["Link"]
    assert '<http://iiif.io/api/image/3/level2.json>;rel="profile"' in answer["Link"]
    assert answer["Cache-Control"].startswith("public")
    again = client.get(address, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    # Two addresses of one picture have one tag.
    assert client.get(canonical)["ETag"] == answer["ETag"]
    asked = client.options(address)
    assert asked.status_code == 204
    assert asked["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("part", "status"),
    [
        ("full/max/0/default.gif", 501),
        ("full/max/0/default.exe", 400),
        ("full/9000,/0/default.jpg", 400),
        ("5000,0,10,10/max/0/default.jpg", 400),
        ("full/max/400/default.jpg", 400),
        ("full/^4900,4900/45/default.jpg", 400),
        ("full/^65501,1/0/default.jpg", 400),
        ("full/^16384,1/0/default.webp", 400),
        ("full/max/0/native.jpg", 400),
        ("full/max/0/default", 400),
        ("full/max/0", 404),
    ],
)
def test_refusals_have_the_status_of_the_specification(
    part: str, status: int, image: Image, client: Client
) -> None:
    answer = client.get(f"/iiif/3/{image.key}/{part}")
    assert answer.status_code == status
    if status != 404:
        assert json.loads(answer.content)["status"] == status
        assert answer["Access-Control-Allow-Origin"] == "*"


def test_the_address_of_an_image_leads_to_its_information(
    image: Image, client: Client
) -> None:
    answer = client.get(f"/iiif/3/{image.key}")
    assert answer.status_code == 303
    assert answer["Location"] == f"/iiif/3/{image.key}/info.json"
    assert client.get("/iiif/3/unknown/info.json").status_code == 404
    assert client.post(f"/iiif/3/{image.key}/info.json").status_code == 405


def statuses(client: Client, image: Image) -> dict[str, int]:
    names = {"full": "", "screen": "~2048", "small": "~1024"}
    return {
        size: client.get(f"/iiif/3/{image.key}{name}/info.json").status_code
        for size, name in names.items()
    }


@pytest.mark.parametrize(
    ("state", "tier", "public"),
    [
        ("released", "full", (200, 200, 200)),
        ("released", "screen", (403, 200, 200)),
        ("released", "small", (403, 403, 200)),
        ("released", "staff", (404, 404, 404)),
        ("draft", "full", (404, 404, 404)),
        ("withdrawn", "full", (410, 410, 410)),
    ],
)
def test_who_gets_which_size(
    state: str,
    tier: str,
    public: tuple[int, int, int],
    image: Image,
    curator: User,
    volunteer: User,
    stranger: User,
) -> None:
    image_set = image.image_set
    type(image_set).objects.filter(pk=image_set.pk).update(tier=tier)
    relic = image_set.relic
    type(relic)._default_manager.filter(pk=relic.pk).update(state=state)
    for user in (curator, volunteer):
        client = Client()
        client.force_login(user)
        assert set(statuses(client, image).values()) == {200}
        if public[0] != 200:
            kept = client.get(f"/iiif/3/{image.key}/info.json")["Cache-Control"]
            assert kept.startswith("private")
    outside = Client()
    outside.force_login(stranger)
    for client in (Client(), outside):
        assert tuple(statuses(client, image).values()) == public


def test_a_smaller_size_gives_no_more_however_it_is_asked_for(
    image: Image, client: Client
) -> None:
    type(image.image_set).objects.update(tier="small")
    base = f"/iiif/3/{image.key}~1024"
    told: dict[str, Any] = client.get(f"{base}/info.json").json()
    assert (told["width"], told["height"]) == (650, 450)
    # A tile of its full size is a part of the picture of 650 x 450, no more.
    tile = opened(client.get(f"{base}/0,0,512,450/512,450/0/default.jpg").content)
    pixel = tile.convert("RGB").getpixel((511, 225))
    assert isinstance(pixel, tuple)
    assert abs(pixel[0] - 255 * 511 / 650) < 6
    assert client.get(f"{base}/1024,0,512,512/max/0/default.jpg").status_code == 400
    assert client.get(f"/iiif/3/{image.key}~999/info.json").status_code == 404


def test_what_was_made_is_kept_and_the_oldest_goes_first(tmp_path: Path) -> None:
    import os

    cache = TileCache(tmp_path / "tiles", limit_bytes=100_000)
    names = [f"{number:02x}" * 16 for number in range(40)]
    for age, name in enumerate(names):
        cache.keep(name, bytes(5_000))
        path = cache.folder / name[:2] / name
        if path.exists():
            os.utime(path, (1000 + age, 1000 + age))
    cache.sweep()
    kept = [name for name in names if cache.find(name) is not None]
    assert kept == names[-16:]
    cache.keep("ff" * 16, bytes(50_000))
    assert cache.find("ff" * 16) is None  # a tenth of the room for one is too much
