"""The policies of captures, runs and what they give."""

from typing import Any

from django.db.models import Q

from heritage.archive.staying import in_use, is_in_use
from heritage.catalogue.models import Relic
from heritage.catalogue.policy import (
    AllOf,
    AnyOf,
    Is,
    Person,
    Policy,
    Rule,
    Through,
    WorksIn,
    declare,
)
from heritage.catalogue.rules import RELEASED

from .models import Capture, CaptureFile, Derivative, Run, RunStage, Upright

PUBLIC_ROLES = frozenset({Derivative.Role.MODEL.value, Derivative.Role.PICTURE.value})


def declare_policies() -> None:
    declare(Capture, Policy(_members("relic")))
    declare(CaptureFile, Policy(_members("capture.relic"), always=FileInUse()))
    declare(Run, Policy(_members("capture.relic")))
    declare(RunStage, Policy(_members("run.capture.relic")))
    declare(Upright, Policy(_members("run.capture.relic")))
    shown = AnyOf((_members("run.capture.relic"), _published()))
    declare(Derivative, Policy(shown, always=FileInUse()))


class FileInUse:
    """The row's stored file is neither retired nor erased."""

    def q(self, person: Person, prefix: str = "") -> Q:
        return in_use(f"{prefix}stored_file__")

    def holds(self, person: Person, thing: Any) -> bool:
        return is_in_use(thing.stored_file)


def _members(relic: str) -> Rule:
    """Those who work in the relic's collection."""
    return WorksIn(f"{relic}.collection")


def _published() -> Rule:
    """A model or picture of a released relic, from the run accepted for it."""
    return AllOf(
        (
            Through("run.capture.relic", Relic),
            Is("run.capture.relic.state", RELEASED.values),
            Is("run.is_accepted", frozenset({True})),
            Is("role", PUBLIC_ROLES),
        )
    )
