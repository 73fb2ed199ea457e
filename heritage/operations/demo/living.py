"""Write the demo's living heritage: elements, bearers, consents, lines, recordings."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from heritage.catalogue.actions import record_act
from heritage.catalogue.models import (
    SCOPES,
    Agent,
    Bearer,
    Consent,
    Element,
    ElementChapter,
    ElementFacet,
    ElementListing,
    ElementPart,
    Recognition,
    Recording,
    RecordingItem,
    Transmission,
)

CONSENT = timedelta(days=5 * 365)
Write = Callable[..., Any]
OF_BEARERS = ("generation", "practising_since", "works_zh", "works_en")


class LivingHeritage:
    """Writes what the file says, once; `ensure` makes drafts, `released` what is public."""

    def __init__(
        self, curator: User, ensure: Write, released: Write, records: dict[str, Any]
    ) -> None:
        self.curator, self.records = curator, records
        self.ensure, self.released = ensure, released

    def write_element(self, row: dict[str, Any]) -> None:
        known = {name: row[name] for name in ("code", "category")}
        element = self.released(
            Element, row, **known,
            region=self.records[row["region"]],
            protection_unit=self.records[row["protection_unit"]],
        )  # fmt: skip
        self._write_rows(element, row)
        for bearer in row["bearers"]:
            self._write_bearer(element, bearer)
        for link in row["transmissions"]:
            ends = {end: self.records[link[end]] for end in ("master", "apprentice")}
            rest = {name: value for name, value in link.items() if name not in ends}
            Transmission.objects.get_or_create(**ends, defaults=rest)

    def write_recording(self, row: dict[str, Any]) -> None:
        names = ("number", "begun_on", "agreement_signed_on")
        known = {name: row[name] for name in names}
        recording = self.ensure(
            Recording, row, **known, bearer=self.records[row["bearer"]]
        )
        for item in row["items"]:
            RecordingItem.objects.get_or_create(
                recording=recording, kind=item["kind"], defaults=item
            )
        self.released(Recording, row)

    def _write_rows(self, element: Element, row: dict[str, Any]) -> None:
        whole = {name: row[name] for name in ("level", "listed_year", "batch")}
        for listing in row.get("listings", [whole]):
            if not element.listings.filter(level=listing["level"]).exists():
                act = ElementListing(
                    element=element, evidence="演示公布文件", **listing
                )
                record_act(act, by=self.curator)
        for part in row.get("parts", ()):
            ElementPart.objects.get_or_create(
                element=element, name_zh=part["name_zh"], defaults=part
            )
        for facet in row.get("facets", ()):
            ElementFacet.objects.get_or_create(element=element, facet=facet)
        for chapter in row.get("chapters", ()):
            ElementChapter.objects.get_or_create(
                element=element, subject=chapter["subject"], defaults=chapter
            )

    def _write_bearer(self, element: Element, row: dict[str, Any]) -> None:
        years = {name: row.get(name) for name in ("birth_year", "death_year")}
        person = self.released(Agent, row | {"id": f"person-{row['id']}"}, **years)
        living = row.get("living", False)
        status = Bearer.Status.LIVING if living else Bearer.Status.DECEASED
        bearer = self.ensure(
            Bearer, row, person=person, element=element, status=status,
            **{name: row[name] for name in OF_BEARERS if name in row},
        )  # fmt: skip
        self._write_recognition(bearer, row)
        if living and not row.get("private"):
            self._write_consent(bearer, row)
        if not (row.get("private") or row.get("expired")):
            self.released(Bearer, row)

    def _write_recognition(self, bearer: Bearer, row: dict[str, Any]) -> None:
        if not bearer.recognitions.exists():
            act = Recognition(
                bearer=bearer, level=row["level"], evidence="演示认定文件",
                recognised_year=row["recognised_year"],
            )  # fmt: skip
            record_act(act, by=self.curator)

    def _write_consent(self, bearer: Bearer, row: dict[str, Any]) -> None:
        if bearer.consents.exists():
            return
        today = timezone.localdate()
        until = today - timedelta(days=1) if row.get("expired") else today + CONSENT
        scopes = row.get("covers", SCOPES)
        covers = {f"covers_{scope}": scope in scopes for scope in SCOPES}
        act = Consent(
            bearer=bearer, until=until, evidence="演示同意书",
            decided_on=min(today, until), **covers,
        )  # fmt: skip
        record_act(act, by=self.curator)
