"""Days that come: release, withdrawal, the end of a consent."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from time_machine import TimeMachineFixture

from heritage.catalogue import due
from heritage.catalogue.actions import release, return_to_draft, withdraw
from heritage.catalogue.due import forget_unsaved_text
from heritage.catalogue.models import (
    Bearer,
    Collection,
    FormDraft,
    Record,
    RecordEvent,
)
from heritage.lib.keys import new_key
from tests.heritage.factories import make_bearer, make_element, make_relic, make_user

State = Record.State


@pytest.fixture
def pass_days(time_machine: TimeMachineFixture) -> Callable[[int], None]:
    time_machine.move_to(timezone.now(), tick=False)
    return lambda days: time_machine.shift(timedelta(days=days))


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def state_of(record: Record) -> str:
    record.refresh_from_db()
    return record.state


def test_a_draft_is_released_on_its_day_and_not_before(
    collection: Collection, pass_days: Callable[[int], None]
) -> None:
    relic = make_relic(collection, release_on=in_days(2))
    pass_days(1)
    assert due.release_records() == 0
    pass_days(1)
    assert due.release_records() == 1
    assert state_of(relic) == State.RELEASED
    event = RecordEvent.objects.get(record_key=relic.key)
    assert (event.verb, event.by) == ("released", None)
    assert due.release_records() == 0


def test_a_draft_that_lacks_something_waits(collection: Collection) -> None:
    relic = make_relic(collection, release_on=in_days(0), description_zh="")
    assert due.release_records() == 0
    assert state_of(relic) == State.DRAFT


def test_what_was_taken_back_by_hand_is_not_released_again(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection, release_on=in_days(0))
    due.release_records()
    relic.refresh_from_db()
    withdraw(relic, by=curator)
    return_to_draft(relic, by=curator)
    assert due.release_records() == 0
    assert state_of(relic) == State.DRAFT


def test_what_was_shown_for_a_time_is_withdrawn_and_stays_so(
    collection: Collection, curator: User, pass_days: Callable[[int], None]
) -> None:
    relic = make_relic(collection, release_on=in_days(0), withdraw_on=in_days(3))
    release(relic, by=curator)
    assert due.withdraw_records() == 0
    pass_days(3)
    assert due.withdraw_records() == 1
    assert state_of(relic) == State.WITHDRAWN
    assert RecordEvent.objects.get(verb="withdrawn").reason
    assert due.withdraw_records() == 0
    assert due.release_records() == 0


def test_a_bearer_is_withdrawn_when_the_consent_has_ended(
    collection: Collection, curator: User, pass_days: Callable[[int], None]
) -> None:
    living = make_bearer(
        make_element(collection),
        status=Bearer.Status.LIVING,
        consent_until=in_days(5),
    )
    release(living, by=curator)
    pass_days(5)
    assert due.withdraw_bearers_without_consent() == 0
    pass_days(1)
    assert due.withdraw_bearers_without_consent() == 1
    assert state_of(living) == State.WITHDRAWN
    assert due.withdraw_bearers_without_consent() == 0


def test_unsaved_text_is_forgotten_after_a_season(
    collection: Collection, pass_days: Callable[[int], None]
) -> None:
    user = make_user(collection, "curator")
    kept = {"user": user, "model": "catalogue.relic", "typed": {"name_zh": ["鼎"]}}
    first = FormDraft.objects.create(token=new_key(), **kept)
    FormDraft.objects.create(token=new_key(), is_done=True, **kept)
    pass_days(31)
    assert forget_unsaved_text() == 1
    assert FormDraft.objects.get() == first
    pass_days(60)
    assert forget_unsaved_text() == 1
    assert forget_unsaved_text() == 0
