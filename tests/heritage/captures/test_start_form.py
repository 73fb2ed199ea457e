"""Starting a run with settings, and what the engine is told of them."""

import io
import json
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from heritage.captures.actions import add_files
from heritage.captures.engine_order import engine_arguments, registered_cm
from heritage.captures.models import Capture, Run
from heritage.captures.recipes import PARAMETERS, RECIPES, UNITS
from heritage.catalogue.models import Dimension
from scans.recipe import recipe_names, schema

from .conftest import item


@pytest.fixture
def inside(client: Client, curator: User) -> Client:
    client.force_login(curator)
    return client


def page(capture: Capture) -> str:
    return reverse("admin:captures_capture_start", args=[capture.pk])


def measure(capture: Capture, kind: str, value: float, **more: str) -> None:
    Dimension.objects.create(relic=capture.relic, kind=kind, value=value, **more)


def test_the_form_offers_recipes_parameters_and_scans(
    inside: Client, filled: Capture
) -> None:
    told = inside.get(page(filled)).content.decode()
    for name in recipe_names():
        assert f'value="{name}"' in told
    for name in schema():
        assert f'name="set_{name}"' in told
    assert 'value="front.ply"' in told


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_has_words(name: str) -> None:
    assert name in RECIPES


@pytest.mark.parametrize("name", sorted(schema()))
def test_every_parameter_has_words(name: str) -> None:
    assert name in PARAMETERS
    assert schema()[name].unit in {"", *UNITS}


def test_what_was_set_is_what_the_engine_is_told(
    inside: Client, filled: Capture, tmp_path: Path
) -> None:
    settings = {
        "recipe": "range-scans", "set_depth": "9", "set_support": "4.5",
        "leave_out": ["back.ply"], "fast": "1",
    }  # fmt: skip
    inside.post(page(filled), settings)
    run = Run.objects.get()
    assert run.parameters == {"depth": 9, "support": 4.5}
    words = engine_arguments(run, tmp_path)
    assert "--fast" in words
    assert "--recipe=range-scans" in words
    assert {"--set=depth=9", "--set=support=4.5"} <= set(words)
    assert [word for word in words if word.startswith("--scan=")] == [
        "--scan=front.ply"
    ]


def test_a_switch_is_a_choice_of_yes_and_no(inside: Client, filled: Capture) -> None:
    assert 'select name="set_mask_fixture"' in inside.get(page(filled)).content.decode()
    inside.post(page(filled), {"set_mask_fixture": "0"})
    assert Run.objects.get().parameters == {"mask_fixture": 0}


def test_nothing_set_leaves_the_choice_to_the_engine(
    inside: Client, filled: Capture, tmp_path: Path
) -> None:
    inside.post(page(filled), {})
    words = engine_arguments(Run.objects.get(), tmp_path)
    assert "--exact" in words
    assert not [word for word in words if word.startswith(("--recipe", "--set"))]


@pytest.mark.parametrize(
    "wrong",
    [{"set_depth": "99"}, {"set_depth": "deep"}, {"set_support": "-1"},
     {"recipe": "stew"}, {"leave_out": ["elsewhere.ply"]}, {"set_cells": "nan"}],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field(
    inside: Client, filled: Capture, wrong: dict[str, str]
) -> None:
    answer = inside.post(page(filled), wrong)
    assert answer.status_code == 422
    assert 'class="bad"' in answer.content.decode()
    assert not Run.objects.exists()


def test_a_run_without_any_scan_is_refused(inside: Client, filled: Capture) -> None:
    inside.post(page(filled), {"leave_out": ["back.ply", "front.ply"]})
    assert not Run.objects.exists()


def test_the_register_is_told_in_centimetres(
    filled: Capture, run: Run, tmp_path: Path
) -> None:
    measure(filled, "height", 300.2, unit="mm")
    measure(filled, "length", 0.367, unit="m")
    measure(filled, "mouth-diameter", 12.0)
    measure(filled, "mass", 5.0, unit="kg")
    assert registered_cm(filled.relic) == pytest.approx([36.7, 30.02])
    assert "--registered-cm=36.7,30.02" in engine_arguments(run, tmp_path)


def test_a_caliper_outdoes_a_card_and_a_scan_says_nothing(filled: Capture) -> None:
    measure(filled, "height", 30.0, origin="card")
    measure(filled, "height", 30.5, origin="caliper")
    measure(filled, "width", 99.0, origin="scan")
    measure(filled, "depth", 10.0, origin="card")
    assert registered_cm(filled.relic) == [30.5, 10.0]


def test_a_register_without_sizes_is_not_mentioned(run: Run, tmp_path: Path) -> None:
    words = engine_arguments(run, tmp_path)
    assert not [word for word in words if word.startswith("--registered")]


def test_materials_and_pictures_lie_beside_their_mesh(
    filled: Capture, curator: User, tmp_path: Path
) -> None:
    names = ("model/ding.mtl", "model/ding.png", "notes.md")
    items = [(name, io.BytesIO(name.encode())) for name in names]
    add_files(filled, items, by=curator)
    run = Run.objects.create(capture=filled)
    engine_arguments(run, tmp_path)
    laid = {path.name for path in (tmp_path / "inputs").iterdir()}
    assert laid == {"front.ply", "back.ply", "ding.mtl", "ding.png"}


def test_a_text_of_points_is_a_scan_and_a_note_is_none(
    capture: Capture, curator: User
) -> None:
    items = [item("cloud.txt", "points 3"), item("notes.txt", "broken")]
    files = add_files(capture, [*items, item("table.csv", "broken 2")], by=curator)
    roles = {file.stored_file.name: file.role for file in files}
    assert roles == {"cloud.txt": "scan", "notes.txt": "other", "table.csv": "other"}
    assert all(file.findings == [] for file in files)


def test_a_station_is_left_out_by_itself(
    inside: Client, capture: Capture, curator: User, tmp_path: Path
) -> None:
    add_files(capture, [item("tower.ply", "stations 3")], by=curator)
    assert 'value="tower.ply#3"' in inside.get(page(capture)).content.decode()
    inside.post(page(capture), {"leave_out": ["tower.ply#2"]})
    words = engine_arguments(Run.objects.get(), tmp_path)
    (path,) = [word for word in words if word.startswith("--constraints=")]
    said = json.loads(Path(path.partition("=")[2]).read_text())
    assert said == {"leave_out": ["tower.ply#2"]}
    assert "--scan=tower.ply" in words


@pytest.mark.parametrize(("role", "status"), [("volunteer", 200), ("stranger", 404)])
def test_who_works_here_may_start(
    client: Client, filled: Capture, volunteer: User, stranger: User,
    role: str, status: int,
) -> None:  # fmt: skip
    stranger.is_staff = True
    stranger.save()
    client.force_login(volunteer if role == "volunteer" else stranger)
    assert client.get(page(filled)).status_code == status
