"""The run whose model and pictures stand for a relic, as one person may see them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from heritage.captures.media import derivatives_for, media_address
from heritage.captures.models import Capture, Derivative, Run
from heritage.captures.published import of_accepted, without_unit
from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person

SIDES = tuple(f"view-{number}" for number in range(8))
GLB = "model/gltf-binary"
# What decides between levels that cost the same.
ORDER = ("thumb", "phone", "headset", "web", "plain", "headset-hero", "desktop")
SHOWN_ROLES = (Derivative.Role.MODEL, Derivative.Role.PICTURE)


@dataclass(frozen=True)
class Picture:
    """A picture in the sizes there are: addresses by width in pixels."""

    small: str
    large: str

    @property
    def srcset(self) -> str:
        return f"{self.small} 256w, {self.large} 768w"


@dataclass
class Shown:
    """What the accepted run gave, by profile.

    unit : "m" where its lengths are true, "" where nobody said in what unit it is measured
    """

    run: Run
    unit: str = "m"
    models: dict[str, Derivative] = field(default_factory=dict)
    pictures: dict[str, Derivative] = field(default_factory=dict)

    def add(self, derivative: Derivative) -> None:
        is_model = derivative.role == Derivative.Role.MODEL
        (self.models if is_model else self.pictures)[derivative.profile] = derivative

    @property
    def picture(self) -> Picture | None:
        large = self.pictures.get("view-0") or self.pictures.get("thumb")
        small = self.pictures.get("thumb") or large
        if large is None or small is None:
            return None
        return Picture(small=media_address(small), large=media_address(large))

    @property
    def sides(self) -> list[str]:
        there = (self.pictures.get(profile) for profile in SIDES)
        return [media_address(picture) for picture in there if picture]

    @property
    def levels(self) -> list[Derivative]:
        """The models that engines load, from coarse to fine."""
        there = (m for m in self.models.values() if m.stored_file.media_type == GLB)
        return sorted(there, key=_fineness)


def _fineness(model: Derivative) -> tuple[int, int, int]:
    known = ORDER.index(model.profile) if model.profile in ORDER else len(ORDER)
    return model.triangles or 0, model.gpu_bytes or 0, known


def shown_for(relics: Iterable[Relic], person: Person) -> dict[int, Shown]:
    """Give what to show for each relic that has an accepted run, by primary key."""
    found: dict[int, Shown] = {}
    # Most relics of a large register were never scanned; for them this is the only question.
    scanned = Capture.objects.filter(relic__in=[relic.pk for relic in relics])
    relic_ids = sorted(set(scanned.values_list("relic_id", flat=True)))
    if not relic_ids:
        return found
    rows = derivatives_for(person).filter(
        of_accepted("run__"),
        run__capture__relic__in=relic_ids,
        role__in=SHOWN_ROLES,
    )
    # Of several captures the newest run, as in captures.published; oldest first, so that
    # it overwrites, and so does a file that was added to a run later.
    for row in sorted(rows, key=_age):
        run = row.run.adds_to or row.run
        relic_id = run.capture.relic_id
        if relic_id not in found or found[relic_id].run.pk != run.pk:
            found[relic_id] = Shown(run=run)
        found[relic_id].add(row)
    silent = without_unit(one.run.capture for one in found.values())
    for one in found.values():
        one.unit = "" if one.run.capture_id in silent else "m"
    return found


def _age(row: Derivative) -> tuple[Any, ...]:
    model = row.run.adds_to or row.run
    return model.created_at, model.pk, row.run.created_at, row.run_id
