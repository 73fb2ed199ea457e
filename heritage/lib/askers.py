"""Who asks, for the accounts of the query process: no address is kept or passed on."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def asker(request: HttpRequest) -> str:
    """Name the account by its number, anybody else by a keyed hash of the address."""
    if request.user.is_authenticated:
        return f"user-{request.user.pk}"
    digest = salted_hmac("sparql-asker", _network(_address(request))).hexdigest()
    return f"address-{digest[:16]}"


def _address(request: HttpRequest) -> str:
    """Give the client's address, from behind as many proxies as the settings name.

    They are believed only on this machine or in the house's own network.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.TRUSTED_PROXIES:
        return peer
    forwarded = request.headers.get("X-Forwarded-For", "")
    if not (forwarded and _is_of_the_house(peer)):
        return peer
    addresses = [part.strip() for part in forwarded.split(",")]
    return addresses[-min(settings.TRUSTED_PROXIES, len(addresses))]


def _is_of_the_house(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return not address  # a Unix socket has none


def _network(address: str) -> str:
    """Give what one household has: an IPv6 customer owns at least a /64."""
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False))
