"""Letters about ended runs and ending consents: to whom, when, once."""

from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from heritage.captures.letters import REFUSED, SERVER_AWAY, send_letters
from heritage.captures.models import Capture, Letters, Run
from heritage.catalogue.models import Collection
from tests.heritage.factories import (
    make_bearer,
    make_collection,
    make_element,
    make_user,
)

Later = Callable[[float], None]
DAY_S, QUARTER_S = 24 * 3600.0, 15 * 60.0
PAGE = "admin:captures_letters_changelist"


@pytest.fixture(autouse=True)
def mail_server(settings: Any, later: Later) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    settings.BASE_IRI = "https://museum.example"


def ask(user: User, **values: Any) -> Letters:
    User.objects.filter(pk=user.pk).update(email=f"{user.username}@example.org")
    defaults = {"often": Letters.Often.SOON, "language": "en"}
    made: Letters = Letters.objects.create(user=user, **defaults | values)
    return made


def end(capture: Capture, state: str = Run.State.SUCCEEDED, **values: Any) -> Run:
    ended = timezone.now() + timedelta(seconds=1)  # the clock stands still
    made: Run = Run.objects.create(
        capture=capture, state=state, finished_at=ended, **values
    )
    return made


def recipients() -> list[str]:
    return sorted(name for letter in mail.outbox for name in letter.to)


def test_members_are_told_and_strangers_are_not(
    capture: Capture, curator: User, volunteer: User, stranger: User, later: Later
) -> None:
    elsewhere = make_user(make_collection(name_zh="玉器馆"), "curator")
    User.objects.filter(pk=stranger.pk).update(is_staff=True)
    for user in (curator, volunteer, stranger, elsewhere):
        ask(user)
    end(capture, Run.State.FAILED, error_code="engine-crashed",
        error_facts={"exit_code": 9})  # fmt: skip
    later(QUARTER_S)
    assert send_letters() == 2
    told = sorted(f"{user.username}@example.org" for user in (curator, volunteer))
    assert recipients() == told
    letter = mail.outbox[0]
    assert "1 computation has ended" in letter.subject
    assert capture.relic.name_en in letter.body
    assert "exit code 9" in letter.body
    work = reverse("admin:captures_capture_work", args=[capture.pk])
    assert f"https://museum.example{work}" in letter.body
    assert not letter.attachments


def test_a_letter_is_in_its_readers_language(
    capture: Capture, curator: User, later: Later
) -> None:
    ask(curator, language="zh-hans")
    end(capture)
    later(QUARTER_S)
    with translation.override("en"):
        send_letters()
    assert capture.relic.name_zh in mail.outbox[0].body
    with translation.override("zh-hans"):
        assert str(Run.State.SUCCEEDED.label) in mail.outbox[0].body


def test_each_end_is_told_once_and_the_next_ones_together(
    capture: Capture, curator: User, later: Later
) -> None:
    ask(curator)
    end(capture)
    later(QUARTER_S)
    assert [send_letters(), send_letters()] == [1, 0]
    end(capture)
    later(120)
    end(capture)
    later(120)
    assert send_letters() == 0, "a quarter of an hour has not passed"
    later(QUARTER_S)
    assert send_letters() == 1
    assert "2 " in mail.outbox[1].subject
    later(DAY_S)
    assert send_letters() == 0


def test_a_daily_letter_waits_for_its_day(
    capture: Capture, curator: User, later: Later
) -> None:
    ask(curator, often=Letters.Often.DAILY)
    end(capture)
    later(QUARTER_S)
    assert send_letters() == 1
    end(capture)
    later(2 * QUARTER_S)
    assert send_letters() == 0
    later(DAY_S)
    assert send_letters() == 1


def test_quiet_ticks_ask_one_question_or_none(
    capture: Capture,
    curator: User,
    settings: Any,
    django_assert_num_queries: Any,
) -> None:
    ask(curator, consents_at=timezone.now() + timedelta(days=1))
    with django_assert_num_queries(1):
        assert send_letters() == 0
    settings.EMAIL_HOST = ""
    with django_assert_num_queries(0):
        assert send_letters() == 0


@pytest.mark.parametrize("change", [{"email": ""}, {"is_active": False}])
def test_who_cannot_be_told_is_not(
    capture: Capture, curator: User, later: Later, change: dict[str, Any]
) -> None:
    ask(curator)
    User.objects.filter(pk=curator.pk).update(**change)
    end(capture)
    later(QUARTER_S)
    assert send_letters() == 0


def test_a_server_that_is_down_is_tried_again_later(
    capture: Capture,
    curator: User,
    volunteer: User,
    later: Later,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries = []

    def away(self: EmailBackend) -> None:
        tries.append(1)
        raise ConnectionRefusedError

    ask(curator)
    ask(volunteer)
    end(capture)
    later(QUARTER_S)
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "open", away)
        assert [send_letters(), send_letters()] == [0, 0]
    assert tries == [1]
    later(SERVER_AWAY.total_seconds())
    assert send_letters() == 2


@pytest.mark.parametrize(
    ("error", "comes_again"),
    [(SMTPRecipientsRefused({}), True), (SMTPServerDisconnected(), False)],
)
def test_only_what_was_surely_not_taken_is_sent_again(
    capture: Capture,
    curator: User,
    later: Later,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    comes_again: bool,
) -> None:
    def fail(self: EmailBackend, messages: Any) -> int:
        raise error

    ask(curator)
    end(capture)
    later(QUARTER_S)
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", fail)
        assert send_letters() == 0
    later(REFUSED.total_seconds())
    assert send_letters() == comes_again


def test_whoever_is_killed_while_sending_does_not_send_twice(
    capture: Capture, curator: User, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    sends = EmailBackend.send_messages

    def killed(self: EmailBackend, messages: Any) -> int:
        sends(self, messages)
        raise SystemExit

    ask(curator)
    end(capture)
    later(QUARTER_S)
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", killed)
        with pytest.raises(SystemExit):
            send_letters()
    later(DAY_S)
    assert send_letters() == 0
    assert len(mail.outbox) == 1


def test_curators_hear_of_consents_once_a_week(
    collection: Collection, curator: User, volunteer: User, later: Later
) -> None:
    ends = timezone.localdate() + timedelta(days=60)
    living: dict[str, Any] = {"status": "living", "consent_until": ends}
    bearer = make_bearer(make_element(collection), **living)
    ask(curator)
    ask(volunteer)
    assert send_letters() == 1
    assert recipients() == [f"{curator.username}@example.org"]
    assert bearer.name_en in mail.outbox[0].body
    assert ends.isoformat() in mail.outbox[0].body
    later(3 * DAY_S)
    assert send_letters() == 0
    later(4 * DAY_S)
    assert send_letters() == 1


def test_everybody_sets_the_own_wish(
    client: Client, capture: Capture, curator: User, volunteer: User, stranger: User,
    later: Later,
) -> None:  # fmt: skip
    end(capture)
    later(QUARTER_S)
    for user in (curator, volunteer):
        client.force_login(user)
        assert client.get(reverse(PAGE)).status_code == 200
        wish = {"often": "daily", "language": "en"}
        assert client.post(reverse(PAGE), wish).status_code == 302
    client.force_login(stranger)
    assert client.post(reverse(PAGE), {"often": "soon"}).status_code in {302, 403}
    wishes = set(Letters.objects.values_list("user", "often"))
    assert wishes == {(curator.pk, "daily"), (volunteer.pk, "daily")}
    assert Letters.objects.filter(told_until=timezone.now()).count() == 2
