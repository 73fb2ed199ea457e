"""Files added to a model on the relic's page: by right, and none that stands for nothing."""

import io
from typing import Any

import pytest
from django.test import Client

from heritage.archive.actions.deposit import deposit_files
from heritage.captures.media import media_path
from heritage.captures.models import Capture, Derivative, Run
from heritage.catalogue.actions.release import release
from heritage.catalogue.models import Collection
from tests.heritage.exhibits.made import make_run
from tests.heritage.factories import make_relic

FILES = {
    "phone.usdz": ("model", "phone-usdz"),
    "print.stl": ("print", "print-stl"),
    "study.ply": ("study", "study-ply"),
    "top.png": ("picture", "top"),
    "top.webp": ("picture", "top-webp"),
}
BY_TIER: dict[str, set[str]] = {
    "house": set(),
    "screen": {"phone.usdz"},
    "print": {"phone.usdz", "print.stl"},
    "full": {"phone.usdz", "print.stl", "study.ply"},
}


@pytest.fixture
def added(collection: Collection) -> Run:
    """Files added to the model of a released relic."""
    relic = make_relic(collection)
    model = make_run(relic)
    run = Run.objects.create(
        capture=model.capture, type="add", adds_to=model, master_of=model,
        state="succeeded", fraction=1,
    )  # fmt: skip
    contents = [(name, io.BytesIO(name.encode())) for name in FILES]
    deposit = deposit_files(contents, kind="derived", by=None)
    for file in deposit.files.all():
        role, profile = FILES[file.name]
        Derivative.objects.create(run=run, role=role, profile=profile, stored_file=file)
    release(relic, by=None)
    return run


def offered(client: Client, run: Run) -> set[str]:
    answer = client.get(f"/relics/{run.capture.relic.key}")
    return {row.stored_file.name for row in answer.context["offered"]}


@pytest.mark.parametrize("tier", Capture.Tier.values)
def test_the_public_is_offered_what_the_tier_opens(
    client: Client, added: Run, tier: str
) -> None:
    Capture.objects.filter(pk=added.capture_id).update(tier=tier)
    assert offered(client, added) == BY_TIER[tier]
    for row in added.derivatives.exclude(role="picture"):
        is_open = row.stored_file.name in BY_TIER[tier]
        status = client.get(media_path(row)).status_code
        assert status == (200 if is_open else 404)


@pytest.mark.parametrize(
    ("who", "seen"),
    [("curator", "full"), ("volunteer", "full"), ("stranger", "screen")],
)
def test_those_who_work_on_it_are_offered_everything(
    client: Client, added: Run, who: str, seen: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(who))
    assert offered(client, added) == BY_TIER[seen]


def test_pictures_of_all_sides_stand_on_the_page(client: Client, added: Run) -> None:
    answer = client.get(f"/relics/{added.capture.relic.key}")
    views: list[Any] = answer.context["views"]
    assert [(name, small.profile, large.profile) for name, small, large in views] == [
        ("top", "top-webp", "top")
    ]
    assert 'class="views"' in answer.content.decode()


def test_files_of_a_model_set_aside_are_offered_to_nobody_outside(
    client: Client, added: Run
) -> None:
    Run.objects.filter(additions=added).update(is_accepted=False)
    answer = client.get(f"/relics/{added.capture.relic.key}")
    assert "offered" not in answer.context
    for row in added.derivatives.all():
        assert client.get(media_path(row)).status_code == 404
