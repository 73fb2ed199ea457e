"""Rows that tell of what is kept are not deleted in passing."""

import io

import pytest
from django.contrib import admin
from django.test import RequestFactory

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.errors import EventsStay, NeverDeleted
from heritage.archive.models import (
    Deposit,
    PreservationEvent,
    PreservedRecord,
    StoredFile,
)
from tests.heritage.factories import make_user

pytestmark = pytest.mark.django_db
MODELS = (Deposit, StoredFile, PreservedRecord, PreservationEvent)


@pytest.fixture(autouse=True)
def deposit() -> Deposit:
    PreservedRecord.objects.create(kind="relic", key="k")
    return deposit_files([("a", io.BytesIO(b"a"))], by=None)


@pytest.mark.parametrize("model", MODELS)
def test_neither_one_row_nor_many_are_deleted(model: type) -> None:
    rows = model._default_manager  # type: ignore[attr-defined]
    for delete in (rows.all().delete, rows.first().delete, rows.filter(pk=1).delete):
        with pytest.raises((NeverDeleted, EventsStay)):
            delete()
    assert rows.exists()


@pytest.mark.parametrize("model", MODELS)
def test_not_in_the_admin_either(model: type) -> None:
    request = RequestFactory().get("/")
    request.user = make_user(is_superuser=True, is_staff=True)
    page = admin.site._registry[model]
    assert not page.has_delete_permission(request)
    assert "delete_selected" not in page.get_actions(request)


def test_through_what_they_belong_to_neither(deposit: Deposit) -> None:
    with pytest.raises(NeverDeleted):
        deposit.files.all().delete()
