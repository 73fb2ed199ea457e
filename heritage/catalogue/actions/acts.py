"""Record what was decided, and let a record's fields follow from what stands."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.catalogue.errors import NotPermitted, WrongState
from heritage.catalogue.models import (
    ACTS,
    Act,
    Bearer,
    Consent,
    Decision,
    Move,
    Record,
    Relic,
)
from heritage.catalogue.policy import Person

from .consents import follow_consents

OF_CURATORS = (Move, Consent)  # what volunteers may neither see nor record
Guard = Callable[[Decision, AbstractBaseUser | None], None]
_guards: list[Guard] = []


def guard_acts(guard: Guard) -> None:
    """Have a room above asked before an act is recorded or struck: it raises to refuse."""
    if guard not in _guards:
        _guards.append(guard)


@transaction.atomic
def record_act(
    act: Decision, *, by: AbstractBaseUser | None, on_duty: bool = False
) -> None:
    """Add a decision; where it is the first of its kind, what stood before is kept.

    `on_duty`: a room above has checked whose duty it is (a store keeper moves things).
    Raises `NotPermitted`: volunteers record, but only curators know where things are
    and what was agreed with whom; or what a guard raises.
    """
    if not on_duty:
        _check_worker(act, by)
        ask_guards(act, by)
    _keep_what_was(_locked(act.subject), act)
    _add(act, by)
    settle(act.subject, type(act))
    _follow(act, by)


@transaction.atomic
def strike_act(act: Decision, *, by: AbstractBaseUser | None, reason: str) -> None:
    """Strike a decision through: it stays to be read, and holds no longer.

    Raises `NotPermitted`, `WrongState`.
    """
    _check_curator(act.subject, by)
    ask_guards(act, by)
    if not reason or not act.stands:
        raise WrongState(str(act), _("struck through, or without a reason to be"))
    _locked(act.subject)
    act.struck_at, act.struck_because = timezone.now(), reason
    act.struck_by = by  # type: ignore[assignment]
    act.save(update_fields=["struck_at", "struck_by", "struck_because"])
    settle(act.subject, type(act))
    _follow(act, by)


@transaction.atomic
def withdraw_consent(consent: Consent, *, by: AbstractBaseUser | None) -> None:
    """Take note that a bearer has taken a consent back, today.

    What hangs on it leaves the public at once. Raises `NotPermitted`, `WrongState`.
    """
    _check_curator(consent.subject, by)
    if not consent.stands or consent.is_withdrawn:
        raise WrongState(str(consent), _("struck through or withdrawn"))
    _locked(consent.subject)
    consent.withdrawn_on = timezone.localdate()
    consent.save(update_fields=["withdrawn_on"])
    settle(consent.subject, Consent)
    follow_consents(consent.bearer, by=by)


@transaction.atomic
def follow_status(bearer: Bearer, *, by: AbstractBaseUser | None) -> None:
    """Let consents mean what they mean for who lives, or no longer does.

    Raises `NotPermitted`: of who has died no consent runs out.
    """
    _check_curator(bearer, by)
    settle(bearer, Consent)
    follow_consents(bearer, by=by)


@transaction.atomic
def record_edit(
    before: Relic, after: Relic, *, by: AbstractBaseUser | None
) -> list[Act]:
    """Turn fields that were typed over into acts of today, one for each kind; gives them."""
    made = []
    for kind in ACTS:
        act, old = kind.of(after), kind.of(before)
        if act.outcome != old.outcome:
            ask_guards(act, by)
            _keep_what_was(before, act)
            act.decided_on = timezone.localdate()
            _add(act, by)
            made.append(act)
    return made


def settle(subject: Record, kind: type[Decision]) -> bool:
    """Set the record's fields to what its decisions of this kind come to.

    Tells whether that changed anything.
    """
    rows = kind._default_manager.filter(**{kind.about: subject}, struck_at__isnull=True)
    standing = list(rows.order_by(*(kind._meta.ordering or ())))
    values = kind.come_to(subject, standing)
    if all(getattr(subject, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(subject, name, value)
    subject.save(update_fields=[*values, "modified_at"])
    return True


def ask_guards(act: Decision, by: AbstractBaseUser | None) -> None:
    """Raise what a room above raises against this act, recorded or struck."""
    for guard in _guards:
        guard(act, by)


def _follow(act: Decision, by: AbstractBaseUser | None) -> None:
    if isinstance(act, Consent):
        follow_consents(act.bearer, by=by)


def _keep_what_was(subject: Record, act: Decision) -> None:
    kind = type(act)
    if kind._default_manager.filter(**{kind.about: subject}).exists():
        return
    old = kind.of(subject)
    if old.outcome != act.outcome and not old.says_nothing:
        old.evidence = _("as it stood in the register")
        old.save()


def _add(act: Decision, by: AbstractBaseUser | None) -> None:
    act.recorded_by = by  # type: ignore[assignment]
    act.save()


def _locked(subject: Record) -> Any:
    rows = type(subject)._default_manager.select_for_update()
    return rows.get(pk=subject.pk)


def _check_worker(act: Decision, by: AbstractBaseUser | None) -> None:
    if isinstance(act, OF_CURATORS):
        _check_curator(act.subject, by)
    elif by is not None:
        person = Person.of(by)
        _check_within(person, act.subject, person.curates | person.helps)


def _check_curator(record: Record, by: AbstractBaseUser | None) -> None:
    if by is not None:
        person = Person.of(by)
        _check_within(person, record, person.curates)


def _check_within(person: Person, record: Record, own: frozenset[int]) -> None:
    if not person.is_administrator and record.collection_id not in own:
        raise NotPermitted
