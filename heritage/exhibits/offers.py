"""What there is of each thing for a device, dealt out by rank."""

from collections.abc import Sequence

from heritage.catalogue.policy import Person

from . import furniture
from .addresses import Absolute, model_of
from .choose import Choice, Level, Offer, choose
from .devices import Cost, Device
from .importance import Rank
from .models import ExhibitItem
from .schemas import Model
from .shown import Shown


def models_for(
    shown: Shown | None, device: Device, absolute: Absolute, person: Person
) -> list[Model]:
    """The models of an object that the device may be given, coarse to fine."""
    if shown is None:
        return []
    offered = (level for level in shown.levels if level.profile in device.levels)
    found = (model_of(one, absolute, person, unit=shown.unit) for one in offered)
    return [model for model in found if model]


def offer(item: ExhibitItem, models: Sequence[Model], *, spots: int) -> Offer:
    """Say what there is of a thing; `spots`: how many hotspots are on it."""
    return Offer(
        levels=[_level(model) for model in models],
        label=furniture.PANEL if item.element_id else furniture.LABEL,
        beside=furniture.markers(spots),
    )


def deal(
    offers: Sequence[Offer],
    ranked: Sequence[Rank],
    budget: Cost,
    *,
    signs: int,
    spent: Cost,
) -> tuple[list[Choice], list[Choice]]:
    """Give the choices for the things and for the names on the floor, as they were given.

    The names come after all things, before anything's detail.
    """
    order = sorted(range(len(offers)), key=lambda n: ranked[n].turn)
    names = [Offer(label=furniture.SIGN)] * signs
    dealt = choose([*(offers[n] for n in order), *names], budget, spent=spent)
    of = dict(zip(order, dealt, strict=False))
    return [of[n] for n in range(len(offers))], dealt[len(offers) :]


def _level(model: Model) -> Level:
    return Level(model.profile, Cost(model.triangles, model.draws, model.gpu_bytes))
