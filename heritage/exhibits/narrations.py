"""The narrations of an exhibit as one person may hear them, and where they are loaded."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.urls import reverse

from heritage.captures.media import DIGEST_LENGTH
from heritage.catalogue.models import Record
from heritage.catalogue.policy import STRANGER, Person, allows, visible

from .addresses import Absolute
from .models import Exhibit, Narration
from .narration_rows import item_of, narrations
from .schemas import SoundOut

Sounds = dict[str, SoundOut]  # by language


@dataclass
class Spoken:
    """What is said: of the exhibit as a whole, of its things and at its stops, by pk."""

    welcome: Sounds = field(default_factory=dict)
    of_items: dict[int, Sounds] = field(default_factory=dict)
    at_stops: dict[int, Sounds] = field(default_factory=dict)


def narrations_of(exhibit: Exhibit, person: Person, absolute: Absolute) -> Spoken:
    spoken = Spoken()
    for row in narrations_for(person).filter(exhibit=exhibit):
        _shelf(row, spoken)[row.language] = _told(row, absolute)
    return spoken


def narrations_for(person: Person) -> QuerySet[Narration]:
    """Give those that this person may hear."""
    return visible(narrations(), person)


def sound_path(row: Narration) -> str:
    """Give the address that names these very bytes."""
    file = row.sound
    name = file.name.rsplit("/", 1)[-1]
    return reverse("narration", args=[row.key, file.sha512[:DIGEST_LENGTH], name])


def is_immutable(row: Narration) -> bool:
    """Tell whether caches may keep it: only what no date will take back."""
    return allows(STRANGER, row) and not any(
        record.withdraw_on for record in records_behind(row)
    )


def records_behind(row: Narration) -> Iterator[Record]:
    """Give the records whose days are a narration's days."""
    yield row.exhibit
    item = item_of(row)
    if item is not None:
        yield item.thing


def _shelf(row: Narration, spoken: Spoken) -> Sounds:
    if row.stop_id:
        return spoken.at_stops.setdefault(row.stop_id, {})
    if row.item_id:
        return spoken.of_items.setdefault(row.item_id, {})
    return spoken.welcome


def _told(row: Narration, absolute: Absolute) -> SoundOut:
    file = row.sound
    return SoundOut(
        url=absolute(sound_path(row)),
        media_type=file.media_type,
        bytes=file.size_bytes,
        sha512=file.sha512,
        duration_s=round(row.duration_s or 0.0, 3),
        transcript=row.transcript,
        credit=row.credit,
        rights=row.rights,
    )
