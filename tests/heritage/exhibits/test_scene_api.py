"""The exhibit interface: only what a stranger may see, in one published form."""

from typing import Any

import jsonschema
import pytest
from django.contrib.auth.models import User
from django.test import Client

from heritage.catalogue.actions.release import withdraw
from heritage.catalogue.models import Collection, Relic
from heritage.exhibits import furniture
from heritage.exhibits.api import api
from heritage.exhibits.devices import Cost, devices
from heritage.exhibits.models import Exhibit, ExhibitItem
from tests.heritage.exhibits.made import make_run, model_of
from tests.heritage.factories import make_exhibit, make_relic


def get_scene(client: Client, exhibit: Exhibit, device: str = "web") -> dict[str, Any]:
    response = client.get(f"/api/exhibits/{exhibit.key}/scene?device={device}")
    assert response.status_code == 200, response.content
    body: dict[str, Any] = response.json()
    return body


def relics_of(exhibit: Exhibit) -> list[Relic]:
    return [item.relic for item in exhibit.items.filter(relic__isnull=False)]


def published_schema(name: str) -> dict[str, Any]:
    """The schema of one document, as the OpenAPI description publishes it."""
    components = dict(api.get_openapi_schema()["components"])
    return {"$ref": f"#/components/schemas/{name}", "components": components}


def check_schema(body: Any, name: str) -> None:
    validator = jsonschema.Draft202012Validator(published_schema(name))
    assert [error.message for error in validator.iter_errors(body)] == []


def test_the_scene_names_shows_and_places_everything(
    client: Client, exhibit: Exhibit
) -> None:
    scene = get_scene(client, exhibit)
    assert scene["exhibit"]["names"] == exhibit.names
    first, second, panel = scene["objects"]
    assert [first["kind"], second["kind"], panel["kind"]] == [
        "relic",
        "relic",
        "element",
    ]
    assert panel["model"] is None
    assert panel["why"]["code"] == "panel"
    assert first["model"]["profile"] == "web"
    assert first["why"]["code"] == "best-level"
    assert {m["profile"] for m in first["alternatives"]} == {"thumb", "headset"}
    assert first["transform"]["position"] != second["transform"]["position"]
    assert first["stand"]["height_m"] == first["transform"]["position"][1]
    assert set(first["why"]["messages"]) == {"zh-Hans", "en"}


def test_the_model_is_that_of_the_accepted_run_byte_for_byte(
    client: Client, exhibit: Exhibit
) -> None:
    relic = relics_of(exhibit)[0]
    derivative = model_of(relic.captures.get().runs.get())
    model = get_scene(client, exhibit)["objects"][0]["model"]
    assert model["sha512"] == derivative.stored_file.sha512
    answer = client.get(model["url"].removeprefix("http://testserver"))
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert body == derivative.stored_file.absolute_path().read_bytes()
    assert len(body) == model["bytes"]


def test_the_sums_are_those_of_the_objects(client: Client, exhibit: Exhibit) -> None:
    scene = get_scene(client, exhibit)
    models = [thing["model"] for thing in scene["objects"] if thing["model"]]
    for name in ("triangles", "draws", "gpu_bytes", "bytes"):
        assert scene["sums"][name] == sum(model[name] for model in models)
    assert scene["sums"]["objects"] == len(models) == 2


@pytest.mark.parametrize("device", list(devices()))
def test_each_device_is_answered_by_the_published_schema_and_within_its_budget(
    client: Client, exhibit: Exhibit, device: str
) -> None:
    scene = get_scene(client, exhibit, device)
    check_schema(scene, "Scene")
    budget = scene["device"]["budget"]
    assert all(scene["sums"][name] <= budget[name] for name in budget)
    used = {t["model"]["profile"] for t in scene["objects"] if t["model"]}
    assert used <= set(devices()[device].levels)


def test_a_wrong_document_does_not_pass_the_schema(
    client: Client, exhibit: Exhibit
) -> None:
    scene = get_scene(client, exhibit)
    scene["objects"][0]["transform"]["position"] = [1, 2]
    with pytest.raises(AssertionError):
        check_schema(scene, "Scene")


def test_a_device_with_little_room_gets_coarser_models_and_hears_why(
    client: Client, exhibit: Exhibit, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Leave 1 280 + 320 triangles for models: one fine, one middle.
    spare = devices()["web"].budget.triangles - 3 * 18 - 1_700
    room = Cost(triangles=spare, draws=0, gpu_bytes=0)
    monkeypatch.setattr(furniture, "ROOM", room)
    first, second, _panel = get_scene(client, exhibit)["objects"]
    assert first["model"]["profile"] == "web"
    assert second["model"]["profile"] == "headset"
    assert second["why"]["code"] == "budget"
    assert second["why"]["facts"]["figure"] == "triangles"
    assert "web" in second["why"]["messages"]["en"]
    # By its number alone: the curator ranked it.
    assert second["why"]["facts"]["turn"] == 2
    assert "view_deg" not in second["why"]["facts"]


def test_the_larger_on_view_is_finer_where_nobody_ranked_them(
    client: Client, exhibit: Exhibit, monkeypatch: pytest.MonkeyPatch
) -> None:
    spare = devices()["web"].budget.triangles - 3 * 18 - 1_700
    monkeypatch.setattr(furniture, "ROOM", Cost(spare, 0, 0))
    rows = exhibit.items.filter(relic__isnull=False).order_by("number", "pk")
    rows.update(number=0)
    small, large = rows
    large.scale = 3.0
    large.save()
    told = {thing["key"]: thing for thing in get_scene(client, exhibit)["objects"]}
    assert told[large.key]["model"]["profile"] == "web"
    assert told[small.key]["model"]["profile"] == "headset"
    why = told[small.key]["why"]
    assert why["facts"]["turn"] > 1
    assert why["facts"]["view_deg"] in why["messages"]["en"]
    assert why["facts"]["view_deg"] in why["messages"]["zh-Hans"]


def test_the_phone_is_never_given_the_fine_level(
    client: Client, exhibit: Exhibit
) -> None:
    first = get_scene(client, exhibit, "phone")["objects"][0]
    assert first["model"]["profile"] == "headset"
    assert {m["profile"] for m in first["alternatives"]} == {"thumb"}


def test_a_draft_relic_is_not_in_a_released_scene(
    client: Client, exhibit: Exhibit, collection: Collection, curator: User
) -> None:
    draft = make_relic(collection, name_en="Hidden jar")
    make_run(draft)
    ExhibitItem.objects.create(exhibit=exhibit, relic=draft, number=9)
    client.force_login(curator)
    answer = client.get(f"/api/exhibits/{exhibit.key}/scene")
    assert draft.key not in answer.content.decode()
    assert "Hidden jar" not in answer.content.decode()


def test_a_run_nobody_accepted_is_not_shown(
    client: Client, exhibit: Exhibit, collection: Collection
) -> None:
    relic = relics_of(exhibit)[0]
    relic.captures.get().runs.update(is_accepted=False)
    first = get_scene(client, exhibit)["objects"][0]
    assert first["model"] is None
    assert first["why"]["code"] == "no-model"


def test_a_withdrawn_relic_leaves_the_scene_at_once(
    client: Client, exhibit: Exhibit
) -> None:
    before = client.get(f"/api/exhibits/{exhibit.key}/scene")
    withdraw(relics_of(exhibit)[0], by=None)
    after = client.get(
        f"/api/exhibits/{exhibit.key}/scene",
        headers={"If-None-Match": before["ETag"]},
    )
    assert after.status_code == 200
    assert len(after.json()["objects"]) == 2


@pytest.mark.parametrize("who", ["curator", "volunteer", "stranger"])
def test_a_draft_exhibit_is_unknown_here_to_everybody(
    client: Client,
    collection: Collection,
    who: str,
    request: pytest.FixtureRequest,
) -> None:
    exhibit = make_exhibit(collection)
    client.force_login(request.getfixturevalue(who))
    answer = client.get(f"/api/exhibits/{exhibit.key}/scene")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_a_withdrawn_exhibit_is_gone(client: Client, exhibit: Exhibit) -> None:
    withdraw(exhibit, by=None)
    answer = client.get(f"/api/exhibits/{exhibit.key}/scene")
    assert answer.status_code == 410
    check_schema(answer.json(), "Problem")
    assert answer.json()["title"] == "withdrawn"


def test_an_unknown_device_is_told_which_there_are(
    client: Client, exhibit: Exhibit
) -> None:
    answer = client.get(f"/api/exhibits/{exhibit.key}/scene?device=toaster")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["title"] == "unknown-device"
    assert "quest-3" in answer.json()["detail"]


def test_an_unchanged_scene_is_not_sent_twice(client: Client, exhibit: Exhibit) -> None:
    url = f"/api/exhibits/{exhibit.key}/scene"
    first = client.get(url)
    again = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert first["Access-Control-Allow-Origin"] == "*"
    assert first["Cache-Control"] == "no-cache"


def test_the_scene_is_the_same_in_every_readers_language(
    client: Client, exhibit: Exhibit
) -> None:
    url = f"/api/exhibits/{exhibit.key}/scene"
    answers = {
        client.get(url, headers={"Accept-Language": language})["ETag"]
        for language in ("en", "zh-hans")
    }
    assert len(answers) == 1


def test_the_list_of_exhibits_leads_to_their_scenes(
    client: Client, exhibit: Exhibit, collection: Collection
) -> None:
    make_exhibit(collection, name_en="Not yet")
    body = client.get("/api/exhibits").json()
    check_schema(body, "ExhibitList")
    (item,) = body["items"]
    assert (item["relics"], item["elements"]) == (2, 1)
    assert client.get(item["scene"]).status_code == 200


def test_relics_are_listed_in_parts_and_given_whole(
    client: Client, exhibit: Exhibit, collection: Collection
) -> None:
    make_relic(collection, name_en="Not yet")
    part = client.get("/api/relics?offset=1&limit=1").json()
    check_schema(part, "RelicList")
    assert (part["count"], len(part["items"])) == (2, 1)
    whole = client.get(f"/api/relics/{part['items'][0]['key']}").json()
    check_schema(whole, "RelicOut")
    assert len(whole["pictures"]) == 8
    assert whole["materials"][0]["labels"]["en"]


def test_a_part_that_makes_no_sense_is_refused(client: Client, db: None) -> None:
    answer = client.get("/api/relics?limit=100000")
    assert answer.status_code == 400
    assert answer.json()["findings"][0]["name"] == "limit"


def test_private_fields_are_in_no_document(client: Client, exhibit: Exhibit) -> None:
    relic = relics_of(exhibit)[0]
    relic.store_location, relic.source_note = "Vault 7, shelf 3", "bought from a friend"
    relic.save()
    for url in (f"/api/relics/{relic.key}", f"/api/exhibits/{exhibit.key}/scene"):
        text = client.get(url).content.decode()
        assert "Vault 7" not in text
        assert "a friend" not in text
