"""Manifests, collections and scenes as curator, volunteer and stranger meet them."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from heritage.catalogue.actions.release import release
from heritage.catalogue.models import Collection, Relic
from heritage.exhibits.models import Exhibit, ExhibitItem
from heritage.iiif.content_state import View, encode, read
from heritage.iiif.presentation import collections
from heritage.images.models import Image, ImageFile, ImageSet
from tests.heritage.exhibits.made import make_run
from tests.heritage.factories import make_element, make_exhibit, make_relic
from tests.heritage.images.made import gradient, place_image

HOST = "http://testserver"


@pytest.fixture
def relic(collection: Collection) -> Relic:
    return make_relic(
        collection, state="released", period_text="商", begin_year=-1600, credit="本馆"
    )


@pytest.fixture
def image(relic: Relic) -> Image:
    return place_image(relic, gradient(1300, 900))


@pytest.fixture
def pages(relic: Relic) -> ImageSet:
    """A book of three pages whose second begins a section."""
    first = place_image(relic, gradient(90, 120), type="pages", title_zh="卷首")
    for number in (1, 2):
        place_image(relic, gradient(90, 121 + number))
    others = Image.objects.exclude(pk=first.pk).filter(image_set__relic=relic)
    for number, one in enumerate(others.order_by("pk"), start=1):
        ImageFile.objects.filter(pk=one.file_id).update(image_set=first.image_set)
        Image.objects.filter(pk=one.pk).update(
            image_set=first.image_set,
            number=number,
            section="卷一" if number == 1 else "",
        )
    ImageSet.objects.filter(relic=relic).exclude(pk=first.image_set_id).delete()
    return first.image_set


def get(client: Client, address: str) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content[:300]
    assert answer["Access-Control-Allow-Origin"] == "*"
    return dict(json.loads(answer.content))


def painted(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        canvas["items"][0]["items"][0]["body"]
        for canvas in manifest["items"]
        if canvas["items"]
    ]


def test_a_relic_with_its_images_facts_and_models(image: Image, client: Client) -> None:
    relic = image.image_set.relic
    make_run(relic)
    told = get(client, f"/iiif/p3/relic/{relic.key}/manifest")
    assert told["id"] == f"{HOST}/iiif/p3/relic/{relic.key}/manifest"
    assert told["label"] == {"zh-Hans": [relic.name_zh], "en": [relic.name_en]}
    assert told["rights"] == relic.rights
    assert told["requiredStatement"]["value"] == {"none": ["本馆"]}
    facts = {line["label"]["en"][0]: line["value"] for line in told["metadata"]}
    assert facts["Register number"] == {"none": [relic.register_no]}
    assert facts["Category"]["zh-Hans"] != facts["Category"]["en"]
    (body,) = painted(told)
    assert (body["width"], body["height"]) == (1300, 900)
    # What is named can be had: the image, its service, the models, the data.
    assert client.get(f"{body['service'][0]['id']}/info.json").status_code == 200
    formats = [file["format"] for file in told["rendering"]]
    assert formats.count("model/gltf-binary") == 3
    for file in told["rendering"]:
        assert client.get(file["id"]).status_code == 200
    assert client.get(told["homepage"][0]["id"]).status_code == 200


def test_without_images_the_pictures_of_the_model_stand_for_it(
    relic: Relic, client: Client
) -> None:
    make_run(relic)
    told = get(client, f"/iiif/p3/relic/{relic.key}/manifest")
    bodies = painted(told)
    assert len(bodies) == 8
    assert all(client.get(body["id"]).status_code == 200 for body in bodies)


def test_a_book_is_read_from_right_to_left_in_sections(
    pages: ImageSet, client: Client
) -> None:
    told = get(client, f"/iiif/p3/image-set/{pages.key}/manifest")
    assert told["viewingDirection"] == "right-to-left"
    assert told["behavior"] == ["paged"]
    assert told["label"] == {"zh-Hans": ["卷首"]}
    canvases = [canvas["id"] for canvas in told["items"]]
    (section,) = told["structures"]
    assert section["label"] == {"none": ["卷一"]}
    assert [item["id"] for item in section["items"]] == canvases[1:]
    assert told["partOf"][0]["id"].endswith(f"/relic/{pages.relic.key}/manifest")


@pytest.fixture
def exhibit(collection: Collection, image: Image) -> Exhibit:
    show = make_exhibit(collection)
    modelled = make_relic(collection, state="released")
    make_run(modelled)
    element = make_element(collection, description_zh="蜡模铸造。")
    release(element, by=None)
    things: list[dict[str, Any]] = [
        {"relic": image.image_set.relic, "label_zh": "镇馆之宝"},
        {"relic": modelled},
        {"element": element},
        {"relic": make_relic(collection)},  # a draft
    ]
    for number, thing in enumerate(things):
        ExhibitItem.objects.create(exhibit=show, number=number, **thing)
    release(show, by=None)
    return show


def test_an_exhibit_shows_images_models_and_texts_in_order(
    exhibit: Exhibit, client: Client
) -> None:
    told = get(client, f"/iiif/p3/exhibit/{exhibit.key}/manifest")
    first, second, third = told["items"]
    assert first["label"] == {"zh-Hans": ["镇馆之宝"]}
    assert first["items"][0]["items"][0]["body"]["service"]
    assert second["items"][0]["items"][0]["body"]["format"] == "image/png"
    assert third["items"] == []
    assert third["annotations"][0]["items"][0]["body"]["value"] == "蜡模铸造。"


def test_scenes_are_closed_until_the_museum_opens_them(
    exhibit: Exhibit, client: Client, settings: Any
) -> None:
    address = f"/iiif/p4/exhibit/{exhibit.key}/manifest"
    assert client.get(address).status_code == 404
    settings.IIIF_PRESENTATION_4 = True
    (scene,) = get(client, address)["items"]
    assert scene["spatialScale"]["quantityValue"] == 1.0
    (painting,) = scene["items"][0]["items"]
    point = painting["target"]["selector"][0]
    room = client.get(f"/api/exhibits/{exhibit.key}/scene").json()
    (thing,) = [thing for thing in room["objects"] if thing["model"]]
    assert [point[axis] for axis in "xyz"] == thing["transform"]["position"]
    assert painting["body"]["source"]["id"] == thing["model"]["url"]
    relic = ExhibitItem.objects.get(key=thing["key"]).relic
    assert relic is not None
    alone = get(client, f"/iiif/p4/relic/{relic.key}/manifest")
    choice = alone["items"][0]["items"][0]["items"][0]["body"]
    assert [body["type"] for body in choice["items"]] == ["Model"] * 3


def test_the_tree_leads_from_the_museum_to_every_manifest(
    exhibit: Exhibit, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collections, "PART", 1)
    found: list[str] = []
    waiting = [f"{HOST}/iiif/p3/collection/museum"]
    while waiting:
        told = get(client, waiting.pop())
        for item in told["items"]:
            bag = waiting if item["type"] == "Collection" else found
            bag.append(item["id"])
    shown = [item.relic for item in exhibit.items.all() if item.relic]
    released = {relic.key for relic in shown if relic.is_released}
    assert sorted(found) == sorted(
        [f"{HOST}/iiif/p3/exhibit/{exhibit.key}/manifest"]
        + [f"{HOST}/iiif/p3/relic/{key}/manifest" for key in released]
    )


@pytest.mark.parametrize(
    ("state", "tier", "relic_status", "set_status"),
    [
        ("released", "full", 200, 200),
        ("released", "staff", 200, 404),
        ("draft", "full", 404, 404),
        ("withdrawn", "full", 410, 410),
        ("withdrawn", "staff", 410, 404),
    ],
)
def test_who_gets_a_manifest(
    image: Image,
    curator: User,
    volunteer: User,
    stranger: User,
    state: str,
    tier: str,
    relic_status: int,
    set_status: int,
) -> None:
    image_set = image.image_set
    type(image_set).objects.filter(pk=image_set.pk).update(tier=tier)
    Relic.objects.filter(pk=image_set.relic_id).update(state=state)
    addresses = (
        f"/iiif/p3/relic/{image_set.relic.key}/manifest",
        f"/iiif/p3/image-set/{image_set.key}/manifest",
    )
    for user in (curator, volunteer):
        client = Client()
        client.force_login(user)
        assert [client.get(a).status_code for a in addresses] == [200, 200]
    for client in (Client(), Client()):
        statuses = [client.get(a).status_code for a in addresses]
        assert statuses == [relic_status, set_status]
        client.force_login(stranger)
    museum = Client().get("/iiif/p3/collection/museum").content.decode()
    assert (f"/collection/{image_set.relic.collection_id}" in museum) == (
        (state, tier) == ("released", "full")
    )
    # Its name is its members' own.
    assert image_set.relic.collection.name_zh not in museum


def test_sizes_that_are_not_public_are_not_named(image: Image, client: Client) -> None:
    image_set = image.image_set
    type(image_set).objects.filter(pk=image_set.pk).update(tier="small")
    text = client.get(f"/iiif/p3/relic/{image_set.relic.key}/manifest").content
    assert f"/iiif/3/{image.key}~1024".encode() in text
    assert f"/iiif/3/{image.key}/".encode() not in text
    assert json.loads(text)["items"][0]["width"] == 650


def test_what_is_not_there(client: Client, db: None) -> None:
    for path in (
        "relic/nothing000/manifest", "bearer/nothing000/manifest",
        "collection/9999", "collection/x", "collection/1-0x", f"collection/{'9' * 30}",
    ):  # fmt: skip
        answer = client.get(f"/iiif/p3/{path}")
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"


@given(
    st.sampled_from(["relic", "image-set", "exhibit"]),
    st.from_regex(r"[0-9a-z]{10}", fullmatch=True),
    st.none() | st.tuples(*[st.integers(0, 9999)] * 4),
)
def test_every_content_state_is_read_back(
    kind: str, key: str, part: tuple[int, ...] | None
) -> None:
    manifest = f"{HOST}/iiif/p3/{kind}/{key}/manifest"
    xywh = ",".join(map(str, part)) if part else ""
    canvas = f"{manifest}/canvas/abc" + (f"#xywh={xywh}" if part else "")
    target = {"id": canvas, "type": "Canvas", "partOf": [{"id": manifest}]}
    annotation = {
        "type": "Annotation",
        "motivation": ["contentState"],
        "target": target,
    }
    for state in (target, annotation, annotation | {"target": [target]}):
        assert read(encode(state)) == View(kind, key, "abc", xywh)
        assert read(json.dumps(state)) == View(kind, key, "abc", xywh)
    assert read(manifest) == View(kind, key)


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda b: b.hex()))
def test_nonsense_is_no_content_state(text: str) -> None:
    found = read(text)
    assert found is None or text.startswith(("http:", "https:"))


def test_a_content_state_opens_our_page_at_the_image(
    image: Image, client: Client
) -> None:
    image_set = image.image_set
    manifest = f"{HOST}/iiif/p3/image-set/{image_set.key}/manifest"
    state = {"id": f"{manifest}/canvas/{image.key}#xywh=1,2,30,40", "type": "Canvas"}
    answer = client.get("/iiif/open", {"iiif-content": encode(state)})
    page = f"/relics/{image_set.relic.key}"
    assert answer["Location"] == f"{page}#image={image.key}&xywh=1,2,30,40"
    Relic.objects.filter(pk=image_set.relic_id).update(state="draft")
    for text in (encode(state), "https://elsewhere.example/manifest", "http://[", "{"):
        answer = client.get("/iiif/open", {"iiif-content": text})
        assert answer.status_code == 404
