"""Issue and revoke the keys of exhibit devices."""

import secrets
from typing import Any

from django.utils import timezone

from heritage.catalogue.models import Collection
from heritage.catalogue.policy import Person
from heritage.exhibits.device_models import DeviceKey
from heritage.exhibits.errors import NotACurator
from heritage.exhibits.known_devices import PREFIX, digest_of

SECRET_BYTES = 32


def issue_key(device: DeviceKey, *, by: Any) -> str:
    """Save a new key and give its secret, which nobody can read again.

    Raises `NotACurator`.
    """
    check_curator(device.collection, by)
    secret = f"{PREFIX}{secrets.token_urlsafe(SECRET_BYTES)}"
    device.digest = digest_of(secret)
    device.created_by = by
    device.save()
    return secret


def revoke_key(device: DeviceKey, *, by: Any) -> bool:
    """Make a key open nothing any more; False if it already does not."""
    check_curator(device.collection, by)
    row = DeviceKey.objects.filter(pk=device.pk, revoked_at__isnull=True)
    device.revoked_at, device.revoked_by = timezone.now(), by
    if not row.update(revoked_at=device.revoked_at, revoked_by=by):
        return False
    device.save(update_fields=["revoked_at", "revoked_by"])  # so that it is preserved
    return True


def check_curator(collection: Collection, by: Any) -> None:
    person = Person.of(by)
    if not person.is_administrator and collection.pk not in person.curates:
        raise NotACurator
