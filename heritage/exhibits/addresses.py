"""Addresses that leave the house: absolute, for an engine on another machine."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.urls import reverse

from heritage.captures.media import media_address
from heritage.captures.models import Derivative
from heritage.captures.signed import Scope, signed_address, window_end
from heritage.catalogue.models import Record
from heritage.catalogue.policy import STRANGER, Person, allows

from .schemas import Bounds, Links, Model

Absolute = Callable[[str], str]
DEVICE: Final = "device"  # the kind of scope that a device key is


def links_of(record: Record, absolute: Absolute) -> Links:
    name = f"{record.kind}/{record.key}"
    return Links(
        id=f"{settings.BASE_IRI}/id/{name}",
        page=absolute(reverse(record.kind, args=[record.key])),
        data=absolute(f"/data/{name}.jsonld"),
    )


def model_of(
    derivative: Derivative, absolute: Absolute, person: Person, *, unit: str
) -> Model | None:
    """Describe a model; None for one whose cost or bounds nobody has measured."""
    bounds = derivative.figures.get("bounds")
    if not bounds or derivative.triangles is None or derivative.gpu_bytes is None:
        return None
    file = derivative.stored_file
    return Model(
        url=absolute(_address_for(derivative, person)),
        profile=derivative.profile,
        media_type=file.media_type,
        triangles=derivative.triangles,
        draws=derivative.draws or 1,
        bytes=file.size_bytes,
        gpu_bytes=derivative.gpu_bytes,
        sha512=file.sha512,
        bounds=Bounds(min=bounds["min"], max=bounds["max"]),
        unit=unit,
    )


def _address_for(derivative: Derivative, person: Person) -> str:
    """Give a device an address with its permission where the public has none."""
    if not person.device or allows(STRANGER, derivative):
        return media_address(derivative)
    scope = Scope(DEVICE, person.device)
    return signed_address(derivative, scope, until=window_end())
