"""The storage page and its command: what is held, for whom, how well."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from heritage.archive.actions.check import fill_replica
from heritage.archive.actions.deposit import deposit_files
from heritage.archive.growth_chart import draw_growth
from heritage.archive.models import Deposit, Erasure, StoredFile
from heritage.archive.storage import read_storage
from heritage.captures.models import Capture, CaptureFile, Derivative
from heritage.catalogue.models import Collection
from tests.heritage.exhibits.made import make_run
from tests.heritage.factories import make_relic

pytestmark = pytest.mark.django_db


@pytest.fixture
def deposit(collection: Collection) -> Deposit:
    """Two files of one content, and another, of a relic's capture."""
    kept = deposit_files(
        [("a.ply", io.BytesIO(b"12345")), ("b.ply", io.BytesIO(b"12345")),
         ("c.jpg", io.BytesIO(b"123"))], by=None,
    )  # fmt: skip
    capture = Capture.objects.create(relic=make_relic(collection, name_zh="四羊方尊"))
    for file in kept.files.all():
        CaptureFile.objects.create(capture=capture, stored_file=file)
    deposit_files(
        [("m.glb", io.BytesIO(b"12"))],
        kind=Deposit.Kind.DERIVED,
        by=None,
        inbox_name="x",
    )
    return kept


@pytest.mark.usefixtures("deposit")
def test_bytes_are_counted_as_they_lie_on_the_disk() -> None:
    told = read_storage()
    assert [(line.files, line.size_bytes) for line in told.kinds] == [(2, 8), (1, 2)]
    assert sum(line.size_bytes for line in told.formats) == 10
    assert [line.size_bytes for line in told.months] == [10]
    assert told.waiting == 1


def test_what_was_erased_is_not_counted(deposit: Deposit, curator: User) -> None:
    erasure = Erasure.objects.create(ground="PIPL 47", asked_by=curator)
    deposit.files.filter(name="c.jpg").update(erased_by=erasure)
    told = read_storage()
    assert [(line.files, line.size_bytes) for line in told.kinds] == [(1, 5), (1, 2)]
    (record,) = told.records
    assert (record.files, record.size_bytes) == (2, 10)


@pytest.mark.usefixtures("deposit")
def test_what_files_are_for_is_told(collection: Collection) -> None:
    make_run(make_relic(collection))
    told = {line.name: line.files for line in read_storage().classes}
    assert told[str(CaptureFile.Role.SCAN.label)] == 3
    assert told[str(Derivative.Role.PICTURE.label)] == 9
    assert told[f"{Derivative.Role.MODEL.label} web"] == 1


@pytest.mark.usefixtures("deposit")
def test_growth_adds_up_and_is_drawn() -> None:
    first = StoredFile.objects.order_by("pk").values("pk")[:1]
    StoredFile.objects.filter(pk=first[0]["pk"]).update(
        created_at=timezone.now() - timedelta(days=70)
    )
    growth = read_storage().growth
    assert [one.originals_bytes for one in growth] == [5, 8]
    assert [one.computed_bytes for one in growth] == [0, 2]
    chart = draw_growth(growth)
    assert chart is not None
    points = [tuple(map(float, p.split(","))) for p in chart.originals.split()]
    highest = min(y for _x, y in points)
    assert {x for x, _y in points} == {chart.left, chart.right}
    assert highest > chart.marks[-1][0]  # computed files lie on top
    assert draw_growth(growth[:1]) is None


@pytest.mark.usefixtures("deposit")
def test_a_record_is_told_by_its_name() -> None:
    (line,) = read_storage().records
    assert "四羊方尊" in line.name
    assert (line.files, line.size_bytes) == (3, 13)  # as the record has them


def test_health_tells_condition_and_replica(
    deposit: Deposit, settings: Any, tmp_path: Path
) -> None:
    assert read_storage().health.in_replica is None
    settings.REPLICA_ROOT = str(tmp_path / "replica")
    for _step in fill_replica():
        pass
    Deposit.objects.filter(pk=deposit.pk).update(condition="missing", checked_at=None)
    health = read_storage().health
    assert (health.objects, health.in_replica, health.overdue) == (2, 2, 1)
    assert sorted(health.by_condition.values()) == [0, 0, 1, 1]


@pytest.mark.usefixtures("deposit")
def test_the_page_and_the_command_say_so(admin_client: Client) -> None:
    page = admin_client.get(reverse("admin:archive_storage"))
    assert "四羊方尊" in page.content.decode()
    out = io.StringIO()
    call_command("storage", stdout=out)
    assert "四羊方尊" in out.getvalue()


@pytest.mark.parametrize("who", ["curator", "volunteer", "stranger"])
def test_others_do_not_see_it(
    client: Client, who: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse("admin:archive_storage")).status_code in {302, 403}
