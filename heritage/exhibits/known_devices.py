"""Who asks the exhibit interface: everybody, or a device by its key."""

import hashlib
import threading
import time
from typing import Final

from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from heritage.catalogue.policy import STRANGER, Person, visible

from .device_models import DeviceKey
from .errors import TooManyRequests, UnknownKey
from .models import Exhibit, ExhibitItem

PREFIX: Final = "hk_"
SLICES: Final = 20  # a process takes a twentieth of the minute's requests at once
MINUTE_S: Final = 60

# What this process has taken of each key's minute and not spent: key → (minute, left).
_taken: dict[str, tuple[int, int]] = {}
_lock = threading.Lock()


class DeviceAuth(HttpBearer):
    """`Authorization: Bearer <device key>`; without it, everybody's view."""

    def authenticate(self, request: HttpRequest, token: str) -> Person:
        """Give the device's role. Raises `UnknownKey` or `TooManyRequests`."""
        device = find_key(token)
        if device is None:
            raise UnknownKey
        count_request(device)
        return person_of_device(device)


def everybody(request: HttpRequest) -> Person:
    return STRANGER


def exhibits_for(person: Person) -> QuerySet[Exhibit]:
    """Give the exhibits that this person may open here; a limited device its own."""
    rows = visible(Exhibit.objects.all(), person)
    device = find_in_force(person.device) if person.device else None
    limit = exhibits_of(device) if device else None
    return rows if limit is None else rows.filter(pk__in=limit)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def find_key(secret: str) -> DeviceKey | None:
    """Give the key that this secret belongs to, if it is in force."""
    return DeviceKey.objects.in_force().filter(digest=digest_of(secret)).first()


def find_in_force(key: str) -> DeviceKey | None:
    """Give the key of this number, if it is in force."""
    return DeviceKey.objects.in_force().filter(key=key).first()


def person_of_device(device: DeviceKey) -> Person:
    """Give the role "exhibit device" with what this key opens.

    A relic of another collection is shown by its own rules, whoever hung it there.
    """
    exhibits = exhibits_of(device)
    shown = None
    if exhibits is not None:
        items = ExhibitItem.objects.filter(exhibit__in=exhibits, relic__isnull=False)
        shown = frozenset(items.values_list("relic_id", flat=True))
    return Person(
        device=device.key,
        shows_in=frozenset({device.collection_id}),
        shows=shown,
    )


def exhibits_of(device: DeviceKey) -> frozenset[int] | None:
    """Give the exhibits a key is limited to; None for no limit.

    A limited key stays so when the last of its exhibits is deleted.
    """
    named = frozenset(device.exhibits.values_list("pk", flat=True))
    return named if named or device.only_some else None


def count_request(device: DeviceKey, *, now_s: float | None = None) -> None:
    """Count one request, in this process and at times in the row.

    Never more than `rate` are let through in a minute by all processes together: each
    takes a slice of them from the row first. Raises `TooManyRequests`.
    """
    minute = int((time.time() if now_s is None else now_s) // MINUTE_S)
    with _lock:
        known, left = _taken.get(device.key, (minute, 0))
        if known != minute or left == 0:
            left = _take_slice(device, minute)
        if left == 0:
            raise TooManyRequests(device.rate)
        _taken[device.key] = (minute, left - 1)


def _take_slice(device: DeviceKey, minute: int) -> int:
    """Take some of the minute's requests from the row; 0 if none is left."""
    row = DeviceKey.objects.filter(pk=device.pk)
    told = {"last_used_at": timezone.now(), "used_minute": minute}
    size = max(1, device.rate // SLICES)
    if row.filter(used_minute__lt=minute).update(**told, used_count=size):
        return size
    while size:
        fits = row.filter(used_minute=minute, used_count__lte=device.rate - size)
        if fits.update(**told, used_count=F("used_count") + size):
            return size
        size //= 2
    return 0
