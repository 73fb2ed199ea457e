"""Two people in one form of the admin: the second hears what the first has saved."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from heritage.captures.models import Calibration, Capture, Device, Project
from heritage.captures.project_models import ProjectItem
from heritage.catalogue.models import Collection
from tests.heritage.factories import make_relic

Made = Callable[[Collection], Any]


def made_capture(collection: Collection) -> Capture:
    return Capture.objects.create(relic=make_relic(collection))


def made_device(_collection: Collection) -> Device:
    device = Device.objects.create(name="Atos 5", serial="S-1")
    Calibration.objects.create(
        device=device, certificate="C-1", calibrated_on="2026-01-01"
    )
    return device


def made_project(collection: Collection) -> Project:
    project = Project.objects.create(collection=collection, name_zh="一期")
    ProjectItem.objects.create(project=project, relic=make_relic(collection))
    return project


def address_of(row: Any) -> str:
    meta = row._meta
    name = f"admin:{meta.app_label}_{meta.model_name}_change"
    return reverse(name, args=[row.pk])


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def opened(client: Client, address: str) -> dict[str, str]:
    """Give what the browser would post of the page that nobody touched."""
    page = client.get(address).context
    sets = [one.formset for one in page["inline_admin_formsets"]]
    forms = [page["adminform"].form]
    forms += [form for one in sets for form in (one.management_form, *one.forms)]
    told = {}
    for form in forms:
        for field in form:
            value = field.value()
            if value is not None and value is not False:
                told[field.html_name] = str(getattr(value, "pk", value))
                if field.field.show_hidden_initial:
                    told[field.html_initial_name] = told[field.html_name]
    return told


@pytest.mark.parametrize("make", [made_capture, made_device, made_project])
def test_the_second_to_save_is_told_and_loses_nothing(
    collection: Collection, curator: User, volunteer: User, make: Made
) -> None:
    row = make(collection)
    first, second, address = as_user(curator), as_user(volunteer), address_of(row)
    mine, theirs = opened(first, address), opened(second, address)
    assert first.post(address, {**mine, "note": "of the first"}).status_code == 302
    typed = {**theirs, "note": "of the second"}
    answer = second.post(address, typed)
    assert answer.status_code == 200
    row.refresh_from_db()
    assert row.note == "of the first"
    form = answer.context["adminform"].form
    [meanwhile, now] = form.non_field_errors()
    assert "of the first" in now
    assert meanwhile in answer.content.decode()
    assert form["note"].value() == "of the second"
    # Having read it, the second says it once more.
    again = {**typed, "seen": form["seen"].value()}
    assert second.post(address, again).status_code == 302
    row.refresh_from_db()
    assert row.note == "of the second"


def test_a_certificate_changed_meanwhile_is_not_put_back_unseen(
    collection: Collection, curator: User, volunteer: User
) -> None:
    row = made_device(collection)
    first, second, address = as_user(curator), as_user(volunteer), address_of(row)
    mine, theirs = opened(first, address), opened(second, address)
    own = {**mine, "calibrations-0-certificate": "C-2"}
    assert first.post(address, own).status_code == 302
    answer = second.post(address, {**theirs, "note": "dusty"})
    assert answer.status_code == 200
    [rows] = answer.context["inline_admin_formsets"]
    assert "C-2" in str(rows.formset.forms[0].non_field_errors())
    assert row.calibrations.get().certificate == "C-2"
