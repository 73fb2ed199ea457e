"""Models and pictures: who gets them, which bytes, and for how long they are kept."""

import base64
import datetime
import hashlib
import os
from pathlib import Path

import pytest
import time_machine
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from heritage.archive.models import Condition, StoredFile
from heritage.archive.serve import FilePart
from heritage.captures.media import media_address, media_path
from heritage.captures.models import Derivative
from heritage.catalogue.actions.release import release, withdraw
from heritage.catalogue.models import Collection, Relic
from heritage.lib.ranges import ByteRange
from heritage.pages import open_files
from tests.heritage.exhibits.made import make_run, model_of, picture_of
from tests.heritage.factories import make_collection, make_relic, make_user


@pytest.fixture
def relic(collection: Collection) -> Relic:
    return make_relic(collection)


@pytest.fixture
def model(relic: Relic) -> Derivative:
    return model_of(make_run(relic))


def body(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("who", "status"),
    [("curator", 200), ("volunteer", 200), ("stranger", 404), (None, 404)],
)
def test_a_drafts_model_is_for_those_who_work_on_it(
    client: Client,
    model: Derivative,
    who: str | None,
    status: int,
    request: pytest.FixtureRequest,
) -> None:
    if who:
        client.force_login(request.getfixturevalue(who))
    assert client.get(media_path(model)).status_code == status


def test_a_curator_of_another_collection_is_a_stranger_here(
    client: Client, model: Derivative
) -> None:
    client.force_login(make_user(make_collection(), "curator"))
    assert client.get(media_path(model)).status_code == 404


def test_a_released_relics_model_is_for_everybody(
    client: Client, relic: Relic, model: Derivative
) -> None:
    release(relic, by=None)
    answer = client.get(media_path(model))
    digest = hashlib.sha512(body(answer)).digest()
    assert answer["Content-Type"] == "model/gltf-binary"
    assert answer["Repr-Digest"] == f"sha-512=:{base64.b64encode(digest).decode()}:"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_part_is_given_as_a_part(
    client: Client, relic: Relic, model: Derivative
) -> None:
    release(relic, by=None)
    whole = body(client.get(media_path(model)))
    answer = client.get(media_path(model), headers={"Range": "bytes=4-11"})
    assert answer.status_code == 206
    assert body(answer) == whole[4:12]
    assert answer["Content-Range"] == f"bytes 4-11/{len(whole)}"


@pytest.mark.parametrize("profile", ["master"])
def test_the_master_is_never_public(
    client: Client, relic: Relic, model: Derivative, profile: str
) -> None:
    release(relic, by=None)
    master = model.run.derivatives.get(profile=profile)
    assert client.get(media_path(master)).status_code == 404


def test_a_run_that_was_not_accepted_stays_inside(
    client: Client, relic: Relic, curator: User
) -> None:
    release(relic, by=None)
    other = model_of(make_run(relic, is_accepted=False))
    assert client.get(media_path(other)).status_code == 404
    client.force_login(curator)
    answer = client.get(media_path(other))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"


def test_what_has_a_day_of_withdrawal_is_kept_by_nobody(
    client: Client, relic: Relic, model: Derivative
) -> None:
    relic.withdraw_on = datetime.date(2030, 1, 1)
    relic.save()
    release(relic, by=None)
    assert client.get(media_path(model))["Cache-Control"] == "private, no-store"


def test_what_was_withdrawn_is_gone(
    client: Client, relic: Relic, model: Derivative
) -> None:
    release(relic, by=None)
    withdraw(relic, by=None)
    answer = client.get(media_path(model))
    assert answer.status_code == 410
    assert answer["Cache-Control"] == "no-store"


def test_the_address_names_these_bytes_and_no_others(
    client: Client, relic: Relic, model: Derivative
) -> None:
    release(relic, by=None)
    right = media_path(model)
    digest = model.stored_file.sha512[:16]
    for wrong in (right.replace(digest, "0" * 16), right.replace("web.glb", "x.glb")):
        assert wrong != right
        assert client.get(wrong).status_code == 404


def test_the_media_server_is_named_only_for_what_is_public(
    relic: Relic, model: Derivative, settings: object
) -> None:
    settings.MEDIA_ORIGIN = "http://media.example"  # type: ignore[attr-defined]
    assert media_address(model).startswith("/media/")
    release(relic, by=None)
    fresh = Derivative.objects.get(pk=model.pk)
    assert media_address(fresh).startswith("http://media.example/media/")


def test_a_picture_is_sent_as_one(client: Client, relic: Relic) -> None:
    picture = picture_of(make_run(relic))
    release(relic, by=None)
    assert client.get(media_path(picture))["Content-Type"] == "image/png"


def test_media_cannot_be_changed(
    client: Client, relic: Relic, model: Derivative
) -> None:
    release(relic, by=None)
    assert client.post(media_path(model)).status_code in {403, 405}


def test_nginx_is_told_which_file_and_the_rest_is_as_ever(
    client: Client, relic: Relic, settings: LazySettings
) -> None:
    settings.ACCEL_PREFIX = "/archive-bytes"
    model = model_of(make_run(relic))
    release(relic, by=None)
    answer = client.get(media_path(model))
    file = model.stored_file
    assert answer["X-Accel-Redirect"] == f"/archive-bytes/{file.path}"
    assert answer["Content-Type"] == "model/gltf-binary"
    assert "immutable" in answer["Cache-Control"]
    assert answer["Repr-Digest"].startswith("sha-512=:")
    assert answer.content == b""
    kept = client.get(media_path(model), headers={"If-None-Match": answer["ETag"]})
    assert kept.status_code == 304
    assert "X-Accel-Redirect" not in kept


def test_a_server_that_takes_files_gets_the_part_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(bytes(range(100)))
    response = FilePart(path, ByteRange(10, 29))
    part = response.file_to_stream
    assert os.lseek(part.fileno(), 0, os.SEEK_CUR) == 10
    assert part.read(15) + part.read(15) + part.read() == bytes(range(10, 30))
    part.close()
    assert b"".join(FilePart(path, ByteRange(90, 99))) == bytes(range(90, 100))


class TestWhatIsOpenToAll:
    """It goes out before sessions and languages are read, and no longer than it is open."""

    @pytest.fixture
    def address(self, transactional_db: None, relic: Relic, model: Derivative) -> str:
        release(relic, by=None)
        open_files._kept.answers.clear()
        return media_path(model)

    def test_it_is_the_same_for_everybody(
        self, client: Client, address: str, curator: User
    ) -> None:
        first = client.get(address, headers={"Accept-Language": "en"})
        client.force_login(curator)
        second = client.get(address, headers={"Accept-Language": "zh"})
        assert body(first) == body(second)
        assert "Vary" not in first
        told = ("ETag", "Repr-Digest", "Cache-Control", "Content-Security-Policy")
        assert [first[n] for n in told[:3]] == [second[n] for n in told[:3]]
        assert first["X-Content-Type-Options"] == "nosniff"
        assert first["Content-Security-Policy"].startswith("default-src 'none'")

    def test_what_was_found_is_kept_while_nothing_changes(
        self, client: Client, address: str
    ) -> None:
        client.get(address).close()
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        assert answer.status_code == 200
        assert not [one for one in asked if "derivative" in one["sql"]]

    def test_a_withdrawal_shows_at_once(
        self, client: Client, address: str, relic: Relic
    ) -> None:
        client.get(address).close()
        withdraw(relic, by=None)
        assert client.get(address).status_code == 410

    def test_a_new_day_asks_anew(self, client: Client, address: str) -> None:
        """Consents and embargoes end by themselves, without a change of any row."""
        client.get(address).close()
        tomorrow = timezone.now() + datetime.timedelta(days=1)
        with time_machine.travel(tomorrow), CaptureQueriesContext(connection) as asked:
            client.get(address).close()
        assert [one for one in asked if "derivative" in one["sql"]]

    def test_damaged_bytes_are_not_sent(
        self, client: Client, address: str, model: Derivative
    ) -> None:
        client.get(address).close()
        files = StoredFile.objects.filter(pk=model.stored_file_id)
        files.update(condition=Condition.DAMAGED)
        told = {
            language: client.get(address, headers={"Accept-Language": language})
            for language in ("zh-Hans", "en")
        }
        assert {answer.status_code for answer in told.values()} == {503}
        assert told["zh-Hans"].content != told["en"].content
