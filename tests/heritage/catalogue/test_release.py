"""Release: who may, what it demands, what it leaves behind."""

from collections.abc import Callable
from datetime import date

import pytest
from django.contrib.auth.models import User

from heritage.catalogue import signals
from heritage.catalogue.actions import find_gaps, release, return_to_draft, withdraw
from heritage.catalogue.errors import NotPermitted, NotReady, WrongState
from heritage.catalogue.models import Collection, RecordEvent, Relic
from tests.heritage.factories import (
    make_bearer,
    make_collection,
    make_element,
    make_relic,
)


def test_a_curator_releases_and_the_act_is_logged(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection)
    release(relic, by=curator)
    relic.refresh_from_db()
    event = RecordEvent.objects.get()
    assert relic.state == "released"
    assert relic.released_at is not None
    assert (event.verb, event.by, event.record_key) == ("released", curator, relic.key)


def test_others_may_not(
    collection: Collection, volunteer: User, stranger: User
) -> None:
    relic = make_relic(collection)
    elsewhere = make_relic(make_collection())
    for user in (volunteer, stranger):
        with pytest.raises(NotPermitted):
            release(relic, by=user)
        with pytest.raises(NotPermitted):
            release(elsewhere, by=user)
    assert not RecordEvent.objects.exists()


def test_all_that_is_missing_is_named_at_once(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection, description_zh="", register_no="")
    relic.materials.all().delete()
    with pytest.raises(NotReady) as refusal:
        release(relic, by=curator)
    assert len(refusal.value.missing) == 3
    relic.refresh_from_db()
    assert relic.state == "draft"


def test_a_living_bearer_needs_a_consent_that_holds(collection: Collection) -> None:
    bearer = make_bearer(make_element(collection), status="living")
    assert find_gaps(bearer)
    bearer.consent_until = date(2000, 1, 1)
    assert find_gaps(bearer)
    bearer.consent_until = date(2999, 1, 1)
    assert not find_gaps(bearer)


def test_withdrawn_and_taken_up_again(collection: Collection, curator: User) -> None:
    relic = make_relic(collection)
    release(relic, by=curator)
    withdraw(relic, by=curator, reason="dispute")
    return_to_draft(relic, by=curator)
    release(relic, by=curator)
    assert list(RecordEvent.objects.values_list("verb", flat=True)) == [
        "released", "returned", "withdrawn", "released",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "act"),
    [("released", release), ("draft", withdraw), ("released", return_to_draft)],
)
def test_the_wrong_state_is_said(
    collection: Collection, curator: User, state: str, act: Callable[..., None]
) -> None:
    with pytest.raises(WrongState):
        act(make_relic(collection, state=state), by=curator)


def test_news_of_the_change_goes_out(collection: Collection, curator: User) -> None:
    heard: list[tuple[str, str]] = []

    def hear(sender: type, record: Relic, old: str, new: str, **_: object) -> None:
        heard.append((old, new))

    signals.state_changed.connect(hear)
    try:
        release(make_relic(collection), by=curator)
    finally:
        signals.state_changed.disconnect(hear)
    assert heard == [("draft", "released")]


def test_history_keeps_what_a_save_replaced(collection: Collection) -> None:
    relic = make_relic(collection, name_zh="甲")
    relic.name_zh = "乙"
    relic.save()
    assert [past.name_zh for past in relic.history.all()] == ["乙", "甲"]
