"""Write the log of preservation: what was done, to what, by whom, with what outcome."""

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from .event_models import PreservationAgent, PreservationEvent
from .models import Deposit, Kept, StoredFile

Type = PreservationEvent.Type
Outcome = PreservationEvent.Outcome
Subject = Kept | StoredFile | str
PROGRAM = "Heritage"


def log_event(
    type: str,
    subject: Subject,
    *,
    outcome: str = Outcome.SUCCESS,
    by: AbstractBaseUser | None = None,
    detail: Mapping[str, Any] | None = None,
) -> PreservationEvent:
    """Append an event; a text names a record as `kind/key`."""
    subject_type, key = named(subject)
    return PreservationEvent.objects.create(
        type=type,
        subject_type=subject_type,
        subject_key=key,
        outcome=outcome,
        detail=dict(detail or {}),
        program=_program(),
        person=_person(by),
    )


def named(subject: Subject) -> tuple[str, str]:
    """Give the type and the key by which the log knows a thing."""
    kinds = PreservationEvent.Subject
    if isinstance(subject, Deposit):
        return kinds.DEPOSIT, subject.key
    if isinstance(subject, StoredFile):
        return kinds.FILE, subject.key
    return kinds.RECORD, str(subject)


def _program() -> PreservationAgent:
    try:
        ours = version("heritage")
    except PackageNotFoundError:  # run from a checkout, as is usual
        ours = ""
    return _agent(PreservationAgent.Type.SOFTWARE, PROGRAM, ours)


def _person(by: AbstractBaseUser | None) -> PreservationAgent | None:
    if by is None:
        return None
    return _agent(PreservationAgent.Type.PERSON, by.get_username(), "")


def _agent(type_: str, name: str, number: str) -> PreservationAgent:
    agent, _made = PreservationAgent.objects.get_or_create(
        type=type_, name=name, version=number
    )
    return agent
