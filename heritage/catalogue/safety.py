"""What could do harm once a record is public: found by us, looked at by a person.

Rooms above add what they know (`declare`): captures the tier of models, for one. What was
found and who let it pass is recorded with each release (`SafetyCheck`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Agent, Bearer, Record, Recording, Relic, Site
from .models.relic import Rights

LIFE_YEARS: Final = 110  # who was born longer ago lives no more
_NOT_OURS: Final = frozenset({Rights.IN_COPYRIGHT, Rights.UNDETERMINED})


@dataclass(frozen=True)
class Risk:
    """Something to look at before release, as a sentence; `code` is what is kept of it."""

    code: str
    sentence: str


@dataclass
class Findings:
    risks: list[Risk] = field(default_factory=list)
    model_tiers: list[str] = field(default_factory=list)


Look = Callable[[Record, Findings], None]
_looks: list[Look] = []


def declare(look: Look) -> None:
    """Have what this finds be looked at before a release."""
    if look not in _looks:
        _looks.append(look)


def look_at(record: Record) -> Findings:
    """Tell all that a person should know before the record goes public."""
    found = Findings([*_where(record), *_living(record), *_rights(record)])
    for look in _looks:
        look(record, found)
    return found


def shown_precision(record: Record) -> str:
    """Name how exactly the public will be told where: of a find, of a site."""
    if isinstance(record, Relic):
        return record.find_shown_as if record.find_place_id else ""
    return record.shown_as if isinstance(record, Site) else ""


def _where(record: Record) -> Iterable[Risk]:
    if shown_precision(record) == Relic.FindShown.EXACT:
        told = _(
            "The public will see exactly where it was found or lies. Looters read too."
        )
        yield Risk("place-exact", told)
    elif shown_precision(record) == Relic.FindShown.TOWNSHIP:
        yield Risk(
            "place-township", _("The public will see the township it comes from.")
        )


def _living(record: Record) -> Iterator[Risk]:
    lives = (
        (isinstance(record, Bearer) and record.needs_consent)
        or (isinstance(record, Agent) and _may_live(record))
        or (
            isinstance(record, Recording)
            and record.bearer is not None
            and record.bearer.needs_consent
        )
    )
    if lives:
        told = _(
            "It tells of a person who may be living. What was agreed is respected."
        )
        yield Risk("living-person", told)


def _may_live(agent: Agent) -> bool:
    if agent.type != Agent.Type.PERSON or agent.death_year is not None:
        return False
    born = agent.birth_year
    return born is not None and born > timezone.localdate().year - LIFE_YEARS


def _rights(record: Record) -> Iterator[Risk]:
    if getattr(record, "rights", "") in _NOT_OURS:
        told = _(
            "Somebody else may hold rights in it. They agree, or the law allows it."
        )
        yield Risk("third-party-rights", told)
