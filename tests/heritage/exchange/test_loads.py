"""Tables come in row by row: once, whole, with every doubt told, and go back as a whole."""

import json
from collections import Counter
from contextlib import nullcontext
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from heritage.archive.models import RecordChange
from heritage.catalogue.errors import NotPermitted
from heritage.catalogue.models import Collection, Relic
from heritage.custody.actions.ledger import enter as enter_in_ledger
from heritage.custody.errors import MovesBySlip
from heritage.exchange.actions import (
    accept,
    begin,
    begin_undo,
    run_load,
    run_undo,
    save_mapping,
    stage_load,
)
from heritage.exchange.actions.mappings import find_mapping
from heritage.exchange.due import ring_for_loads
from heritage.exchange.errors import AuthorLost, UndoLost, WrongMoment
from heritage.exchange.lease import WorkLost
from heritage.exchange.mapping import own
from heritage.exchange.models import (
    Doubt,
    Load,
    LoadedRow,
    Mapping,
    SourceRecord,
)
from heritage.exchange.plain import plain, with_rows
from heritage.exchange.words import told_fault
from heritage.lib.batches import FIRST_ROWS
from heritage.linked_data.models import Outbox
from tests.heritage.factories import make_user

from .loading import at_once, enter, verdicts
from .registers import make_register

pytestmark = pytest.mark.django_db


@pytest.fixture
def ledger_keeper(collection: Collection) -> User:
    return make_user(collection, "ledger-keeper")


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "登记册.csv"
    path.write_bytes(make_register(120).csv())
    return path


def test_a_register_in_gbk_comes_in_with_its_doubts(
    register: Path, collection: Collection, curator: User
) -> None:
    made = make_register(120)
    with CaptureQueriesContext(connection) as asked:
        load = enter([register], "register-zh", collection, curator)
    told_again = 'UPDATE "exchange_sourcerecord"'
    assert not [q for q in asked.captured_queries if told_again in q["sql"]]
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


def test_a_load_is_not_taken_back_from_a_ledger(
    register: Path, collection: Collection, curator: User
) -> None:
    load = enter([register], "register-zh", collection, curator)
    entered = Relic.objects.order_by("pk")[5]
    enter_in_ledger(entered, by=make_user(collection, "ledger-keeper"))
    begin_undo(load, by=curator)
    run_undo(load.pk, rest=at_once)
    assert list(Relic.objects.all()) == [entered]


class Gone(BaseException):
    """Stands for the end of a worker."""


def test_a_load_that_broke_off_goes_on_where_it_was(
    register: Path, collection: Collection, curator: User
) -> None:
    load = stage_load([register], collection=collection, by=curator)
    begin(load, find_mapping("register-zh"), by=curator)

    def end(held: Load) -> None:
        raise Gone

    with pytest.raises(Gone):
        run_load(load.pk, rest=at_once, on_batch=end)
    done = LoadedRow.objects.count()
    assert 0 < done < 120
    assert Relic.objects.count() == done
    assert run_load(load.pk, rest=at_once) is None  # it is still held
    Load.objects.update(leased_until=None)
    assert ring_for_loads() == 1
    run_load(load.pk, rest=at_once)
    assert Relic.objects.count() == LoadedRow.objects.count() == 120
    assert Relic.history.count() == 120


def test_a_row_that_breaks_a_rule_is_told_and_stops_no_other(
    tmp_path: Path, collection: Collection, curator: User
) -> None:
    made = make_register(12, faulty=0)
    made.rows[3]["名称"] = ""
    made.rows[5]["藏品总登记号"] = ""
    made.rows[7]["名称"] = "长" * 301
    path = tmp_path / "t.csv"
    path.write_bytes(made.csv("utf-8", ";"))
    load = enter([path], "register-zh", collection, curator)
    assert verdicts(load) == {"created": 9, "refused": 3}
    refused = load.results.filter(verdict="refused")
    assert [row.faults[0][0] for row in refused] == [
        "no-name",
        "no-identifier",
        "too-long",
    ]
    assert refused[0].cells["藏品总登记号"] == "粤博000004"
    assert all(told_fault(fault) for row in refused for fault in row.faults)


def test_what_the_database_refuses_is_one_row_and_not_its_batch(
    tmp_path: Path, collection: Collection, curator: User
) -> None:
    census = [{"type": "census", "identifier": "4" * 22}]  # it names one thing only
    rows: list[dict[str, object]] = [
        {"register_no": str(n), "name_zh": "鼎\0", "n": str(n)} for n in range(5)
    ]
    path = tmp_path / "t.json"
    document = own() | {"name": "odd", "source": "odd", "identifier": "n"}
    for verdict in ({"created": 5}, {"changed": 1, "refused": 2, "unchanged": 2}):
        path.write_text(json.dumps(rows))
        load = stage_load([path], collection=collection, by=curator)
        begin(load, save_mapping(document, by=curator), by=curator)
        run_load(load.pk, rest=at_once)
        assert verdicts(load) == verdict
        rows[1]["identifiers"] = rows[3]["identifiers"] = json.dumps(census)
        rows[4]["dimensions"] = (
            '[{"kind": "height", "value": 1, "uncertainty": "much"}]'
        )


def test_a_changed_row_changes_the_record_and_goes_back(
    tmp_path: Path, collection: Collection, curator: User
) -> None:
    made = make_register(3, faulty=0)
    path = tmp_path / "t.csv"
    path.write_bytes(made.csv())
    enter([path], "register-zh", collection, curator)
    was = [plain(relic) for relic in with_rows(Relic.objects.order_by("pk"))]
    made.rows[1] |= {
        "级别": "一级",
        "质地": "铜",
        "完残状况": "口沿磕",
        "通高(cm)": "99.5",
    }
    path.write_bytes(made.csv())
    load = enter([path], "register-zh", collection, curator)
    assert verdicts(load)["unchanged"] == 2
    relic = Relic.objects.order_by("pk")[1]
    assert (relic.grade, relic.completeness_note) == ("first", "口沿磕")
    assert relic.dimensions.get(kind="height").value == 99.5
    assert relic.history.first().door == "import"
    begin_undo(load, by=curator)
    run_undo(load.pk, rest=at_once)
    assert [plain(relic) for relic in with_rows(Relic.objects.order_by("pk"))] == was


def with_places(path: Path, *places: str) -> Path:
    rows = [
        {"register_no": str(n), "name_zh": "鼎", "n": str(n), "store_location": place}
        for n, place in enumerate(places)
    ]
    path.write_text(json.dumps(rows))
    return path


def placed(collection: Collection, curator: User) -> Mapping:
    document = own() | {"name": "placed", "source": "placed", "identifier": "n"}
    return save_mapping(document, by=curator)


def run_placed(path: Path, collection: Collection, curator: User) -> Load:
    load = stage_load([path], collection=collection, by=curator)
    begin(load, placed(collection, curator), by=curator)
    run_load(load.pk, rest=at_once)
    load.refresh_from_db()
    assert load.state == Load.State.DONE
    return load


def test_what_stands_in_the_ledger_is_moved_by_no_load(
    tmp_path: Path, collection: Collection, curator: User, ledger_keeper: User
) -> None:
    path = tmp_path / "t.json"
    run_placed(with_places(path, "", ""), collection, curator)
    kept, _free = Relic.objects.order_by("register_no")
    enter_in_ledger(kept, by=ledger_keeper)
    load = run_placed(with_places(path, "A-1", "A-2"), collection, curator)
    assert verdicts(load) == {"changed": 1, "refused": 1}
    (fault,) = load.results.get(verdict="refused").faults
    assert str(MovesBySlip(kept)) in told_fault(fault)
    doubt = Doubt.objects.create(
        relic=kept, code="conflict", field="store_location", proposal={"store_location": "A-3"}
    )  # fmt: skip
    _together, done, refused = accept([doubt], by=curator)
    assert (done, len(refused)) == (0, 1)
    assert str(MovesBySlip(kept)) in refused[0]


def test_numbers_given_often_are_looked_up_once_a_batch(
    tmp_path: Path, collection: Collection, curator: User
) -> None:
    path = tmp_path / "t.json"
    document = own() | {"name": "odd", "source": "odd", "identifier": "n"}
    numbers = ["无", "无~7", *["无"] * 10, "无~9"]
    rows = [
        {"register_no": number, "name_zh": "鼎", "n": str(n)}
        for n, number in enumerate(numbers)
    ]
    path.write_text(json.dumps(rows))
    load = stage_load([path], collection=collection, by=curator)
    begin(load, save_mapping(document, by=curator), by=curator)
    with CaptureQueriesContext(connection) as asked:
        run_load(load.pk, rest=at_once)
    assert verdicts(load) == {"created": len(numbers)}
    numbered = [f"无~{n}" for n in range(10, 20)]
    told = Relic.objects.order_by("pk").values_list("register_no", flat=True)
    assert list(told) == ["无", "无~7", *numbered, "无~9"]
    assert sum("LIKE" in one["sql"] for one in asked) == 1


def test_what_the_ledger_took_since_stays_where_it_is(
    tmp_path: Path, collection: Collection, curator: User, ledger_keeper: User
) -> None:
    path = tmp_path / "t.json"
    run_placed(with_places(path, "A-1"), collection, curator)
    load = run_placed(with_places(path, "A-2"), collection, curator)
    relic = Relic.objects.get()
    enter_in_ledger(relic, by=ledger_keeper)
    begin_undo(load, by=curator)
    run_undo(load.pk, rest=at_once)
    assert load.results.get().undo == LoadedRow.Undo.EDITED
    relic.refresh_from_db()
    assert relic.store_location == "A-2"
    assert not relic.moves.filter(struck_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("error", "states"),
    [(RuntimeError, ["failed"]), (OperationalError, ["running", "running", "failed"])],
)
def test_a_load_that_cannot_go_on_says_so(
    register: Path,
    collection: Collection,
    curator: User,
    error: type[Exception],
    states: list[str],
) -> None:
    load = stage_load([register], collection=collection, by=curator)
    begin(load, find_mapping("register-zh"), by=curator)

    def fail(held: Load) -> None:
        raise error("because")

    for state in states:
        with pytest.raises(error):
            run_load(load.pk, rest=at_once, on_batch=fail)
        Load.objects.update(leased_until=None)
        load.refresh_from_db()
        assert load.state == state
    assert "because" in load.error
    assert ring_for_loads() == 0
    begin_undo(load, by=curator)
    run_undo(load.pk, rest=at_once)
    assert not Relic.objects.exists()


def test_who_takes_a_load_back_is_who_the_history_names(
    tmp_path: Path, collection: Collection, curator: User
) -> None:
    path = tmp_path / "t.json"
    run_placed(with_places(path, "A-1"), collection, curator)
    changed = run_placed(with_places(path, "A-2"), collection, curator)
    other = make_user(collection, "curator")
    begin_undo(changed, by=other)
    run_undo(changed.pk, rest=at_once)
    relic = Relic.objects.get()
    assert relic.store_location == "A-1"
    assert relic.history.latest().history_user == other
    assert relic.moves.get(struck_at__isnull=False).struck_by == other
    created = Load.objects.exclude(pk=changed.pk).get()
    created.results.update(left_version=relic.edit_version)
    begin_undo(created, by=other)
    run_undo(created.pk, rest=at_once)
    assert not Relic.objects.exists()
    gone = Relic.history.latest()
    assert (gone.history_type, gone.history_user) == ("-", other)
    created.refresh_from_db()
    assert (created.created_by, created.undone_by) == (curator, other)


@pytest.mark.parametrize("lost", ["closed", "no curator", "gone"])
def test_taking_back_stops_with_who_began_it_and_another_ends_it(
    tmp_path: Path, collection: Collection, curator: User, lost: str
) -> None:
    rows = with_places(tmp_path / "t.json", "A-1", "A-2")
    load = run_placed(rows, collection, curator)
    other = make_user(collection, "curator")
    begin_undo(load, by=other)
    if lost == "closed":
        User.objects.filter(pk=other.pk).update(is_active=False)
    elif lost == "gone":
        other.delete()
    else:
        other.memberships.all().delete()
    assert (run_undo(load.pk, rest=at_once) is None) == (lost == "gone")
    load.refresh_from_db()
    assert (load.state, load.error) == ("stopped", str(UndoLost()))
    assert Relic.objects.count() == 2
    begin_undo(load, by=curator)
    run_undo(load.pk, rest=at_once)
    load.refresh_from_db()
    assert (load.state, load.error, load.undone_by) == ("undone", "", curator)
    assert not Relic.objects.exists()


def test_what_is_being_taken_back_is_not_entered_on(
    tmp_path: Path, collection: Collection, curator: User
) -> None:
    load = run_placed(with_places(tmp_path / "t.json", "A-1"), collection, curator)
    begin_undo(load, by=curator)
    Load.objects.filter(pk=load.pk).update(state="failed")
    load.refresh_from_db()
    assert not load.may_begin
    with pytest.raises(WrongMoment):
        begin(load, placed(collection, curator), by=curator)


@pytest.mark.parametrize("lost", ["closed", "no curator", "gone"])
def test_a_load_stops_with_its_author_and_another_goes_on(
    register: Path, collection: Collection, curator: User, lost: str
) -> None:
    load = stage_load([register], collection=collection, by=curator)
    begin(load, find_mapping("register-zh"), by=curator)

    def lose(_held: Load) -> None:
        if lost == "closed":
            User.objects.filter(pk=curator.pk).update(is_active=False)
        elif lost == "gone":
            curator.delete()
        else:
            curator.memberships.all().delete()

    with pytest.raises(WorkLost) if lost == "gone" else nullcontext():
        run_load(load.pk, rest=at_once, on_batch=lose)
    load.refresh_from_db()
    assert load.state == "stopped"
    assert load.error == str(AuthorLost())
    assert load.cursor == load.results.count() == FIRST_ROWS
    assert ring_for_loads() == 0

    other = make_user(collection, "curator")
    begin(load, find_mapping("register-zh"), by=other)
    run_load(load.pk, rest=at_once)
    load.refresh_from_db()
    assert load.state == "done", load.error
    assert load.created_by == other
    assert load.results.count() == 120


def test_only_curators_load_and_take_back(
    register: Path,
    collection: Collection,
    curator: User,
    volunteer: User,
    stranger: User,
) -> None:
    load = enter([register], "register-zh", collection, curator)
    for person in (volunteer, stranger):
        with pytest.raises(NotPermitted):
            stage_load([register], collection=collection, by=person)
        with pytest.raises(NotPermitted):
            begin_undo(load, by=person)
