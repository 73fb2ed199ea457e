"""Delivery profiles that curators make: the engine's own, changed or added to."""

from dataclasses import fields
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from heritage.captures.models import DeliveryProfile
from heritage.captures.products import model_files
from heritage.captures.profile_form import DeliveryProfileForm, form_fields
from heritage.captures.profiles import (
    MuseumProfile,
    built_in,
    made_always,
    museum_profiles,
)
from scans.delivery.profiles import Profile, read_profiles

ADD = "admin:captures_deliveryprofile_add"
KIOSK: dict[str, Any] = {
    "name": "kiosk", "base": "web", "triangles": 400_000, "bytes": 12.5, "gpu_bytes": 96,
    "colour_px": "4096", "on": "always", "usdz": "yes",
}  # fmt: skip


def test_the_engines_profiles_are_read_not_copied() -> None:
    names = [profile.name for profile in read_profiles()]
    assert list(built_in()) == names
    plain = {name: MuseumProfile(name, values) for name, values in built_in().items()}
    assert set(made_always(plain)) == {"thumb", "headset", "web"}


def test_the_form_has_a_field_for_everything_that_the_engine_knows() -> None:
    known = {field.name for field in fields(Profile)} - {"name"}
    assert set(form_fields()) == known


def test_only_what_differs_is_kept(db: None) -> None:
    form = DeliveryProfileForm(KIOSK)
    assert form.is_valid(), form.errors
    row = form.save()
    assert row.changes == {
        "triangles": 400_000, "bytes": 12_500_000, "gpu_bytes": 96 * 1024**2,
        "colour_px": 4096, "usdz": True,
    }  # fmt: skip
    profile = museum_profiles()["kiosk"]
    assert profile.values["normal_px"] == built_in()["web"]["normal_px"]
    assert (profile.is_always, profile.has_twin, profile.is_changed) == (True,) * 3
    shown = DeliveryProfileForm(instance=row).initial
    assert (shown["bytes"], shown["gpu_bytes"], shown["usdz"]) == (12.5, 96, "yes")


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "Kiosk"), ("name", "print"), ("name", "phone-usdz"), ("base", "no-such"), ("triangles", -1),
     ("triangles", 10_000_000), ("bytes", 5000), ("position_bits", 40), ("colour_px", "700")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_at_its_field(
    db: None, field: str, value: Any
) -> None:
    form = DeliveryProfileForm(KIOSK | {field: value})
    assert list(form.errors) == [field]


def test_a_name_of_an_apple_file_is_refused_with_its_reason(db: None) -> None:
    with override("en"):
        form = DeliveryProfileForm(KIOSK | {"name": "phone-usdz"})
        assert "does not end in “-usdz”" in str(form.errors["name"])


@pytest.mark.parametrize(
    ("triangles", "role"),
    [(0, "study"), (20_000, "model"), (500_000, "model"), (500_001, "study"),
     (5_000_000, "study")],
)  # fmt: skip
def test_what_may_hold_a_whole_master_is_for_study(triangles: int, role: str) -> None:
    assert built_in()["desktop"]["triangles"] == 500_000  # as the how-to says
    profile = MuseumProfile("kiosk", {"triangles": triangles, "usdz": True})
    assert model_files(profile) == ((role, "kiosk"), (role, "kiosk-usdz"))


def test_the_engine_has_the_last_word(db: None) -> None:
    form = DeliveryProfileForm(KIOSK | {"position_bits": 0, "normal_bits": 8})
    assert not form.is_valid()
    assert "position_bits" in str(form.non_field_errors())


def test_a_digest_follows_what_the_profile_says(db: None) -> None:
    before = {name: one.digest for name, one in museum_profiles().items()}
    DeliveryProfile.objects.create(name="web", base="web", changes={"bytes": 5_000_000})
    after = {name: one.digest for name, one in museum_profiles().items()}
    assert [name for name in before if before[name] != after[name]] == ["web"]


@pytest.mark.parametrize(
    ("who", "seen", "added"),
    [("curator", 200, 1), ("volunteer", 200, 0), ("stranger", 403, 0)],
)
def test_curators_make_profiles_volunteers_look_strangers_neither(
    client: Client, who: str, seen: int, added: int, request: pytest.FixtureRequest
) -> None:
    person: User = request.getfixturevalue(who)
    person.is_staff = True
    person.save()
    client.force_login(person)
    answer = client.get(reverse("admin:captures_deliveryprofile_changelist"))
    assert answer.status_code == seen
    client.post(reverse(ADD), KIOSK)
    assert DeliveryProfile.objects.count() == added
    if added:
        row = DeliveryProfile.objects.get()
        page = reverse("admin:captures_deliveryprofile_change", args=[row.pk])
        assert 'value="12.5"' in client.get(page).content.decode()
