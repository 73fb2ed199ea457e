"""Fill a museum with many released relics, each captured: what the graph is measured on.

    HERITAGE_DATA=FOLDER python -m tests.benchmarks.large_museum RELICS

Each relic has names, description, dating, keeper, place, two materials and three
dimensions; each capture one raw file, an accepted run and its model. Rows are written past
the signals, as a database that was restored holds them: nothing waits in the outbox.
"""

import hashlib
import os
import random
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, Final

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    django.setup()

from django.db import models, transaction

from heritage.archive.models import Deposit, StoredFile
from heritage.captures.models import (
    Capture,
    CaptureFile,
    Derivative,
    Run,
)
from heritage.catalogue.models import (
    Agent,
    Collection,
    Dimension,
    Period,
    Place,
    Relic,
    RelicMaterial,
)

AT_ONCE: Final = 500
NOW: Final = datetime(2026, 11, 1, 8, tzinfo=UTC)
FORMS: Final = ("瓶", "碗", "鼎", "壶", "盘", "罐", "杯", "炉")
WARES: Final = ("青花", "白瓷", "青铜", "漆", "玉", "紫砂", "彩陶", "银")
REPORT: Final[dict[str, Any]] = {
    "format": 1,
    "recipe": {"name": "vessel", "version": 2, "parameters": {}},
    "libraries": {"open3d": "0.20.0"},
    "seed": 7,
}


def fill(relics: int) -> None:
    """Write so many relics with their captures."""
    chance = random.Random(3)  # noqa: S311 - the same museum every time
    known = _authorities()
    for start in range(0, relics, AT_ONCE):
        with transaction.atomic():
            count = min(AT_ONCE, relics - start)
            made = [_relic(start + n, known, chance) for n in range(count)]
            _write(Relic, made)
            _write(RelicMaterial, [row for one in made for row in _materials(one)])
            _write(Dimension, [row for one in made for row in _sizes(one, chance)])
            _capture(made, known)


def _authorities() -> dict[str, list[Any]]:
    collection = Collection.objects.create(name_zh="总藏", name_en="All")
    own: dict[str, Any] = {"collection": collection, "state": "released"}
    keepers = [
        Agent(type="group", name_zh=f"馆{n}", name_en=f"House {n}", **own)
        for n in range(20)
    ]
    places = [
        Place(
            name_zh=f"地{n}",
            name_en=f"Place {n}",
            latitude=23.0,
            longitude=113.0,
            **own,
        )
        for n in range(200)
    ]
    periods = [
        Period(name_zh="汉", name_en="Han", slug="han", begin_year=-201, end_year=220, **own),
        Period(name_zh="清", name_en="Qing", slug="qing", begin_year=1644, end_year=1911, **own),
    ]  # fmt: skip
    deposits = [
        Deposit(state="sealed", sealed_at=NOW, kind=kind) for kind in ("", "derived")
    ]
    for deposit in deposits:
        deposit.save()
    for rows in (keepers, places, periods):
        _write(type(rows[0]), rows)
    return {
        "own": [own],
        "keepers": keepers,
        "places": places,
        "periods": periods,
        "deposits": deposits,
    }


def _relic(number: int, known: dict[str, list[Any]], chance: random.Random) -> Relic:
    ware, form = chance.choice(WARES), chance.choice(FORMS)
    period = chance.choice(known["periods"])
    return Relic(
        **known["own"][0],
        name_zh=f"{ware}{form}{number}",
        name_en=f"Vessel {number}",
        description_zh=f"{ware}{form},口沿完好。",
        description_en=f"A vessel with a whole rim, number {number}.",
        register_no=f"G{number:06d}",
        category="bronze",
        grade="third",
        period=period,
        period_text=period.name_zh,
        begin_year=period.begin_year,
        end_year=period.end_year,
        holder=chance.choice(known["keepers"]),
        made_at=chance.choice(known["places"]),
        completeness="complete",
        preservation="stable",
        source="excavation",
        acquired_year=chance.randrange(1950, 2020),
    )


def _materials(relic: Relic) -> Iterable[RelicMaterial]:
    return (RelicMaterial(relic=relic, material=one) for one in ("copper", "tin"))


def _sizes(relic: Relic, chance: random.Random) -> Iterable[Dimension]:
    for kind in ("height", "width", "mouth-diameter"):
        size = round(chance.uniform(2, 90), 1)
        yield Dimension(relic=relic, kind=kind, value=size, unit="cm", origin="caliper")


def _capture(relics: list[Relic], known: dict[str, list[Any]]) -> None:
    raw_deposit, own_deposit = known["deposits"]
    captures = [
        Capture(
            relic=relic,
            device="Scanner A",
            device_serial=f"SN-{relic.pk % 5}",
            operator=known["keepers"][0],
            place=relic.made_at,
            captured_on=date(2026, 5, 1),
        )
        for relic in relics
    ]
    _write(Capture, captures)
    raw = [_file(raw_deposit, f"{one.key}.ply") for one in captures]
    models_ = [_file(own_deposit, f"{one.key}.glb") for one in captures]
    _write(StoredFile, [*raw, *models_])
    pairs = list(zip(captures, raw, strict=True))
    _write(
        CaptureFile, [CaptureFile(capture=one, stored_file=file) for one, file in pairs]
    )
    runs = [_run(one, file) for one, file in pairs]
    _write(Run, runs)
    _write(
        Derivative,
        [
            Derivative(run=run, role=role, profile=profile, stored_file=file, triangles=50_000)
            for run, file in zip(runs, models_, strict=True)
            for role, profile in (("model", "headset"),)
        ],
    )  # fmt: skip


def _run(capture: Capture, file: StoredFile) -> Run:
    return Run(
        capture=capture,
        state="succeeded",
        fraction=1.0,
        is_accepted=True,
        report={**REPORT, "inputs": [{"sha512": file.sha512}]},
        started_at=NOW,
        finished_at=NOW,
    )


def _file(deposit: Deposit, name: str) -> StoredFile:
    return StoredFile(
        deposit=deposit,
        name=name,
        sha512=hashlib.sha512(name.encode()).hexdigest(),
        size_bytes=1234,
        media_type="application/octet-stream",
        path=f"objects/{name}",
    )


def _write(model: type[models.Model], rows: list[Any]) -> None:
    """Write rows past the signals."""
    plain: models.QuerySet[Any] = models.QuerySet(model)
    plain.bulk_create(rows)


if __name__ == "__main__":
    fill(int(sys.argv[1]))
