"""Release a record to the public, withdraw it, take it back to draft."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.catalogue import signals
from heritage.catalogue.errors import (
    EditedMeanwhile,
    NotEnoughEyes,
    NotLookedAt,
    NotPermitted,
    NotReady,
    WrongState,
)
from heritage.catalogue.gates import gaps_from_above
from heritage.catalogue.models import (
    Approval,
    Bearer,
    MuseumSettings,
    Record,
    RecordEvent,
    Recording,
    Relic,
    SafetyCheck,
)
from heritage.catalogue.policy import Person
from heritage.catalogue.safety import Findings, look_at, shown_precision

State = Record.State
Verb = RecordEvent.Verb


@transaction.atomic
def release(
    record: Record,
    *,
    by: AbstractBaseUser | None,
    looked_at: Collection[str] | None = None,
    note: str = "",
    seen_version: int | None = None,
) -> None:
    """Make the record public. `by` is None only for what time itself brings about.

    `looked_at` holds the codes of the risks (`safety.py`) that a person has accepted; the
    doors through which people release pass it. Without it the caller vouches for all that
    is found. Either way it is recorded. `seen_version` is what they had before them. Raises
    `NotPermitted`, `EditedMeanwhile`, `WrongState`, `NotReady` (naming all that is
    missing), `NotLookedAt`, `NotEnoughEyes`.
    """
    check_curator(record, by)
    check_seen(record, seen_version)
    gaps = find_gaps(record)
    if gaps:
        raise NotReady(record.title, gaps)
    found = look_at(record)
    open_risks = [
        risk for risk in found.risks
        if looked_at is not None and risk.code not in looked_at
    ]  # fmt: skip
    if open_risks:
        codes = [risk.code for risk in open_risks]
        raise NotLookedAt(record.title, codes, [risk.sentence for risk in open_risks])
    _check_eyes(record, by)
    move(
        record,
        (State.DRAFT, State.REVIEW, State.WITHDRAWN),
        State.RELEASED,
        verb=Verb.RELEASED,
        by=by,
    )
    _record_check(record, found, by=by, note=note)


def withdraw(record: Record, *, by: AbstractBaseUser | None, reason: str = "") -> None:
    """Take a released record back from the public: its address answers 410 at once."""
    check_curator(record, by)
    move(
        record,
        (State.RELEASED,),
        State.WITHDRAWN,
        verb=Verb.WITHDRAWN,
        by=by,
        reason=reason,
    )


def return_to_draft(record: Record, *, by: AbstractBaseUser | None) -> None:
    """Take a withdrawn record up for work again."""
    check_curator(record, by)
    move(record, (State.WITHDRAWN,), State.DRAFT, verb=Verb.RETURNED, by=by)


def find_gaps(record: Record) -> list[str]:
    """Tell all that still hinders release, as sentences for a curator."""
    gaps = []
    if not record.name_zh and not record.name_en:
        gaps.append(_("it has no name"))
    if isinstance(record, Relic):
        gaps += _relic_gaps(record)
    if isinstance(record, Bearer):
        gaps += _bearer_gaps(record)
    if isinstance(record, Recording):
        gaps += _recording_gaps(record)
    return gaps + gaps_from_above(record)


def _relic_gaps(relic: Relic) -> list[str]:
    gaps = []
    if not relic.register_no:
        gaps.append(_("it has no register number"))
    if not relic.materials.exists():
        gaps.append(_("no material is given"))
    if not (relic.description_zh or relic.description_en):
        gaps.append(_("it has no description"))
    return gaps


def _bearer_gaps(bearer: Bearer) -> list[str]:
    if not bearer.needs_consent:
        return []
    if bearer.consent_until is None:
        return [_("a living bearer's consent is not recorded")]
    if not bearer.has_consent:
        return [_("the bearer's consent has expired")]
    return []


def _recording_gaps(recording: Recording) -> list[str]:
    bearer = recording.bearer
    if recording.agreement_signed_on is None:
        return [_("no agreement with those who are recorded is signed")]
    if bearer is not None and not bearer.open_recordings:
        return [_("the bearer's consent does not cover recordings")]
    return []


def _check_eyes(record: Record, by: AbstractBaseUser | None) -> None:
    needed = MuseumSettings.now().release_eyes
    if needed <= 1:
        return
    own = {by.pk} if by is not None else set()
    found = set(eyes_on(record, record.saved_version())) | own
    if len(found) < needed:
        raise NotEnoughEyes(record.title, len(found), needed)


def eyes_on(record: Record, version: int) -> list[int]:
    """Name the accounts that have found this very version fit."""
    approvals = Approval.objects.about(record).filter(by__isnull=False)
    rows = approvals.filter(edit_version=version)
    return [*rows.values_list("by", flat=True)]


def _record_check(record: Record, found: Findings, *, by: Any, note: str) -> None:
    SafetyCheck.objects.create(
        record_kind=record.kind,
        record_key=record.key,
        edit_version=record.edit_version,
        by=by,
        find_place=shown_precision(record),
        model_tiers=found.model_tiers,
        risks=[risk.code for risk in found.risks],
        note=note,
    )


def check_seen(record: Record, seen_version: int | None) -> None:
    """Raise `EditedMeanwhile` unless this version is what was looked at; hold it so."""
    now = record.saved_version()
    if seen_version is not None and seen_version != now:
        raise EditedMeanwhile(record.title, seen_version, now)


def check_curator(record: Record, by: AbstractBaseUser | None) -> None:
    if by is None:
        return
    person = Person.of(by)
    if not person.is_administrator and record.collection_id not in person.curates:
        raise NotPermitted


def move(
    record: Record,
    old: tuple[str, ...],
    new: str,
    *,
    verb: str,
    by: Any,
    reason: str = "",
) -> None:
    """Bring a record from one of the old states into the new one, and log it."""
    with transaction.atomic():
        current = type(record)._default_manager.select_for_update().get(pk=record.pk)
        before = current.state
        if before not in old:
            raise WrongState(record.title, current.get_state_display())
        record.state = new
        record.released_at = (
            timezone.now() if new == State.RELEASED else record.released_at
        )
        record.save(update_fields=["state", "released_at", "modified_at"])
        RecordEvent.objects.create(
            record_kind=record.kind,
            record_key=record.key,
            verb=verb,
            by=by,
            reason=reason,
        )
        signals.state_changed.send(type(record), record=record, old=before, new=new)
