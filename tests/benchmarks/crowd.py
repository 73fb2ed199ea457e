"""A large museum for the benchmarks: released relics, each with an accepted capture.

    python -m tests.benchmarks.crowd COUNT

fills the museum of HERITAGE_DATA. Rows are written past the actions, a thousand at a
time: what is measured is what comes after.
"""

import hashlib
import sys
from datetime import UTC, date, datetime

import django

django.setup()

from heritage.archive.models import Deposit, StoredFile  # noqa: E402
from heritage.captures.models import (  # noqa: E402
    Capture,
    CaptureFile,
    Derivative,
    Run,
)
from heritage.catalogue.models import (  # noqa: E402
    Agent,
    Collection,
    Dimension,
    Period,
    Place,
    Record,
    Relic,
    RelicMaterial,
)
from knowledge_graph.vocabulary import load  # noqa: E402

AT_ONCE = 1000
STARTED = datetime(2026, 5, 1, 9, tzinfo=UTC)
RELEASED = {"state": Record.State.RELEASED}
# What a run wrote: original, master, model for the headset, picture.
FILES = (
    ("scan.ply", None, ""),
    ("master.ply", "master", "master"),
    ("headset.glb", "model", "headset"),
)


def fill(count: int) -> None:
    """Write `count` relics with everything that belongs to them."""
    collection = Collection.objects.create(name_zh="青铜馆", name_en="Bronzes")
    shared = {
        "maker": _named(Agent, collection, "匠"),
        "made_at": _named(Place, collection, "佛山"),
        "period": _named(Period, collection, "汉", begin_year=-205, end_year=220),
    }
    for start in range(0, count, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count))
        relics = Relic.objects.bulk_create(
            [_relic(collection, number, shared) for number in numbers]
        )
        RelicMaterial.objects.bulk_create(
            [RelicMaterial(relic=one, material="copper") for one in relics]
        )
        Dimension.objects.bulk_create(
            [
                Dimension(
                    relic=one, kind="height", value=11.3, unit="cm", literal="高11.3"
                )
                for one in relics
            ]
        )
        _captures(relics)


def _named(
    model: type[Record], collection: Collection, name: str, **values: int
) -> Record:
    row = model(collection=collection, name_zh=name, name_en=name, **RELEASED, **values)
    row.save()
    return row


def _relic(collection: Collection, number: int, shared: dict[str, Record]) -> Relic:
    categories = load("category").concepts
    return Relic(
        collection=collection,
        register_no=f"{number:07d}",
        name_zh=f"青铜鼎{number}",
        name_en=f"Bronze ding {number}",
        description_zh="三足，口沿略残。",
        category=categories[number % len(categories)].slug,
        begin_year=-205,
        end_year=25,
        period_text="西汉",
        completeness="complete",
        source="purchase",
        grade="third",
        **RELEASED,
        **shared,
    )


def _captures(relics: list[Relic]) -> None:
    captures = Capture.objects.bulk_create(
        [
            Capture(
                relic=one,
                device="Scanner",
                device_serial="7",
                captured_on=date(2026, 5, 1),
            )
            for one in relics
        ]
    )
    deposit = Deposit.objects.create(
        kind=Deposit.Kind.DERIVED, state=Deposit.State.SEALED, sealed_at=STARTED
    )
    runs = Run.objects.bulk_create([_run(one) for one in captures])
    files = StoredFile.objects.bulk_create(
        [_file(deposit, run, name) for run in runs for name, _, _ in FILES]
    )
    by_run = dict(zip(runs, zip(*[iter(files)] * len(FILES), strict=True), strict=True))
    CaptureFile.objects.bulk_create(
        [
            CaptureFile(capture=run.capture, stored_file=rows[0])
            for run, rows in by_run.items()
        ]
    )
    Derivative.objects.bulk_create(
        [
            Derivative(
                run=run, role=role, profile=profile, stored_file=row, triangles=9
            )
            for run, rows in by_run.items()
            for row, (_, role, profile) in zip(rows, FILES, strict=True)
            if role
        ]
    )


def _run(capture: Capture) -> Run:
    return Run(
        capture=capture,
        state=Run.State.SUCCEEDED,
        is_accepted=True,
        started_at=STARTED,
        finished_at=STARTED.replace(minute=5),
        report={
            "recipe": {"name": "bronze", "version": 1, "parameters": {"depth": 9}},
            "libraries": {"open3d": "0.20.0"},
            "upright": {"used": [[1, 0, 0, 0]]},
        },
    )


def _file(deposit: Deposit, run: Run, name: str) -> StoredFile:
    digest = hashlib.sha512(f"{run.key} {name}".encode()).hexdigest()
    return StoredFile(
        deposit=deposit,
        name=f"{run.key}-{name}",
        sha512=digest,
        size_bytes=1024,
        media_type="application/octet-stream",
        path=digest,
    )


if __name__ == "__main__":
    fill(int(sys.argv[1]))
