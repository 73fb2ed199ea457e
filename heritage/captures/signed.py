"""Addresses of files that carry their own permission: who, which bytes, until when.

The signature binds the file's digest, the scope (`device:<key>`, `request:<key>`) and the
moment it ends. It says that the museum gave this address out, no more: whether the scope
still holds is asked of the policy each time, so a revoked key opens nothing.
"""

import hmac
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.utils.crypto import salted_hmac

from .media import media_path
from .models import Derivative

SALT: Final = "heritage.captures.signed"
# Addresses of one window are the same, so that an unchanged scene stays unchanged.
WINDOW_S: Final = 900


@dataclass(frozen=True)
class Scope:
    """For whom an address was signed: `kind` and the key of the row that allows it."""

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


def window_end(now_s: float | None = None) -> int:
    """Give the second at which addresses signed now end: one to two windows ahead."""
    now_s = time.time() if now_s is None else now_s
    return (int(now_s) // WINDOW_S + 2) * WINDOW_S


def signed_address(derivative: Derivative, scope: Scope, *, until: int) -> str:
    """Give the address with its permission, on the media server where there is one."""
    query = {
        "for": str(scope),
        "until": str(until),
        "signature": _signature(derivative, str(scope), until),
    }
    return f"{settings.MEDIA_ORIGIN}{media_path(derivative)}?{urlencode(query)}"


def read_scope(
    query: QueryDict, derivative: Derivative, *, now_s: float | None = None
) -> Scope | None:
    """Give the scope an address was signed for; None for none, a forged or ended one."""
    told, until, signature = (query.get(n, "") for n in ("for", "until", "signature"))
    if not (until.isdecimal() and until.isascii() and len(until) < 12):
        return None
    expected = _signature(derivative, told, int(until))
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        return None
    if int(until) < (time.time() if now_s is None else now_s):
        return None
    kind, _, key = told.partition(":")
    return Scope(kind, key)


def _signature(derivative: Derivative, scope: str, until: int) -> str:
    told = f"{derivative.key}\n{derivative.stored_file.sha512}\n{scope}\n{until}"
    return salted_hmac(SALT, told, algorithm="sha256").hexdigest()
