"""A capture that files were handed in for is not deleted; an empty one may be."""

import io

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from heritage.captures.actions import add_files
from heritage.captures.models import Capture
from heritage.catalogue.models import Collection
from tests.heritage.factories import make_relic

pytestmark = pytest.mark.django_db


@pytest.fixture
def capture(collection: Collection) -> Capture:
    return Capture.objects.create(relic=make_relic(collection))


def delete(client: Client, capture: Capture, *, by: User) -> tuple[int, str]:
    client.force_login(by)
    address = reverse("admin:captures_capture_delete", args=[capture.pk])
    answer = client.post(address, {"post": "yes"})
    return answer.status_code, answer.content.decode()


def test_an_empty_capture_is_deleted(
    client: Client, capture: Capture, curator: User
) -> None:
    assert delete(client, capture, by=curator)[0] == 302
    assert not Capture.objects.exists()


def test_one_with_files_is_refused_with_a_sentence(
    client: Client, capture: Capture, curator: User, volunteer: User, stranger: User
) -> None:
    add_files(capture, [("notes.pdf", io.BytesIO(b"x"))], by=curator)
    status, page = delete(client, capture, by=curator)
    assert status == 200
    assert "文件" in page or "holds files" in page
    client.post(
        reverse("admin:captures_capture_changelist"),
        {"action": "delete_selected", "_selected_action": capture.pk, "post": "yes"},
    )
    for person in (volunteer, stranger):
        assert delete(client, capture, by=person)[0] in (302, 403)
    assert Capture.objects.get().files.count() == 1
