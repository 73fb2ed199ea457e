"""Visitors ask for files and report mistakes; curators answer; links end."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from heritage.archive.records import build_document
from heritage.captures.media import media_path
from heritage.captures.models import Capture
from heritage.catalogue.actions.release import release, return_to_draft, withdraw
from heritage.catalogue.models import Collection, Relic
from heritage.pages.actions.answering import close_report, grant_files, refuse_files
from heritage.pages.asking import MOST_AN_HOUR
from heritage.pages.due import forget_who_asked
from heritage.pages.errors import AnsweredAlready, NotACurator
from heritage.pages.granting import granted_address
from heritage.pages.models import ErrorReport, ModelRequest
from tests.heritage.exhibits.made import make_run, model_of
from tests.heritage.factories import make_collection, make_relic

FORM = {
    "wish": "screen", "name": "Li", "email": "li@example.org", "purpose": "A thesis.",
    "organisation": "", "website": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_counted(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def relic(collection: Collection) -> Relic:
    """Released, its models for the museum's own rooms."""
    made = make_relic(collection)
    Capture.objects.filter(pk=make_run(made).capture_id).update(tier="house")
    release(made, by=None)
    return made


@pytest.fixture
def asked(relic: Relic) -> ModelRequest:
    return ModelRequest.objects.create(
        relic=relic, wish="screen", name="Li", email="li@example.org", language="en",
        purpose="I study my family",
    )  # fmt: skip


def path_of(address: str) -> str:
    return "/" + address.split("/", 3)[3]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_visitor_asks_and_hears_that_it_arrived(
    client: Client, relic: Relic, language: str
) -> None:
    headers = {"Accept-Language": language}
    page = client.get(f"/relics/{relic.key}", headers=headers).content.decode()
    assert f"/relics/{relic.key}/ask" in page
    assert client.get(f"/relics/{relic.key}/ask", headers=headers).status_code == 200
    sent = client.post(f"/relics/{relic.key}/ask", FORM, headers=headers, follow=True)
    assert 'role="status"' in sent.content.decode()
    row = ModelRequest.objects.get()
    assert (row.relic, row.language, row.state) == (relic, language, "open")


def test_what_is_missing_is_said_and_a_robot_is_thanked(
    client: Client, relic: Relic
) -> None:
    url = f"/relics/{relic.key}/ask"
    answer = client.post(url, FORM | {"email": ""})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    client.post(url, FORM | {"website": "http://spam.example"})
    assert not ModelRequest.objects.exists()


def test_a_flood_is_stopped(client: Client, relic: Relic) -> None:
    url = f"/report/relic/{relic.key}"
    codes = [
        client.post(url, {"text": "wrong"}).status_code
        for _again in range(MOST_AN_HOUR + 2)
    ]
    assert codes == [302] * MOST_AN_HOUR + [429] * 2
    assert ErrorReport.objects.count() == MOST_AN_HOUR


def test_the_limit_holds_for_the_whole_hour(client: Client, relic: Relic) -> None:
    url = f"/report/relic/{relic.key}"
    start = datetime(2026, 3, 4, 10, 1, tzinfo=UTC)
    for minutes, status in ((0, 302), (20, 429), (61, 302)):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            for _again in range(MOST_AN_HOUR):
                answer = client.post(url, {"text": "wrong"})
                assert answer.status_code == status, minutes


def test_a_full_list_shuts_its_own_collection_only(
    client: Client, relic: Relic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("heritage.pages.asking.MOST_OPEN", 1)
    other = make_relic(make_collection(), state="released")
    codes = [
        client.post(f"/report/relic/{one.key}", {"text": "wrong"}).status_code
        for one in (relic, relic, other)
    ]
    assert codes == [302, 503, 302]


def test_nobody_asks_about_what_he_does_not_see(
    client: Client, collection: Collection, curator: User, stranger: User
) -> None:
    draft = make_relic(collection)
    make_run(draft)
    for person, status in ((stranger, 404), (curator, 200)):
        client.force_login(person)
        assert client.get(f"/relics/{draft.key}/ask").status_code == status
        assert client.get(f"/report/relic/{draft.key}").status_code == status
    assert client.get(f"/report/nothing/{draft.key}").status_code == 404


def test_a_grant_opens_the_files_until_its_day(
    client: Client, relic: Relic, asked: ModelRequest, curator: User
) -> None:
    model = model_of(relic.captures.get().runs.get())
    assert client.get(media_path(model)).status_code == 404
    grant_files(asked, by=curator)
    page = path_of(granted_address(asked))
    shown = client.get(page)
    assert shown["Cache-Control"] == "private, no-store"
    files = dict(shown.context["files"])
    assert set(files) == set(model.run.derivatives.filter(role="model"))
    served = client.get(files[model])
    assert served["Cache-Control"] == "private, no-store"
    assert client.get(page[:-1]).status_code == 404
    ModelRequest.objects.update(until=timezone.localdate() - timedelta(days=1))
    assert client.get(page).status_code == 404
    assert client.get(files[model]).status_code == 404


def test_a_withdrawal_ends_a_grant(
    client: Client, relic: Relic, asked: ModelRequest, curator: User
) -> None:
    grant_files(asked, by=curator)
    page = path_of(granted_address(asked))
    ((_file, address), *_rest) = client.get(page).context["files"]
    withdraw(relic, by=None)
    assert client.get(address).status_code == 410
    assert client.get(page).status_code == 410
    return_to_draft(relic, by=None)
    relic.refresh_from_db()
    release(relic, by=None)
    assert client.get(page).status_code == 404
    assert client.get(address).status_code == 404


def test_it_is_answered_once_and_by_a_curator(
    asked: ModelRequest, curator: User, volunteer: User, stranger: User
) -> None:
    for person in (volunteer, stranger):
        with pytest.raises(NotACurator):
            grant_files(asked, by=person)
    refuse_files(asked, by=curator)
    with pytest.raises(AnsweredAlready):
        grant_files(ModelRequest.objects.get(), by=curator)
    assert not ModelRequest.objects.in_force().exists()


def test_a_curator_grants_in_the_admin_and_the_letter_goes_out(
    client: Client, asked: ModelRequest, curator: User, settings: LazySettings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:  # fmt: skip
    settings.EMAIL_HOST = "mail.example.org"
    Relic.objects.update(name_en="A bowl\nof jade")  # no line end breaks the subject
    client.force_login(curator)
    page = reverse("admin:pages_modelrequest_change", args=[asked.pk])
    form = {"grant": "", "until": "", "reply": "Good luck."}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page, form | {"pages_modelrequest_grant_files": "1"})
        assert mail.outbox == []  # before the decision stands
    asked.refresh_from_db()
    assert (asked.state, asked.grant, asked.handled_by) == (
        "granted",
        "screen",
        curator,
    )
    (letter,) = mail.outbox
    assert "A bowl of jade" in letter.subject
    assert letter.to == ["li@example.org"]
    assert granted_address(asked) in letter.body
    assert "Thank you" in letter.body
    assert granted_address(asked) in client.get(page).content.decode()


def test_without_a_mail_server_the_curator_is_told(
    client: Client, asked: ModelRequest, curator: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    at_once = SimpleNamespace(on_commit=lambda act: act())
    monkeypatch.setattr("heritage.pages.admin.transaction", at_once)
    client.force_login(curator)
    page = reverse("admin:pages_modelrequest_change", args=[asked.pk])
    button = {"pages_modelrequest_refuse_files": "1", "grant": "", "until": ""}
    answer = client.post(page, button | {"reply": ""}, follow=True)
    assert "li@example.org" in answer.content.decode()
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("who", "status"), [("curator", 200), ("volunteer", 403), ("stranger", 302)]
)
def test_the_work_lists_are_for_curators(
    client: Client, who: str, status: int, asked: ModelRequest,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    client.force_login(request.getfixturevalue(who))
    for model in ("modelrequest", "errorreport"):
        page = reverse(f"admin:pages_{model}_changelist")
        assert client.get(page).status_code == status


def test_a_report_is_closed_once(relic: Relic, curator: User, volunteer: User) -> None:
    report = ErrorReport.objects.create(
        collection=relic.collection, record_kind="relic", record_key=relic.key, text="x"
    )
    with pytest.raises(NotACurator):
        close_report(report, ErrorReport.State.MENDED, by=volunteer)
    close_report(report, ErrorReport.State.MENDED, by=curator)
    with pytest.raises(AnsweredAlready):
        close_report(report, ErrorReport.State.DISMISSED, by=curator)


def test_who_asked_is_in_no_archive_and_forgotten_in_time(
    asked: ModelRequest, curator: User
) -> None:
    page = build_document("table", f"pages.modelrequest-{asked.pk // 250}").decode()
    assert asked.key in page
    assert "li@example.org" not in page
    assert "my family" not in page
    refuse_files(asked, by=curator)
    assert forget_who_asked() == 0
    ModelRequest.objects.update(handled_at=timezone.now() - timedelta(days=200))
    assert forget_who_asked() == 1
    asked.refresh_from_db()
    assert (asked.name, asked.email, asked.purpose) == ("", "", "")
    assert forget_who_asked() == 0


def test_what_nobody_answers_is_forgotten_too(relic: Relic) -> None:
    report = ErrorReport.objects.create(
        collection=relic.collection, record_kind="relic", record_key=relic.key, text="x"
    )
    page = build_document("table", f"pages.errorreport-{report.pk // 250}").decode()
    assert '"text"' not in page
    assert forget_who_asked() == 0
    ErrorReport.objects.update(asked_at=timezone.now() - timedelta(days=200))
    assert forget_who_asked() == 1
    report.refresh_from_db()
    assert report.text == ""


def test_the_start_page_names_what_a_report_is_about(
    client: Client, relic: Relic, curator: User
) -> None:
    ErrorReport.objects.create(
        collection=relic.collection, record_kind="relic", record_key=relic.key,
        text="Not Tang.",
    )  # fmt: skip
    client.force_login(curator)
    cards = {card.slug: card for card in client.get("/admin/").context["cards"]}
    ((title, _address),) = cards["mistakes"].lines
    assert title == relic.name_zh
