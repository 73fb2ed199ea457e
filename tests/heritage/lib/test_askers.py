"""Who asks is told apart by his own address, not by that of a proxy."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from heritage.lib.askers import asker


def account(*, peer: str = "127.0.0.1", forwarded: str = "") -> str:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)
    request.user = AnonymousUser()
    return asker(request)


OURS = account(peer="8.8.4.4")


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded"),
    [
        (1, "127.0.0.1", "8.8.4.4"),
        (1, "127.0.0.1", "203.0.113.9, 8.8.4.4"),  # what he says himself is nothing
        (2, "127.0.0.1", "203.0.113.9, 8.8.4.4, 192.0.2.1"),
        (1, "172.18.0.2", "8.8.4.4"),  # a proxy in a container
        (1, "", "8.8.4.4"),  # by a Unix socket
        (2, "127.0.0.1", "8.8.4.4"),  # past the outer of the two
        (0, "8.8.4.4", "203.0.113.9"),
        (1, "8.8.4.4", "203.0.113.9"),  # no proxy of ours: he came by himself
    ],
)
def test_it_is_the_clients_address(
    settings: Any, proxies: int, peer: str, forwarded: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert account(peer=peer, forwarded=forwarded) == OURS


def test_a_household_is_one_asker() -> None:
    one, other = account(peer="2001:db8::1"), account(peer="2001:db8::ffff")
    assert one == other != account(peer="2001:db8:0:1::1")
