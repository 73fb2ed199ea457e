"""The storage page and its command: what is held, for whom, how well."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from heritage.archive.actions.check import fill_replica
from heritage.archive.actions.deposit import deposit_files
from heritage.archive.models import Deposit
from heritage.archive.storage import read_storage
from heritage.captures.models import Capture, CaptureFile
from heritage.catalogue.models import Collection
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
