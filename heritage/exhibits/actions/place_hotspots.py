"""Keep the hotspots of a relic as a person has placed them on its model."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from heritage.captures.models import Run
from heritage.captures.motions import way_between
from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person
from heritage.exhibits.errors import (
    ChangedMeanwhile,
    NotAHotspot,
    NotPermitted,
    ShownHotspots,
    TooManyHotspots,
)
from heritage.exhibits.frames import inverse, master_of, moved, turned, used_transform
from heritage.exhibits.hotspot_models import Hotspot
from heritage.exhibits.hotspots import follow
from heritage.images.models import Image

MOST = 40  # more than anybody reads on one object
FARTHEST_M = 1000.0
DIGITS = 6
TEXTS = {"title_zh": 100, "title_en": 100, "text_zh": 2000, "text_en": 2000}
Entry = Mapping[str, Any]


@transaction.atomic
def place_hotspots(
    relic: Relic, run: Run, entries: Sequence[Entry], *, seen: str, by: AbstractBaseUser
) -> list[Hotspot]:
    """Make the relic's hotspots on this run's master be these, in this order.

    Positions are those on the run's files, metres. `seen` is `digest_of` what the person
    began with. What the public sees only curators change; a volunteer's own wait until
    one of them shows them. Raises
    `NotPermitted`, `ShownHotspots`, `ChangedMeanwhile`, `TooManyHotspots` or
    `NotAHotspot`.
    """
    Relic.objects.select_for_update().get(pk=relic.pk)
    person = Person.of(by)
    _check_member(relic, person)
    rows = {row.key: row for row in on_master(relic, run)}
    if digest_of(list(rows.values())) != seen:
        raise ChangedMeanwhile
    if len(entries) > MOST:
        raise TooManyHotspots(MOST)
    matrix = used_transform(run)
    if matrix is None:
        raise NotAHotspot("run")
    way_back = inverse(matrix)
    shown = [row.key for row in rows.values() if row.is_shown]
    may = may_open(relic, person)
    kept, changed = [], set(shown)
    for number, entry in enumerate(entries):
        row = rows.pop(str(entry.get("key") or ""), None) or Hotspot(relic=relic)
        before = _said(row) if row.pk else None
        _fill(row, entry, way_back)
        if _said(row) == before:
            changed.discard(row.key)
        row.number, row.master = number, master_of(run)
        row.is_shown = bool(entry.get("is_shown")) if may else row.is_shown
        kept.append(row)
    in_order = [row.key for row in kept if row.key in shown] == shown
    if not may and (changed or not in_order):
        raise ShownHotspots
    for row in kept:
        row.save()
    for row in rows.values():
        row.delete()
    return kept


def on_master(relic: Relic, run: Run) -> list[Hotspot]:
    """Give the hotspots that lie on this run's master, or have followed to it."""
    rows = Hotspot.objects.filter(relic=relic).select_related("image")
    master = master_of(run)
    way = cache(way_between)  # many stand on the same master
    ordered = rows.order_by("number", "pk")
    return [row for row in ordered if follow(row, master, way)]


def digest_of(rows: Sequence[Hotspot]) -> str:
    """Name a state of the hotspots, to know it again."""
    said = [[row.key, row.number, row.is_shown, *_said(row)] for row in rows]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:24]


def may_open(relic: Relic, person: Person) -> bool:
    """Tell whether a person decides which hotspots the public sees."""
    return person.is_administrator or relic.collection_id in person.curates


def _check_member(relic: Relic, person: Person) -> None:
    works_in = person.curates | person.helps
    if not person.is_administrator and relic.collection_id not in works_in:
        raise NotPermitted


def _said(row: Hotspot) -> list[Any]:
    """Give all that the public would see of it; places to the micrometre.

    On its way to a page and back a place comes through two transforms.
    """
    place = [round(value, DIGITS) + 0.0 for value in (*row.position, *row.normal)]
    return [*place, *(getattr(row, name) for name in TEXTS), row.fact, row.image_id]


def _fill(row: Hotspot, entry: Entry, way_back: list[list[float]]) -> None:
    position, normal = _vector(entry, "position"), _vector(entry, "normal")
    length = math.hypot(*normal)
    if max(map(abs, position)) > FARTHEST_M or length < 1e-6:
        raise NotAHotspot("position")
    x, y, z = normal
    row.x_m, row.y_m, row.z_m = moved(way_back, position)
    row.normal_x, row.normal_y, row.normal_z = turned(
        way_back, (x / length, y / length, z / length)
    )
    for name, most in TEXTS.items():
        text = entry.get(name, "")
        if not isinstance(text, str) or len(text) > most or "\0" in text:
            raise NotAHotspot(name)
        setattr(row, name, text.strip())
    if not row.title_zh and not row.title_en:
        raise NotAHotspot("title")
    row.fact = str(entry.get("fact") or "")
    if row.fact not in Hotspot.Fact.values:
        raise NotAHotspot("fact")
    row.image = _image(row.relic, str(entry.get("image") or ""))


def _image(relic: Relic, key: str) -> Image | None:
    if not key:
        return None
    found: Image | None = Image.objects.filter(image_set__relic=relic, key=key).first()
    if found is None:
        raise NotAHotspot("image")
    return found


def _vector(entry: Entry, name: str) -> tuple[float, float, float]:
    try:
        x, y, z = (float(value) for value in entry[name])
    except (KeyError, TypeError, ValueError) as error:
        raise NotAHotspot(name) from error
    if not all(map(math.isfinite, (x, y, z))):
        raise NotAHotspot(name)
    return x, y, z
