"""What a granted request opens, and the address that leads there."""

import hmac
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from heritage.captures.models import Derivative
from heritage.catalogue.policy import Person

from .models import ModelRequest

SALT: Final = "heritage.pages.granted"
REQUEST: Final = "request"  # the kind of scope that a granted request is
# What each wish opens of a relic's files.
ROLES: Final = {
    ModelRequest.Wish.SCREEN: (Derivative.Role.MODEL,),
    ModelRequest.Wish.PRINT: (Derivative.Role.MODEL, Derivative.Role.PRINT),
    ModelRequest.Wish.FULL: (
        Derivative.Role.MODEL, Derivative.Role.PRINT, Derivative.Role.STUDY,
    ),
}  # fmt: skip


def granted_address(asked: ModelRequest) -> str:
    """Give the page with the files, for the letter: who has it may load them."""
    path = reverse("granted", args=[asked.key, _signature(asked)])
    return f"{settings.BASE_IRI}{path}"


def find_granted(key: str, signature: str) -> ModelRequest | None:
    """Give the granted request of an address that was not made up, ended or not."""
    rows = ModelRequest.objects.filter(state=ModelRequest.State.GRANTED)
    asked = rows.select_related("relic").filter(key=key).first()
    if asked is None:
        return None
    is_ours = hmac.compare_digest(_signature(asked).encode(), signature.encode())
    return asked if is_ours else None


def is_in_force(asked: ModelRequest) -> bool:
    return ModelRequest.objects.in_force().filter(pk=asked.pk).exists()


def person_granted(key: str) -> Person | None:
    """Give who was granted files, as the one visibility function knows persons."""
    asked = ModelRequest.objects.in_force().filter(key=key).first()
    return person_of_request(asked) if asked else None


def person_of_request(asked: ModelRequest) -> Person:
    roles = ROLES[ModelRequest.Wish(asked.grant)]
    return Person(granted=frozenset((asked.relic_id, role.value) for role in roles))


def _signature(asked: ModelRequest) -> str:
    told = f"{asked.key}\n{asked.relic_id}\n{asked.grant}\n{asked.until}"
    return salted_hmac(SALT, told, algorithm="sha256").hexdigest()[:32]
