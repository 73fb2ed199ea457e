"""From the archive alone the records come back, on an empty database."""

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import Model, QuerySet
from django.utils import translation

from heritage.archive import ocfl
from heritage.archive.actions.deposit import deposit_files
from heritage.archive.actions.preserve import due_rows, preserve, preserve_due
from heritage.archive.actions.rebuild import Rebuilt, _load_row, rebuild
from heritage.archive.errors import NotEmpty
from heritage.archive.models import (
    Deposit,
    PreservationEvent,
    PreservedRecord,
    RecordChange,
    StoredFile,
)
from heritage.archive.pages import left_out, paged_models, passing
from heritage.archive.places import archive_root
from heritage.archive.rebuilding import read_archive
from heritage.archive.records import fold_changes, kinds
from heritage.archive.stores import archive
from heritage.captures.models import Capture, CaptureFile, Run
from heritage.catalogue.actions import release, withdraw
from heritage.catalogue.models import Relic, TechniqueOf
from heritage.custody.models import Loan
from heritage.operations.demo.records import ensure_curator, write_records
from tests.heritage.factories import (
    make_collection,
    make_element,
    make_person,
    make_place,
    make_relic,
    make_user,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
Tables = dict[str, list[dict[str, Any]]]


def fill() -> None:
    """Make a museum with a row in nearly every table, and some that are gone again."""
    collection = make_collection()
    curator = make_user(collection, "curator", email="c@museum.example")
    group = Group.objects.create(name="keepers")
    group.permissions.add(Permission.objects.get(codename="change_relic"))
    curator.groups.add(group)
    relic, lost = make_relic(collection), make_relic(collection)
    element = make_element(collection, created_by=curator)
    release(element, by=curator)
    TechniqueOf.objects.create(element=element, relic=relic)
    capture = Capture.objects.create(relic=relic, note="first")
    hand_in(capture, {"a.ply": b"points", "照片.jpg": b"picture"}, curator)
    outputs = deposit_files([("m.glb", io.BytesIO(b"glTF"))], kind="derived", by=None)
    Run.objects.create(
        capture=capture, state="succeeded", outputs=outputs, is_accepted=True
    )
    release(relic, by=curator)
    withdraw(relic, by=curator, reason="loan ended")
    make_person(collection)
    make_place(collection)
    preserve_all()
    relic.name_en = "Renamed"
    relic.save()
    lost.delete()
    User.objects.create_user("gone").delete()


def hand_in(capture: Capture, files: dict[str, bytes], by: User | None) -> Deposit:
    items = [(name, io.BytesIO(data)) for name, data in files.items()]
    deposit = deposit_files(items, by=by)
    for file in deposit.files.all():
        CaptureFile.objects.create(capture=capture, stored_file=file)
    return deposit


def preserve_all() -> None:
    """Preserve until nothing is due, whatever its time."""
    while True:
        fold_changes()
        PreservedRecord.objects.update(preserved_at=None)
        if not due_rows().exists():
            return
        preserve_due()


def tables() -> Tables:
    """Read every table that the archive keeps, as far as it keeps it."""
    parts = [part.model for kind in kinds().values() for part in kind.parts]
    models = {*paged_models(), *(kind.model for kind in kinds().values()), *parts}
    return {model._meta.label: rows(model) for model in models}


def rows(model: type[Model]) -> list[dict[str, Any]]:
    columns = [
        field.name
        for field in model._meta.concrete_fields
        if field.name not in left_out(model)
    ]
    told = list(model._base_manager.order_by("pk").values(*columns))
    joined = [
        {field.name: sorted(map(identity, joined_rows(row, field.name)))}
        for field in model._meta.many_to_many
        for row in model._base_manager.order_by("pk")
    ]
    return told + joined


def joined_rows(row: Model, name: str) -> QuerySet[Any]:
    """Give them with what their names are made of, not asked for by each of hundreds."""
    found: QuerySet[Any] = getattr(row, name).all()
    return found.select_related("content_type") if found.model is Permission else found


def named(row: Any) -> Any:
    return row.natural_key() if hasattr(row, "natural_key") else row.pk


def identity(row: Any) -> Any:
    """Name a row as a page of the archive does."""
    return row.natural_key() if hasattr(row, "natural_key") else row.pk


@pytest.fixture
def museum() -> Iterator[Tables]:
    """Give a museum's tables; the database itself is empty by then."""
    fill()
    preserve_all()
    before = tables()
    call_command("flush", "--no-input", verbosity=0)
    yield before
    connection.close()


def differences(before: Tables) -> dict[str, Any]:
    after = tables()
    return {
        label: [pair for pair in zip(before[label], after[label], strict=False)
                if pair[0] != pair[1]] or (len(before[label]), len(after[label]))
        for label in before
        if before[label] != after[label]
    }  # fmt: skip


def folder_of(kind: str, key: str) -> Path:
    return archive_root() / ocfl.object_path(f"http://localhost:8000/id/{kind}/{key}")


def test_every_table_comes_back_as_it_was(museum: Tables) -> None:
    done = rebuild()
    assert not done.faults
    assert not done.later
    assert differences(museum) == {}
    assert done.sequence == PreservedRecord.objects.first().sequence  # type: ignore[union-attr]
    assert not RecordChange.objects.exists()


def test_what_is_not_kept_is_a_short_list() -> None:
    labels = {model._meta.label for model in passing()}
    assert labels <= {
        "account.EmailAddress", "account.EmailConfirmation", "mfa.Authenticator",
        "archive.PreservedRecord", "archive.RecordChange", "archive.Upload",
        "archive.UploadChunk", "archive.DropItem", "auth.Permission", "captures.Heartbeat",
        "captures.Letters", "catalogue.FormDraft", "contenttypes.ContentType", "django_tasks_database.DBTaskResult",
        "linked_data.Mention", "linked_data.Outbox", "linked_data.PublishedGraph",
        "linked_data.PublishedState", "search.IndexChange", "sessions.Session",
    }  # fmt: skip


def test_accounts_come_back_locked_and_life_goes_on(museum: Tables) -> None:
    kept = [path.read_text() for path in archive_root().rglob("record.json")]
    assert not [text for text in kept if "md5$" in text or '"password"' in text]
    rebuild()
    (user,) = User.objects.all()
    assert user.email == "c@museum.example"
    assert not user.has_usable_password()
    relic = Relic.objects.get()
    make_relic(relic.collection)
    relic.name_zh = "后来"
    relic.save()
    before = PreservedRecord.objects.get(key=relic.key)
    preserve_all()
    assert PreservedRecord.objects.get(key=relic.key).version == before.version + 1


def test_what_migrate_put_there_and_its_joins_make_room() -> None:
    """A group's permissions go with it, where the archive's group has another number."""
    make_collection()
    Group.objects.create(pk=900, name="keepers")
    preserve_all()
    call_command("flush", "--no-input", verbosity=0)
    group = Group.objects.create(pk=901, name="curators")
    group.permissions.add(Permission.objects.get(codename="change_relic"))
    done = rebuild()
    assert not done.faults
    assert Group.objects.filter(pk=900, name="keepers").exists()
    assert not Group.permissions.through.objects.filter(group_id=901).exists()


def test_a_join_with_a_lost_record_goes_and_is_named() -> None:
    collection = make_collection()
    kept, lost = make_relic(collection), make_relic(collection)
    loan = Loan.objects.create(
        collection=collection, direction="in", partner=make_person(collection),
        purpose="展览", begins_on="2026-01-01", due_on="2026-02-01",
    )  # fmt: skip
    loan.relics.add(kept, lost)
    preserve_all()
    shutil.rmtree(folder_of("relic", lost.key))
    call_command("flush", "--no-input", verbosity=0)
    told = [fault.what for fault in rebuild().faults]
    assert [what for what in told if what.startswith("custody.loan_relics")]
    assert list(Loan.objects.get().relics.all()) == [kept]


@pytest.mark.thorough
def test_rebuilt_twice_it_is_the_same(museum: Tables) -> None:
    rebuild()
    preserve_all()
    call_command("flush", "--no-input", verbosity=0)
    assert not rebuild().faults
    assert differences(museum) == {}


def test_a_museum_with_records_is_refused() -> None:
    ocfl.ensure_root(archive_root())
    User.objects.create_user("somebody")
    with pytest.raises(NotEmpty):
        rebuild()


def test_what_is_later_than_the_records_waits_in_the_inbox(museum: Tables) -> None:
    rebuild()
    deposit = deposit_files([("late.ply", io.BytesIO(b"late"))], by=None)
    call_command("flush", "--no-input", verbosity=0)
    done = rebuild()
    assert done.later == [f"deposit/{deposit.key}"]
    found = Deposit.objects.get(key=deposit.key)
    assert (found.state, bool(found.inbox_name)) == ("sealed", True)
    assert found.files.get().name == "late.ply"


def test_what_is_damaged_is_named_and_the_rest_comes_back(museum: Tables) -> None:
    """One fault of each kind in the same archive; the command names them all."""
    relic, element = only(museum, "Relic"), only(museum, "Element")
    first, second = (row["key"] for row in museum["archive.Deposit"])
    damage_newest_version(folder_of("relic", relic))
    shutil.rmtree(folder_of("element", element))
    agent = folder_of("agent", only(museum, "Agent"))
    for path in agent.rglob("inventory.json"):
        path.write_bytes(path.read_bytes().replace(b"v1", b"v7"))
    (folder_of("place", only(museum, "Place")) / "v99" / "content").mkdir(parents=True)
    (folder_of("deposit", first) / "v1" / "content" / "a.ply").unlink()
    shutil.rmtree(folder_of("deposit", second))
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as end, translation.override("en"):
        call_command("rebuild_from_archive", stdout=out, stderr=err)
    assert end.value.code == 1
    for told in (
        f"relic/{relic}: version v2 is damaged; an older one is sought.",
        f"{agent.name}: No inventory of the object",
        f"place/{only(museum, 'Place')}: v99 is half-written",
        "sequence: these numbers are missing: ",
        f"catalogue.techniqueof {museum['catalogue.TechniqueOf'][0]['id']}: element",
        f"deposit/{first}/a.ply: missing",
        f"deposit/{second}: its object is missing or damaged.",
    ):
        assert told in err.getvalue()
    assert "1 catalogue.Relic" in out.getvalue()
    assert Relic.objects.get().name_en != "Renamed"  # as of the version before
    assert not TechniqueOf.objects.exists()
    assert StoredFile.objects.get(name="a.ply").condition == "missing"
    assert Deposit.objects.get(key=second).condition == "missing"


def only(museum: Tables, model: str) -> str:
    (row,) = museum[f"catalogue.{model}"]
    return str(row["key"])


def damage_newest_version(folder: Path) -> None:
    inventory = json.loads((folder / "inventory.json").read_bytes())
    newest = folder / inventory["head"] / "content" / "record.json"
    newest.write_bytes(newest.read_bytes()[:-20])


@pytest.mark.thorough
def test_the_demo_comes_back() -> None:
    write_records(ensure_curator("a-password"), most_relics=3)
    preserve_all()
    before = tables()
    call_command("flush", "--no-input", verbosity=0)
    assert not rebuild().faults
    assert differences(before) == {}


@pytest.mark.thorough
def test_a_version_killed_before_it_was_noted_leaves_no_gap() -> None:
    relic = make_relic(make_collection())
    preserve_all()
    relic.save()
    row = PreservedRecord.objects.get(key=relic.key)
    PreservedRecord.objects.filter(pk=row.pk).update(version=0, sequence=0)
    preserve(row)
    preserve_all()
    call_command("flush", "--no-input", verbosity=0)
    assert not rebuild().faults


@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET outcome = 'x'"])
def test_the_database_refuses_to_change_the_log(statement: str) -> None:
    deposit_files([("a", io.BytesIO(b"1"))], by=None)
    table = PreservationEvent._meta.db_table
    with (
        pytest.raises(DatabaseError, match="only ever added to"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


def test_a_row_of_a_model_that_is_no_more_is_named(museum: Tables) -> None:
    assert museum
    done = Rebuilt()
    row = {"model": "catalogue.gone", "pk": 1, "fields": {}}
    told = next(iter(read_archive(archive()).records))
    _load_row(row, told, done)
    assert [fault.what for fault in done.faults] == ["catalogue.gone 1"]
