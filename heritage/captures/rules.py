"""The policies of captures, runs and what they give."""

from heritage.catalogue.models import Relic
from heritage.catalogue.policy import (
    AllOf,
    AnyOf,
    Is,
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
    declare(CaptureFile, Policy(_members("capture.relic")))
    declare(Run, Policy(_members("capture.relic")))
    declare(RunStage, Policy(_members("run.capture.relic")))
    declare(Upright, Policy(_members("run.capture.relic")))
    declare(Derivative, Policy(AnyOf((_members("run.capture.relic"), _published()))))


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
