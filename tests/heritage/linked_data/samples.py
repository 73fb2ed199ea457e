"""A small museum that fills every field of every record, with one whole digitization."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from heritage.archive.models import Deposit, StoredFile
from heritage.captures.models import Capture, CaptureFile, Derivative, Run
from heritage.catalogue.actions.release import release
from heritage.catalogue.models import (
    Agent,
    Bearer,
    Collection,
    Element,
    Period,
    Place,
    Record,
    Relic,
    TechniqueOf,
    Transmission,
)
from heritage.exhibits.models import Exhibit, ExhibitItem
from tests.heritage.factories import make_bearer, make_element, make_person, make_relic

REPORT: dict[str, Any] = {
    "format": 1,
    "recipe": {"name": "vessel", "version": 2, "parameters": {"voxel_m": 0.001}},
    "libraries": {"open3d": "0.20.0", "numpy": "2.4.0"},
    "seed": 7,
    "upright": {"used": [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]},
}


@dataclass
class Museum:
    relic: Relic
    element: Element
    master: Bearer
    apprentice: Bearer
    transmission: Transmission
    technique: TechniqueOf
    exhibit: Exhibit
    item: ExhibitItem
    capture: Capture
    run: Run

    @property
    def records(self) -> list[Record]:
        """Every record, in an order in which each can be released."""
        relic, element = self.relic, self.element
        around = [relic.holder, relic.period, relic.maker, relic.made_at]
        around += [relic.find_place, element.region, element.protection_unit]
        around += [self.master.person, self.apprentice.person, self.capture.operator]
        ours = [relic, element, self.master, self.apprentice, self.exhibit]
        return [*(one for one in around if one), *ours]

    def release(self) -> None:
        for record in self.records:
            record.refresh_from_db()
            if not record.is_released:
                release(record, by=None)


def make_museum(collection: Collection) -> Museum:
    element = _element(collection)
    relic = _relic(collection)
    master = make_bearer(element, make_person(collection), level="national")
    apprentice = make_bearer(
        element,
        _living(collection),
        status="living",
        consent_until=date(2099, 1, 2),
        level="provincial",
        recognised_year=2010,
    )
    exhibit = Exhibit.objects.create(
        collection=collection, name_zh="吉金", name_en="Bronzes"
    )
    capture = make_capture(relic)
    return Museum(
        relic=relic,
        element=element,
        master=master,
        apprentice=apprentice,
        transmission=Transmission.objects.create(
            master=master, apprentice=apprentice, begin_year=1990, source="口述"
        ),
        technique=TechniqueOf.objects.create(element=element, relic=relic),
        exhibit=exhibit,
        item=ExhibitItem.objects.create(exhibit=exhibit, relic=relic),
        capture=capture,
        run=make_run(capture),
    )


def make_capture(relic: Relic) -> Capture:
    operator = Agent.objects.create(collection=relic.collection, name_zh="操作员")
    capture = Capture.objects.create(
        relic=relic,
        device="扫描仪 A",
        device_serial="SN-1",
        operator=operator,
        place=relic.made_at,
        captured_on=date(2026, 5, 1),
        note="internal-note",
    )
    deposit = Deposit.objects.create(state="sealed", sealed_at=timezone.now())
    for name in ("one.ply", "two.ply"):
        CaptureFile.objects.create(capture=capture, stored_file=_file(deposit, name))
    return capture


def make_run(capture: Capture, *, is_accepted: bool = True) -> Run:
    inputs = [{"sha512": row.stored_file.sha512} for row in capture.files.all()]
    now = timezone.now()
    run = Run.objects.create(
        capture=capture,
        state="succeeded",
        fraction=1.0,
        is_accepted=is_accepted,
        report={**REPORT, "inputs": inputs},
        started_at=now,
        finished_at=now,
    )
    deposit = Deposit.objects.create(state="sealed", sealed_at=now, kind="derived")
    for role, profile, name in (
        ("master", "master", "master.ply"),
        ("model", "headset", "headset.glb"),
        ("picture", "view-0", "view-0.png"),
        ("report", "poses", "poses.json"),
        ("report", "report", "report.json"),
    ):
        Derivative.objects.create(
            run=run,
            role=role,
            profile=profile,
            stored_file=_file(deposit, name),
            triangles=50_000,
            figures={"deviation": {"mean_m": 0.0001, "p95_m": 0.0002, "max_m": 1e-3}},
        )
    return run


def _relic(collection: Collection) -> Relic:
    holder = Agent.objects.create(
        collection=collection, type="group", name_zh="市博物馆", contact="tel-1"
    )
    period = Period.objects.create(
        collection=collection, slug="han", name_zh="汉", begin_year=-201, end_year=220
    )
    place = Place.objects.create(
        collection=collection, name_zh="佛山", latitude=23.02, longitude=113.12
    )
    relic = make_relic(
        collection,
        holder=holder,
        period=period,
        period_text="西汉(前206)",
        begin_year=-205,
        end_year=8,
        maker=make_person(collection, birth_date=date(1901, 2, 3), contact="tel-2"),
        made_at=place,
        find_shown_as="exact",
        find_place=Place.objects.create(
            collection=collection, name_zh="满城", within=place
        ),
        completeness="incomplete",
        completeness_note="口沿残",
        preservation="stable",
        source="excavation",
        source_note="private-source",
        acquired_year=1968,
        store_location="private-shelf",
        acquired_from=make_person(collection, name_zh="private-giver", name_en=""),
        price=Decimal("98765.43"),
        price_currency="XTS",
    )
    relic.dimensions.create(
        kind="height", value=11.3, uncertainty=0.05, origin="caliper"
    )
    relic.dimensions.create(
        kind="height", value=11.32, origin="scan", run_key="pending"
    )
    relic.treatments.create(
        treatment="cleaning",
        substances="去离子水",
        decided_by=holder,
        decided_on=date(2021, 3, 1),
        dissent="private-dissent",
    )
    return relic


def _element(collection: Collection) -> Element:
    return make_element(
        collection,
        code="Ⅷ-9",
        level="national",
        listed_year=2006,
        batch=1,
        region=Place.objects.create(collection=collection, name_zh="广东"),
        protection_unit=Agent.objects.create(
            collection=collection, type="group", name_zh="协会"
        ),
    )


def _living(collection: Collection) -> Agent:
    return make_person(
        collection,
        name_zh="李师傅",
        name_en="Master Li",
        birth_date=date(1970, 11, 12),
        contact="tel-3",
        address="private-address",
        id_number="private-number",
    )


def _file(deposit: Deposit, name: str) -> StoredFile:
    digest = f"{deposit.pk:064x}{hash(name) & 0xFFFFFFFF:064x}"
    return StoredFile.objects.create(
        deposit=deposit,
        name=name,
        sha512=digest,
        size_bytes=1234,
        media_type="application/octet-stream",
        path=f"objects/{deposit.key}/{name}",
    )
