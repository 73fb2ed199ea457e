"""The inbox's pages: matched, corrected, given on, thrown out; by one person at a time."""

import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from heritage.archive import inbox_views, picture_response
from heritage.archive.actions.deposit import deposit_files
from heritage.archive.actions.hand_in import (
    assign,
    discard,
    finish_assignments,
    waiting,
)
from heritage.archive.destinations import destination, find_target
from heritage.archive.errors import (
    AlreadyGiven,
    NotAsSent,
    NotYours,
    ReasonMissing,
    RecordRefuses,
    StoreUnreachable,
)
from heritage.archive.models import Deposit, PreservationEvent
from heritage.captures.destination import RelicDestination
from heritage.captures.models import Capture
from heritage.catalogue.models import Collection, Relic
from tests.heritage.factories import make_relic, make_user

pytestmark = pytest.mark.django_db
PAGE = "admin:archive_inbox"


def lay_in(name: str, **files: bytes) -> Deposit:
    items = [
        (file, io.BytesIO(data)) for file, data in (files or {"a.ply": b"a"}).items()
    ]
    return deposit_files(items, by=None, note=name, inbox_name=name)


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "teal").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def relic(collection: Collection) -> Relic:
    return make_relic(collection, register_no="A-123", name_zh="四羊方尊")


@pytest.fixture
def signed_in(client: Client, curator: User) -> Client:
    client.force_login(curator)
    return client


def test_the_page_shows_what_seems_to_belong_where(
    relic: Relic, signed_in: Client
) -> None:
    known, unknown = lay_in("A-123 正面"), lay_in("what is this")
    text = signed_in.get(reverse(PAGE)).content.decode()
    assert known.key in text
    assert unknown.key in text
    assert f'value="{relic.key}"' in text
    assert "四羊方尊" in text


def test_given_on_as_corrected(
    relic: Relic, collection: Collection, signed_in: Client, curator: User
) -> None:
    other = make_relic(collection, register_no="B-7")
    one, two = lay_in("A-123"), lay_in("unknown")
    form = {
        "chosen": [one.key, two.key],
        f"record-{one.key}": "B-7",
        f"record-{two.key}": relic.key,
    }
    signed_in.post(reverse("admin:archive_inbox_hand_over"), form)
    assert other.captures.get().files.get().stored_file.deposit == one
    assert relic.captures.get().files.get().stored_file.deposit == two
    assert not waiting().exists()
    event = PreservationEvent.objects.get(type="accession", subject_key=one.key)
    assert str(event.person) == curator.username


def test_a_table_decides_what_is_shown(relic: Relic, signed_in: Client) -> None:
    lay_in("box one")
    table = SimpleUploadedFile("t.csv", "box one,A-123\nbad row\n".encode("gbk"))
    text = signed_in.post(reverse(PAGE), {"table": table}).content.decode()
    assert f'value="{relic.key}"' in text
    assert "inbox-problems" in text
    assert waiting().count() == 1  # shown, and nothing moved


def test_of_two_people_one_is_told(
    relic: Relic, collection: Collection, curator: User
) -> None:
    deposit = lay_in("A-123")
    second = Deposit.objects.get(pk=deposit.pk)
    other = make_relic(collection, register_no="B-7")
    assign(deposit, find_target(relic.key), by=curator)
    with pytest.raises(AlreadyGiven, match=curator.username):
        assign(second, find_target(other.key), by=make_user(collection, "curator"))
    with pytest.raises(AlreadyGiven, match="四羊方尊"):
        discard(second, reason="rubbish", by=curator)
    assert not other.captures.exists()


def test_thrown_out_it_is_kept_and_comes_back(
    signed_in: Client, curator: User, admin_client: Client
) -> None:
    deposit = lay_in("rubbish")
    address = reverse("admin:archive_inbox_throw_out", args=[deposit.key])
    assert "a.ply" in signed_in.get(address).content.decode()
    signed_in.post(address, {"reason": "a test of the scanner"})
    deposit.refresh_from_db()
    assert (deposit.retired_by, deposit.retired_reason) == (
        curator,
        "a test of the scanner",
    )
    assert not waiting().exists()
    assert deposit.files.get().absolute_path().exists()
    back = reverse("admin:archive_deposit_take_back", args=[deposit.pk])
    admin_client.post(back, {"reason": "it was no rubbish"})
    assert waiting().get() == deposit
    with pytest.raises(ReasonMissing):
        discard(deposit, reason="", by=curator)


def test_who_may_not_give_to_a_record_is_told_and_nothing_is_left(
    relic: Relic, collection: Collection
) -> None:
    deposit = lay_in("A-123")
    elsewhere = make_user(Collection.objects.create(name_zh="他馆"), "curator")
    with pytest.raises(RecordRefuses):
        assign(deposit, find_target(relic.key), by=elsewhere)
    assert waiting().get() == deposit
    assert not Capture.objects.exists()


def test_killed_between_claim_and_record_it_is_given_all_the_same(
    relic: Relic, monkeypatch: pytest.MonkeyPatch
) -> None:
    deposit = lay_in("A-123")
    Deposit.objects.filter(pk=deposit.pk).update(going_to=f"relic/{relic.key}")
    assert not waiting().exists()
    assert finish_assignments() == 1
    assert relic.captures.get().files.count() == 1
    assert finish_assignments() == 0


def test_a_record_that_is_gone_lets_it_wait_again(relic: Relic) -> None:
    deposit = lay_in("A-123")
    Deposit.objects.filter(pk=deposit.pk).update(going_to="relic/none")
    assert finish_assignments() == 0
    assert waiting().get() == deposit


def test_refused_on_the_page_it_says_why(relic: Relic, client: Client) -> None:
    deposit = lay_in("A-123")
    elsewhere = make_user(
        Collection.objects.create(name_zh="他馆"), "curator", is_staff=True
    )
    client.force_login(elsewhere)
    form = {"chosen": deposit.key, f"record-{deposit.key}": "A-123"}
    answer = client.post(reverse("admin:archive_inbox_hand_over"), form, follow=True)
    assert answer.status_code == 200
    assert waiting().exists()


def test_sent_folders_become_items_of_their_own(signed_in: Client) -> None:
    files = [
        SimpleUploadedFile(name, name.encode()) for name in ("a.ply", "b.ply", "c.jpg")
    ]
    signed_in.post(
        reverse("admin:archive_inbox_send"),
        {"files": files, "paths": ["A-1/a.ply", "A-1/in/b.ply", "c.jpg"]},
    )
    told = {
        d.inbox_name: sorted(d.files.values_list("name", flat=True)) for d in waiting()
    }
    assert told == {"A-1": ["a.ply", "in/b.ply"], "c.jpg": ["c.jpg"]}


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (["/x.ply", "/in/y.ply"], {"x.ply": ["x.ply"], "in": ["y.ply"]}),
        (["//", ""], {"x.ply": ["x.ply"], "y.ply": ["y.ply"]}),
        (["one/x.ply"], {"x.ply": ["x.ply"], "y.ply": ["y.ply"]}),
        ([], {"x.ply": ["x.ply"], "y.ply": ["y.ply"]}),
    ],
)
def test_no_file_that_is_sent_is_lost(
    paths: list[str], told: dict[str, list[str]], signed_in: Client
) -> None:
    files = [SimpleUploadedFile(name, name.encode()) for name in ("x.ply", "y.ply")]
    signed_in.post(
        reverse("admin:archive_inbox_send"), {"files": files, "paths": paths}
    )
    found = {
        d.inbox_name: list(d.files.values_list("name", flat=True)) for d in waiting()
    }
    assert found == told


def test_only_what_waits_is_asked_about(relic: Relic, signed_in: Client) -> None:
    elsewhere = deposit_files([("secret.ply", io.BytesIO(b"s"))], by=None)
    given = lay_in("A-123", **{"secret.ply": b"t"})
    assign(given, find_target(relic.key), by=None)
    for deposit in (elsewhere, given):
        address = reverse("admin:archive_inbox_throw_out", args=[deposit.key])
        assert signed_in.get(address).status_code == 404
        answer = signed_in.post(address, {"reason": "rubbish"})
        assert "secret.ply" not in answer.content.decode()
        deposit.refresh_from_db()
        assert deposit.retired_at is None


def test_a_table_that_is_too_large_is_not_read_whole(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_views, "LARGEST_BYTES", 10)
    asked = []
    monkeypatch.setattr(inbox_views, "read_table", lambda data: asked.append(len(data)))
    table = SimpleUploadedFile("t.csv", b"a,b\n" * 1000)
    signed_in.post(reverse(PAGE), {"table": table})
    assert asked == [11]


def test_records_are_found_by_name_within_ones_own_collections(
    relic: Relic, signed_in: Client
) -> None:
    make_relic(Collection.objects.create(name_zh="他馆"), name_zh="四方鼎")
    answer = signed_in.get(reverse("admin:archive_inbox_records"), {"q": "四"})
    assert [row["value"] for row in answer.json()["records"]] == [relic.key]


def test_pictures_are_drawn_small_and_nothing_else_is(signed_in: Client) -> None:
    deposit = lay_in(
        "photos", **{"a.jpg": jpeg(), "b.jpg": b"no picture", "c.ply": b"c"}
    )
    by_name = {file.name: file for file in deposit.files.all()}
    answers = {
        n: signed_in.get(reverse("admin:archive_inbox_thumbnail", args=[f.key]))
        for n, f in by_name.items()
    }
    assert answers["c.ply"].status_code == 404
    assert answers["b.jpg"]["Content-Type"] == "image/svg+xml"  # crossed out
    assert max(Image.open(io.BytesIO(answers["a.jpg"].content)).size) == 160


@pytest.mark.parametrize(
    ("error", "status"),
    [(StoreUnreachable("s3://b", "ConnectTimeout"), 503), (NotAsSent("a.jpg"), 503),
     (FileNotFoundError(2, "not in the bucket"), 404)],
)  # fmt: skip
def test_a_picture_that_cannot_be_had_is_no_fault_of_the_page(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def fail(_file: Any) -> None:
        raise error

    file = lay_in("photos", **{"a.jpg": jpeg()}).files.get()
    monkeypatch.setattr(picture_response, "local_path", fail)
    address = reverse("admin:archive_inbox_thumbnail", args=[file.key])
    assert signed_in.get(address).status_code == status


PAGES: list[tuple[str, list[Any]]] = [
    (PAGE, []), ("admin:archive_inbox_records", []), ("admin:archive_inbox_send", []),
    ("admin:archive_inbox_hand_over", []), ("admin:archive_inbox_throw_out", ["KEY"]),
    ("admin:archive_inbox_thumbnail", ["FILE"]),
]  # fmt: skip
POSTED = {"admin:archive_inbox_send", "admin:archive_inbox_hand_over"}


@pytest.mark.parametrize(("name", "arguments"), PAGES)
@pytest.mark.parametrize("who", ["curator", "volunteer", "stranger"])
def test_for_those_who_work_here(
    client: Client,
    who: str,
    name: str,
    arguments: list[str],
    request: pytest.FixtureRequest,
) -> None:
    deposit = lay_in("photos", **{"a.jpg": jpeg()})
    keys = {"KEY": deposit.key, "FILE": deposit.files.get().key}
    client.force_login(request.getfixturevalue(who))
    address = reverse(name, args=[keys[one] for one in arguments])
    answer = (
        client.post(address, follow=True) if name in POSTED else client.get(address)
    )
    at_work = answer.status_code == 200 and "/login/" not in answer.request["PATH_INFO"]
    assert at_work == (who != "stranger")


def test_discarding_needs_a_part_in_the_museum(stranger: User) -> None:
    deposit = lay_in("x")
    assert isinstance(destination(), RelicDestination)
    with pytest.raises(NotYours):
        discard(deposit, reason="r", by=stranger)
