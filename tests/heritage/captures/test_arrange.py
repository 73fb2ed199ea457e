"""Files arranged by role, group and order; two people at it lose nothing."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from heritage.captures.actions.arrange import Place, arrange_files, arrangement_of
from heritage.captures.errors import BadAct, NotPermitted, SavedMeanwhile
from heritage.captures.models import Capture


def places(capture: Capture, **changes: Any) -> list[Place]:
    rows = capture.files.order_by("-stored_file__name")
    values = {"role": "scan", "group": "upper"} | changes
    return [Place(row.pk, values["role"], values["group"]) for row in rows]


def test_order_role_and_group_stay(filled: Capture, volunteer: User) -> None:
    seen = arrangement_of(filled)
    arrange_files(filled, places(filled, role="chart"), seen=seen, by=volunteer)
    rows = list(filled.files.all())
    assert [row.stored_file.name for row in rows] == ["front.ply", "back.ply"]
    assert {(row.role, row.group) for row in rows} == {("chart", "upper")}


def test_the_second_of_two_people_is_told(filled: Capture, curator: User) -> None:
    seen = arrangement_of(filled)
    arrange_files(filled, places(filled), seen=seen, by=curator)
    with pytest.raises(SavedMeanwhile):
        arrange_files(filled, places(filled, group="lower"), seen=seen, by=curator)


def test_files_of_others_roles_unknown_and_strangers_are_refused(
    filled: Capture, curator: User, stranger: User
) -> None:
    seen, whole = arrangement_of(filled), places(filled)
    for wrong in (whole[:1], [*whole, whole[0]], places(filled, role="hero")):
        with pytest.raises(BadAct):
            arrange_files(filled, wrong, seen=seen, by=curator)
    with pytest.raises(NotPermitted):
        arrange_files(filled, whole, seen=seen, by=stranger)
    assert arrangement_of(filled) == seen


def test_the_page_sends_what_it_shows(
    client: Client, volunteer: User, stranger: User, filled: Capture
) -> None:
    client.force_login(volunteer)
    work = f"/admin/captures/capture/{filled.pk}/work/"
    assert 'draggable="true"' in client.get(work).text
    rows = list(filled.files.all())[::-1]
    sent = {"seen": arrangement_of(filled), "file": [row.pk for row in rows]}
    sent |= {f"role-{row.pk}": "scan" for row in rows}
    assert client.post(f"{work}files/arrange/", sent).status_code == 302
    assert list(filled.files.all()) == rows
    stranger.is_staff = True
    stranger.save()
    client.force_login(stranger)
    assert client.post(f"{work}files/arrange/", sent).status_code == 404
