"""Make further files of a model from its master: for a phone, for printing, for study."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from heritage.captures import bell
from heritage.captures.errors import (
    NothingToMake,
    RunHasNoModel,
    UnknownProduct,
)
from heritage.captures.masters import master_files
from heritage.captures.models import Run
from heritage.captures.permission import check_member
from heritage.captures.products import OTHERS, READY, Product, products_of
from heritage.captures.profiles import museum_profiles

from .runs import check_room

State = Run.State


def make_further(run: Run, names: Sequence[str], *, by: AbstractBaseUser | None) -> Run:
    """Ask for products of a model that are not there yet, or are no longer current.

    What is there as it should be is not made again. Raises `NotPermitted`,
    `RunHasNoModel`, `UnknownProduct`, `NothingToMake` or `NoRoom`.
    """
    check_member(run.capture, by)
    model = run.adds_to or run
    model.refresh_from_db()
    if model.state != State.SUCCEEDED:
        raise RunHasNoModel(model.get_state_display())
    master = model.master_of or model
    check_room(_master_bytes(master))
    with transaction.atomic():
        Run.objects.select_for_update().get(pk=model.pk)
        wanted = _wanted(products_of(model), names)
        addition = Run.objects.create(
            capture=model.capture,
            type=Run.Type.ADD,
            master_of=master,
            adds_to=model,
            is_exact=master.is_exact,
            parameters=_parameters(model, wanted),
            asked_by_id=by.pk if by else None,
        )
        bell.ring(addition)
    return addition


def make_again(run: Run, *, by: AbstractBaseUser | None) -> Run:
    """Make those files of a model again whose profiles have changed since, no others."""
    model = run.adds_to or run
    changed = [one.name for one in products_of(model).values() if is_outdated(one)]
    return make_further(model, changed, by=by)


def is_outdated(product: Product) -> bool:
    """Tell whether its files were made by another form of the profile."""
    return bool(product.files) and not product.is_current


def _wanted(products: dict[str, Product], names: Sequence[str]) -> list[str]:
    unknown = [name for name in names if name not in products]
    if unknown:
        raise UnknownProduct(unknown[0])
    asked = [products[name] for name in dict.fromkeys(names)]
    wanted = [one.name for one in asked if one.state != READY and not one.making]
    if not wanted:
        raise NothingToMake(is_under_way=any(one.making for one in asked))
    return wanted


def _parameters(model: Run, names: Sequence[str]) -> dict[str, Any]:
    profiles = museum_profiles()
    return {
        "upright": model.report["upright"]["used"],
        "profiles": {n: profiles[n].values for n in names if n not in OTHERS},
        "also": [name for name in names if name in OTHERS],
    }


def _master_bytes(master: Run) -> int:
    return sum(file.size_bytes for file in master_files(master))
