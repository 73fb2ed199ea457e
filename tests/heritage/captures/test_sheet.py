"""The field sheet: begun from what is known, saved guarded, printed with a QR code."""

import io
import json
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.translation import override

from heritage.captures.actions import add_files
from heritage.captures.models import Calibration, Capture, Device, FieldSheet
from heritage.captures.prefill import begin_sheet
from heritage.captures.sheet_rules import (
    missing_fields,
    required_fields,
    sheet_warnings,
)
from heritage.catalogue.models import Collection
from tests.heritage.factories import (
    make_collection,
    make_person,
    make_place,
    make_relic,
)

DAY = date(2026, 5, 4)


@pytest.fixture
def device(db: None) -> Device:
    made: Device = Device.objects.create(name="Atos 5", serial="S-1", firmware="7.2")
    return made


def sent(capture: Capture, **values: Any) -> dict[str, Any]:
    return {
        "seen": 0, "technique": "laser-scanning", "captured_on": "2026-05-04",
        "bars-TOTAL_FORMS": 0, "bars-INITIAL_FORMS": 0, **values,
    }  # fmt: skip


def address(capture: Capture, rest: str = "") -> str:
    return f"/admin/captures/capture/{capture.pk}/sheet/{rest}"


def test_a_sheet_is_kept_with_its_bars_and_tells_the_capture(
    client: Client, curator: User, capture: Capture, device: Device
) -> None:
    client.force_login(curator)
    operator = make_person(capture.relic.collection)
    place = make_place(capture.relic.collection)
    values = sent(
        capture, operator=operator.pk, place=place.pk, device=device.pk,
        purpose="condition", target_accuracy_mm="0.05", surface=["gloss", "dark"],
        handling="Two people.", spacing_mm="0.1",
        **{"bars-TOTAL_FORMS": 2, "bars-0-name": "SB-7", "bars-0-length_mm": "199.996",
           "bars-0-uncertainty_mm": "0.003", "bars-1-name": ""},
    )  # fmt: skip
    assert client.post(address(capture), values).status_code == 302
    capture.refresh_from_db()
    sheet = capture.field_sheet
    assert (capture.device, capture.device_serial) == ("Atos 5", "S-1")
    assert (capture.operator, capture.place, capture.captured_on) == (
        operator,
        place,
        DAY,
    )
    assert sheet.surface == ["gloss", "dark"]
    assert [str(bar) for bar in sheet.scale_bars.all()] == ["SB-7 199.996 mm"]
    assert missing_fields(capture, sheet) == []


def test_the_second_of_two_people_is_told_and_loses_nothing(
    client: Client, curator: User, capture: Capture
) -> None:
    client.force_login(curator)
    client.post(address(capture), sent(capture, handling="First."))
    answer = client.post(address(capture), sent(capture, handling="Second."))
    assert answer.status_code == 409
    assert "Second." in answer.text
    assert FieldSheet.objects.get().handling == "First."
    client.post(address(capture), sent(capture, seen=1, handling="Second."))
    assert FieldSheet.objects.get().handling == "Second."


def test_a_sheet_begins_from_the_last_one_of_the_technique(
    collection: Collection, capture: Capture, device: Device
) -> None:
    other = Capture.objects.create(relic=make_relic(collection))
    FieldSheet.objects.create(capture=other, device=device, light="led", missing="base")
    strange = Capture.objects.create(
        relic=make_relic(collection), technique="photography"
    )
    FieldSheet.objects.create(capture=strange, light="flash")
    begun = begin_sheet(capture)
    assert (begun.device, begun.light, begun.missing) == (device, "led", "")
    assert begun.pk is None


def test_photographs_tell_lens_focal_length_and_device(
    capture: Capture, curator: User
) -> None:
    camera = Device.objects.create(name="A7", serial="4711")
    told = {"LensModel": "90 mm Macro", "FocalLength": 90.0, "BodySerialNumber": "4711"}
    add_files(capture, [("a.jpg", io.BytesIO(json.dumps(told).encode()))], by=curator)
    begun = begin_sheet(capture)
    assert (begun.lens, begun.focal_mm, begun.device) == ("90 mm Macro", 90.0, camera)
    assert begun.views == 1


@pytest.mark.parametrize(
    ("technique", "asks"),
    [("photogrammetry", "scale_bars"), ("laser-scanning", "spacing_mm"),
     ("contact-probe", "device")],
)  # fmt: skip
def test_each_technique_asks_for_its_own(
    technique: str, asks: str, capture: Capture
) -> None:
    capture.technique = technique
    assert asks in required_fields(technique)
    assert asks in missing_fields(capture, FieldSheet(capture=capture))


def test_a_device_is_trusted_by_the_certificate_of_the_day(
    capture: Capture, device: Device
) -> None:
    capture.captured_on = DAY
    sheet = FieldSheet(capture=capture, device=device)
    with override("en"):
        assert "no calibration certificate" in next(sheet_warnings(capture, sheet))
        certificate = Calibration.objects.create(
            device=device, certificate="C1", calibrated_on=date(2025, 5, 4),
            expires_on=date(2026, 5, 3),
        )  # fmt: skip
        assert "expired" in next(sheet_warnings(capture, sheet))
    certificate.expires_on = DAY
    certificate.save()
    assert list(sheet_warnings(capture, sheet)) == []


@pytest.mark.parametrize("value", ["-1", "0", "x", "1e999"])
def test_an_accuracy_that_is_none_is_refused(
    value: str, client: Client, curator: User, capture: Capture
) -> None:
    client.force_login(curator)
    answer = client.post(address(capture), sent(capture, target_accuracy_mm=value))
    assert answer.status_code == 422
    assert not FieldSheet.objects.exists()


def test_it_is_printed(client: Client, volunteer: User, capture: Capture) -> None:
    client.force_login(volunteer)
    answer = client.get(address(capture, "pdf/"))
    assert answer.content.startswith(b"%PDF")
    assert not FieldSheet.objects.exists()


def test_a_volunteer_fills_it_in_and_a_stranger_learns_nothing(
    client: Client, volunteer: User, stranger: User, capture: Capture
) -> None:
    client.force_login(volunteer)
    assert client.get(address(capture)).status_code == 200
    assert client.post(address(capture), sent(capture)).status_code == 302
    stranger.is_staff = True
    stranger.save()
    client.force_login(stranger)
    for rest in ("", "pdf/"):
        assert client.get(address(capture, rest)).status_code == 404
    assert client.post(address(capture), sent(capture, seen=1)).status_code == 404


def test_members_keep_the_register_of_devices(
    client: Client, volunteer: User, stranger: User, device: Device
) -> None:
    Calibration.objects.create(
        device=device, certificate="C1", calibrated_on=date(2020, 1, 1),
        expires_on=date(2021, 1, 1),
    )  # fmt: skip
    client.force_login(volunteer)
    assert "Atos 5" in client.get("/admin/captures/device/").text
    assert client.get(f"/admin/captures/device/{device.pk}/change/").status_code == 200
    stranger.is_staff = True
    stranger.save()
    client.force_login(stranger)
    assert client.get("/admin/captures/device/").status_code == 403


def test_who_may_not_be_seen_stays_on_the_sheet(
    client: Client, volunteer: User, capture: Capture
) -> None:
    capture.operator = make_person(make_collection())
    capture.save()
    client.force_login(volunteer)
    values = sent(capture, operator=capture.operator.pk)
    assert (
        f'value="{capture.operator.pk}" selected' in client.get(address(capture)).text
    )
    assert client.post(address(capture), values).status_code == 302
    capture.refresh_from_db()
    assert capture.operator is not None
    other = make_person(make_collection())
    refused = client.post(address(capture), sent(capture, seen=1, operator=other.pk))
    assert refused.status_code == 422


def test_a_scale_bar_is_struck_out_by_emptying_its_name(
    client: Client, volunteer: User, capture: Capture
) -> None:
    sheet = FieldSheet.objects.create(capture=capture, version=1)
    sheet.scale_bars.create(name="SB-1", length_mm=100)
    sheet.scale_bars.create(name="SB-2", length_mm=200)
    client.force_login(volunteer)
    bars = {"bars-TOTAL_FORMS": 3, "bars-INITIAL_FORMS": 2,
            "bars-0-name": "", "bars-0-length_mm": "100",
            "bars-1-name": "SB-2", "bars-1-length_mm": "200"}  # fmt: skip
    nameless = bars | {"bars-2-length_mm": "300"}
    for values, status in ((nameless, 422), (bars, 302)):
        answer = client.post(address(capture), sent(capture, seen=1, **values))
        assert answer.status_code == status
    assert [bar.name for bar in sheet.scale_bars.all()] == ["SB-2"]
