"""Who did something, as a column of whatever was done."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def by_whom(name: "str | _StrPromise") -> "models.ForeignKey[Any, Any]":
    """Give a column for a person; what was done stays when the account is gone."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True,
        related_name="+", verbose_name=name,
    )  # fmt: skip
