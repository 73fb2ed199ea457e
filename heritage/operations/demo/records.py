"""Write the demo museum's records from museum.toml; what is there already is kept."""

import math
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from heritage.captures.models import Capture
from heritage.catalogue.actions import record_act, release
from heritage.catalogue.actions.periods import load_periods
from heritage.catalogue.models import (
    Act,
    Agent,
    Collection,
    ConditionCheck,
    Grading,
    Membership,
    Move,
    Period,
    Place,
    Record,
    Relic,
    RelicFacet,
    RelicMaterial,
    RelicNumber,
    TechniqueOf,
)
from heritage.exhibits.models import Exhibit, ExhibitItem

from .custody import write_custody
from .living import LivingHeritage
from .review import write_review
from .rooms import furnish
from .sites import write_site

CONTENT = Path(__file__).with_name("museum.toml")
CURATOR = "demo"
RING_M = 1.2  # radius of the half circle in which an exhibit's relics stand
PANEL_M = 1.6  # from the middle of one craft's panel to the next
TEXTS = ("name_zh", "name_en", "description_zh", "description_en")


@dataclass(frozen=True)
class Plan:
    """A relic still to be scanned: its record and how its virtual vessel is made."""

    capture: Capture
    kind: str
    seed: int


def read_content() -> dict[str, Any]:
    return tomllib.loads(CONTENT.read_text())


@transaction.atomic
def ensure_curator(password: str) -> User:
    """Give the demo's curator, with this password when the account is new."""
    content = read_content()["collection"]
    collection, _ = Collection.objects.get_or_create(
        is_demo=True, defaults={name: content[name] for name in ("name_zh", "name_en")}
    )
    curator, is_new = User.objects.get_or_create(
        username=CURATOR, defaults={"is_staff": True, "first_name": "Demo"}
    )
    if is_new:
        curator.set_password(password)
        curator.save()
    Membership.objects.get_or_create(
        user=curator, collection=collection, defaults={"role": Membership.Role.CURATOR}
    )
    return curator


@transaction.atomic
def write_records(curator: User, *, most_relics: int) -> list[Plan]:
    """Write and release all but the relics, which stay drafts until they have a model.

    Returns the relics that have no scans yet.
    """
    load_periods()
    writer = _Writer(curator, read_content())
    writer.write_authorities()
    writer.write_elements()
    plans = writer.write_relics(most_relics)
    writer.write_exhibits()
    write_custody(curator, writer.collection)
    write_review(writer.collection, writer.records["qingxi"])
    return plans


class _Writer:
    """Writes records in order and remembers them by their id in the file."""

    def __init__(self, curator: User, content: dict[str, Any]) -> None:
        self.curator = curator
        self.content = content
        self.collection = Collection.objects.get(is_demo=True)
        self.records: dict[str, Any] = {}

    def write_authorities(self) -> None:
        for row in self.content["places"]:
            self.released(Place, row)
        for row in self.content["agents"]:
            self.released(Agent, row, type=row["type"])

    def write_elements(self) -> None:
        living = LivingHeritage(self.curator, self.ensure, self.released, self.records)
        for row in self.content["elements"]:
            living.write_element(row)
        for row in self.content["recordings"]:
            living.write_recording(row)
        for row in self.content["sites"]:
            write_site(row, self)

    def write_relics(self, most: int) -> list[Plan]:
        return [
            Plan(capture, row["kind"], row["seed"])
            for row in self.content["relics"][:most]
            if (capture := self._write_relic(row)).files.count() == 0
        ]

    def write_exhibits(self) -> None:
        for row in self.content["exhibits"]:
            exhibit = self.released(Exhibit, row)
            relics = [
                self.records[name] for name in row["relics"] if name in self.records
            ]
            for number, relic in enumerate(relics):
                ExhibitItem.objects.get_or_create(
                    exhibit=exhibit, relic=relic, defaults=_stand(number, len(relics))
                )
            for number, name in enumerate(row["elements"]):
                ExhibitItem.objects.get_or_create(
                    exhibit=exhibit,
                    element=self.records[name],
                    defaults=_hang(number, len(row["elements"])),
                )
            furnish(exhibit, row, self.records)

    def released(self, model: type[Record], row: dict[str, Any], **fields: Any) -> Any:
        record = self.ensure(model, row, **fields)
        if record.state == Record.State.DRAFT:
            release(record, by=self.curator)
        return record

    def ensure(self, model: type[Record], row: dict[str, Any], **fields: Any) -> Any:
        texts = {name: row[name] for name in TEXTS if name in row}
        record, _ = model._default_manager.get_or_create(
            collection=self.collection, name_zh=row["name_zh"], is_demo=True,
            defaults=texts | fields | {"created_by": self.curator},
        )  # fmt: skip
        self.records[row["id"]] = record
        return record

    def _write_relic(self, row: dict[str, Any]) -> Capture:
        texts = ("register_no", "category", "period_text", "source", "mass_range")
        plain = {k: row[k] for k in texts}
        relic = self.ensure(
            Relic, row, **plain,
            holder=self.records["museum"],
            period=Period.objects.get(slug=row["period"]),
            made_at=self.records.get(row.get("made_at", "")),
            find_batch=self.records.get(row.get("find_batch", "")),
            completeness="complete",
            preservation="stable",
            acquired_range="since-2001",
            count_unit="件",
            credit="Heritage demo, generated",
        )  # fmt: skip
        for material in row["materials"]:
            RelicMaterial.objects.get_or_create(relic=relic, material=material)
        if "technique" in row:
            TechniqueOf.objects.get_or_create(
                element=self.records[row["technique"]], relic=relic
            )
        self._write_register(relic, row)
        return self._write_capture(relic, row)

    def _write_register(self, relic: Relic, row: dict[str, Any]) -> None:
        """Write what hangs on a relic: numbers, themes, and the acts that decided on it."""
        RelicNumber.objects.get_or_create(
            relic=relic, type="auxiliary-account", number=f"{row['register_no']}-辅"
        )
        for facet in row.get("facets", ()):
            RelicFacet.objects.get_or_create(relic=relic, facet=facet)
        known = {"people": "演示鉴定组", "evidence": f"演示鉴定书 {row['register_no']}"}
        day = date(2024, 5, 6)
        acts: list[Act] = [
            Grading(relic=relic, grade=row["grade"], decided_on=day, **known),
            ConditionCheck(
                relic=relic, completeness="complete", preservation="stable",
                decided_on=day, **known,
            ),
            Move(relic=relic, store="演示库房", cabinet="一柜", decided_on=day),
        ]  # fmt: skip
        for act in acts:
            if not type(act)._default_manager.filter(relic=relic).exists():
                record_act(act, by=self.curator)

    def _write_capture(self, relic: Relic, row: dict[str, Any]) -> Capture:
        capture, _ = Capture.objects.get_or_create(
            relic=relic,
            defaults={
                "technique": "virtual-scan",
                "device": "Heritage virtual scanner",
                "device_serial": f"{row['kind']}-{row['seed']}",
                "operator": self.records["scanner"],
                "unit": Capture.Unit.METRE,
            },
        )
        return capture


def _hang(number: int, count: int) -> dict[str, Any]:
    """Hang the panels of the crafts side by side behind the relics."""
    return {
        "number": 100 + number,
        "x_m": round(PANEL_M * (number - (count - 1) / 2), 3),
        "z_m": -2.6,
    }


def _stand(number: int, count: int) -> dict[str, Any]:
    """Place the relics on a half circle before the visitor, facing its middle."""
    angle_rad = math.pi * (number + 0.5) / count
    return {
        "number": number,
        "x_m": round(-RING_M * math.cos(angle_rad), 3),
        "z_m": round(-RING_M * math.sin(angle_rad), 3),
        "turn_deg": round(90 - math.degrees(angle_rad), 1),
    }
