"""The log of acts names kinds of records in the reader's words."""

import pytest
from django.contrib import admin
from django.utils.translation import override

from heritage.catalogue.models import RecordEvent


@pytest.mark.parametrize(
    ("language", "kind", "shown"),
    [
        ("zh-hans", "relic", "文物"),
        ("zh-hans", "exhibit", "展览"),
        ("en", "exhibit", "exhibit"),
        ("en", "a kind of before", "a kind of before"),
    ],
)
def test_kinds_are_named(language: str, kind: str, shown: str) -> None:
    page = admin.site.get_model_admin(RecordEvent)
    with override(language):
        assert page.kind_shown(RecordEvent(record_kind=kind)) == shown  # type: ignore[attr-defined]
