"""The demo's records can be told apart, and go without a trace."""

import io
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.actions.discard import finish_discards
from heritage.archive.models import PreservationEvent, StoredFile
from heritage.archive.places import archive_root
from heritage.captures.models import Capture, CaptureFile, Derivative, Run, Upright
from heritage.catalogue.actions.release import release
from heritage.catalogue.models import (
    Agent,
    Bearer,
    Collection,
    Element,
    FindBatch,
    Period,
    Place,
    ProposedEdit,
    RecordEvent,
    Recording,
    Relic,
    Site,
    Transmission,
)
from heritage.catalogue.recordings import owed
from heritage.exhibits.models import Exhibit
from heritage.operations.demo.fill import start_forgotten
from heritage.operations.demo.records import Plan, ensure_curator, write_records
from heritage.operations.demo.remove import remove_demo
from tests.heritage.factories import make_relic
from tests.heritage.images.made import gradient, place_image

pytestmark = pytest.mark.django_db

IDENTITY = [[float(i == j) for j in range(4)] for i in range(4)]
OURS = ("archive", "catalogue", "custody", "captures", "images", "exhibits", "auth")
# The log of acts and what the archive keeps are for ever; periods, in a collection of
# their own, and permissions belong to every museum.
KEPT = {"Group", "Group_permissions", "RecordEvent", "Period", "HistoricalPeriod", "Permission", "Collection",
        "PreservedRecord", "PreservationAgent", "PreservationEvent",
        "RecordChange", "Term", "VocabularyEdition"}  # fmt: skip

PUBLIC_AT_ONCE: tuple[type[Any], ...] = (
    Element, Recording, Site, FindBatch, Agent, Place, Exhibit,
)  # fmt: skip
RECORDS: tuple[type[Any], ...] = (Relic, Bearer, *PUBLIC_AT_ONCE)


@pytest.fixture
def plans() -> list[Plan]:
    return write_records(ensure_curator("a-password"), most_relics=8)


def rows() -> dict[str, int]:
    """Count the rows of every table of ours that a demo may write to."""
    counts = {
        model.__name__: model._default_manager.count()
        for app in OURS
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if model.__name__ not in KEPT
    }
    return {name: count for name, count in counts.items() if count}


def hand_in(capture: Capture, name: str) -> None:
    """Keep a scan in which nothing wrong was found."""
    scans = [(name, io.BytesIO(b"points"))]
    deposit = deposit_files(scans, kind="original", by=None)
    CaptureFile.objects.create(capture=capture, stored_file=deposit.files.get())


def compute(plan: Plan) -> Run:
    """Give a relic what a finished computation gives, with little bytes."""
    hand_in(plan.capture, "one.ply")
    outputs = deposit_files([("web.glb", io.BytesIO(b"glTF"))], kind="derived", by=None)
    master = Run.objects.create(capture=plan.capture, state="succeeded")
    Upright.objects.create(run=master, matrix=IDENTITY)
    run = Run.objects.create(
        capture=plan.capture, type="deliver", master_of=master, state="succeeded",
        is_accepted=True, outputs=outputs,
    )  # fmt: skip
    Derivative.objects.create(
        run=run, role="model", profile="web", stored_file=outputs.files.get()
    )
    Run.objects.create(capture=plan.capture, type="add", master_of=master, adds_to=run)
    return run


def test_it_is_as_large_and_as_wide_as_promised(plans: list[Plan]) -> None:
    assert len(plans) == 8
    relics = Relic.objects.all()
    materials = {m.material for r in relics for m in r.materials.all()}
    assert {"copper", "porcelain", "jade-and-gems", "wood"} <= materials
    assert len({plan.kind for plan in plans}) >= 6
    assert Element.objects.count() >= 3
    assert Exhibit.objects.count() >= 2
    for element in Element.objects.all():
        generations = set(element.bearers.values_list("generation", flat=True))
        assert len(generations) >= 3, element
        assert Transmission.objects.filter(master__element=element).count() >= 2


def test_every_record_is_marked_and_speaks_both_languages(plans: list[Plan]) -> None:
    for model in RECORDS:
        assert model.objects.exists()
        for record in model.objects.all():
            assert record.is_demo
            assert record.name_zh
            assert record.name_en


def test_all_but_relics_are_public_before_any_is_scanned(plans: list[Plan]) -> None:
    waiting = Place.objects.get(state="review")
    for model in PUBLIC_AT_ONCE:
        shown = model.objects.exclude(key=waiting.key)
        assert set(shown.values_list("state", flat=True)) == {"released"}
    assert ProposedEdit.objects.get(state="open").typed
    assert set(Relic.objects.values_list("state", flat=True)) == {"draft"}


def test_it_has_a_dispute_and_people_who_are_not_shown(plans: list[Plan]) -> None:
    hidden = Bearer.objects.exclude(state="released")
    assert sorted(bearer.consent_until is None for bearer in hidden) == [False, True]
    assert not any(bearer.has_consent for bearer in hidden)
    assert Transmission.objects.filter(is_disputed=True).exclude(dissent="").exists()
    assert Bearer.objects.filter(generation=4).count() == 2
    (recording,) = Recording.objects.all()
    assert [line.is_done for line in owed(recording)].count(False) == 2
    assert Site.objects.exclude(part_of=None).exists()


def test_written_twice_it_is_written_once(plans: list[Plan]) -> None:
    before = rows()
    again = write_records(ensure_curator("another"), most_relics=8)
    assert rows() == before
    assert len(again) == len(plans)
    assert User.objects.get(username="demo").check_password("a-password")


def test_a_fill_stopped_between_scans_and_run_goes_on(plans: list[Plan]) -> None:
    scanned = plans[0].capture
    hand_in(scanned, "one.ply")
    start_forgotten(ensure_curator(""))
    start_forgotten(ensure_curator(""))
    assert [run.capture for run in Run.objects.all()] == [scanned]


def test_removed_it_leaves_nothing(plans: list[Plan]) -> None:
    for plan in plans[:2]:
        compute(plan)
        release(plan.capture.relic, by=None)
    place_image(plans[0].capture.relic, gradient(5, 5))
    Relic.objects.filter(pk=plans[0].capture.relic_id).update(name_en="Renamed")
    out = io.StringIO()
    call_command("remove_demo", "--yes", stdout=out)
    assert rows() == {}
    finish_discards()  # what follows a commit, of which a test has none
    assert not list(archive_root().rglob("*.ply"))
    assert PreservationEvent.objects.filter(type="deletion", detail__demo=True).exists()
    assert not Collection.objects.filter(is_demo=True).exists()
    assert "captures.Run" in out.getvalue()
    assert Period.objects.exists()
    assert RecordEvent.objects.exists()


def test_what_is_not_the_demos_stays(
    plans: list[Plan], collection: Collection, curator: User
) -> None:
    own = make_relic(collection)
    release(own, by=curator)
    capture = Capture.objects.create(relic=own)
    hand_in(capture, "own.ply")
    compute(plans[0])
    remove_demo()
    assert list(Relic.objects.all()) == [own]
    assert not Collection.objects.filter(is_demo=True).exists()
    assert Collection.objects.filter(pk=collection.pk).exists()
    assert list(User.objects.all()) == [curator]
    assert [file.name for file in StoredFile.objects.all()] == ["own.ply"]
    finish_discards()
    assert [path.name for path in archive_root().rglob("*.ply")] == ["own.ply"]
    assert own.history.exists()
