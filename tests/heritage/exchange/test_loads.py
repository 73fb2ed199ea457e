"""Tables come in row by row: once, whole, with every doubt told, and go back as a whole."""

from collections import Counter
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from heritage.archive.models import RecordChange
from heritage.catalogue.models import Collection, Relic
from heritage.exchange.actions import begin_undo, run_undo
from heritage.exchange.models import Doubt, LoadedRow, SourceRecord
from heritage.linked_data.models import Outbox

from .loading import at_once, enter, verdicts
from .registers import make_register

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "登记册.csv"
    path.write_bytes(make_register(120).csv())
    return path


def test_a_register_in_gbk_comes_in_with_its_doubts(
    register: Path, collection: Collection, curator: User
) -> None:
    made = make_register(120)
    load = enter([register], "register-zh", collection, curator)
    assert load.encoding == "gb18030"
    assert verdicts(load) == {"created": 120}
    told = Counter(Doubt.objects.values_list("code", flat=True))
    told["unit-missing"] -= made.faults["mass-unit-missing"]
    assert told == {k: v for k, v in made.faults.items() if k != "mass-unit-missing"}
    relic = Relic.objects.get(register_no="粤博000001")
    assert relic.materials.count() == 1
    assert relic.history.get().history_user == curator
    assert relic.sources.get().cells["录入员"] == "甲"
    assert Outbox.objects.filter(kind="relic").count() == 120
    assert (
        RecordChange.objects.filter(kind="relic").values("key").distinct().count()
        == 120
    )


def test_the_same_table_again_changes_nothing(
    register: Path, collection: Collection, curator: User
) -> None:
    enter([register], "register-zh", collection, curator)
    before = (
        Relic.history.count(),
        Doubt.objects.count(),
        SourceRecord.objects.count(),
    )
    again = enter([register], "register-zh", collection, curator)
    assert verdicts(again) == {"unchanged": 120}
    assert (
        Relic.history.count(),
        Doubt.objects.count(),
        SourceRecord.objects.count(),
    ) == before


def test_a_load_is_taken_back_but_for_what_was_edited(
    register: Path, collection: Collection, curator: User
) -> None:
    load = enter([register], "register-zh", collection, curator)
    edited = Relic.objects.order_by("pk")[5]
    edited.name_en = "Edited"
    edited.save()
    begin_undo(load, by=curator)
    run_undo(load.pk, rest=at_once)
    assert list(Relic.objects.all()) == [edited]
    kept = LoadedRow.objects.exclude(undo=LoadedRow.Undo.TAKEN_BACK).get()
    assert (kept.relic_key, kept.undo) == (edited.key, LoadedRow.Undo.EDITED)
