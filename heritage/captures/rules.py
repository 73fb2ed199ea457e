"""The policies of captures, runs and what they give."""

from typing import Any

from django.db.models import Q

from heritage.archive.staying import in_use, is_in_use
from heritage.catalogue.models import Relic
from heritage.catalogue.policy import (
    AllOf,
    AnyOf,
    Granted,
    Is,
    Person,
    Policy,
    Rule,
    Shows,
    Through,
    WorksIn,
    declare,
)
from heritage.catalogue.rules import RELEASED

from .models import (
    Calibration,
    Capture,
    CaptureFile,
    ChangeRecord,
    DeliveryProfile,
    Derivative,
    Device,
    FieldSheet,
    HandAct,
    MasterMotion,
    Project,
    ProjectItem,
    Run,
    RunDecision,
    RunStage,
    ScaleBar,
    Upright,
)

Role = Derivative.Role
Tier = Capture.Tier
# What the public gets of a released relic, and of which captures.
PUBLIC_ROLES = frozenset({Role.PICTURE.value})
TIERS: dict[str, frozenset[str]] = {
    Role.MODEL: frozenset({Tier.SCREEN.value, Tier.PRINT.value, Tier.FULL.value}),
    Role.PRINT: frozenset({Tier.PRINT.value, Tier.FULL.value}),
    Role.STUDY: frozenset({Tier.FULL.value}),
}


def declare_policies() -> None:
    declare(Capture, Policy(_members("relic")))
    declare(CaptureFile, Policy(_members("capture.relic"), always=FileInUse()))
    declare(Run, Policy(_members("capture.relic")))
    declare(RunStage, Policy(_members("run.capture.relic")))
    declare(HandAct, Policy(_members("capture.relic")))
    declare(ChangeRecord, Policy(_members("run.capture.relic")))
    declare(MasterMotion, Policy(_members("after.capture.relic")))
    declare(RunDecision, Policy(_members("run.capture.relic")))
    declare(Project, Policy(WorksIn("collection")))
    declare(ProjectItem, Policy(WorksIn("project.collection")))
    declare(Upright, Policy(_members("run.capture.relic")))
    shown = AnyOf((_members("run.capture.relic"), _published()))
    declare(Derivative, Policy(shown, always=FileInUse()))
    declare(FieldSheet, Policy(_members("capture.relic")))
    declare(ScaleBar, Policy(_members("sheet.capture.relic")))
    for museum_wide in (DeliveryProfile, Device, Calibration):
        declare(museum_wide, Policy(WorksSomewhere()))


class FileInUse:
    """The row's stored file is neither retired nor erased."""

    def q(self, person: Person, prefix: str = "") -> Q:
        return in_use(f"{prefix}stored_file__")

    def holds(self, person: Person, thing: Any) -> bool:
        return is_in_use(thing.stored_file)


def _members(relic: str) -> Rule:
    """Those who work in the relic's collection."""
    return WorksIn(f"{relic}.collection")


class WorksSomewhere:
    """The person works in some collection: what holds for the whole museum."""

    def q(self, person: Person, prefix: str = "") -> Q:
        nobody = Q(**{f"{prefix}pk__in": []})
        return ~nobody if person.curates | person.helps else nobody

    def holds(self, person: Person, thing: Any) -> bool:
        return bool(person.curates | person.helps)


def _published() -> Rule:
    """A file of a released relic, from the run accepted for it or added to that one."""
    return AllOf(
        (
            Through("run.capture.relic", Relic),
            Is("run.capture.relic.state", RELEASED.values),
            AnyOf(
                (
                    Is("run.is_accepted", frozenset({True})),
                    Is("run.adds_to.is_accepted", frozenset({True})),
                )
            ),
            AnyOf((_by_right(), _in_house(), Granted("run.capture.relic"))),
        )
    )


def _in_house() -> Rule:
    """Models for the museum's own exhibit devices, whatever the public gets."""
    model = Is("role", frozenset({Role.MODEL.value}))
    return AllOf((model, Shows("run.capture.relic")))


def _by_right() -> Rule:
    """Pictures; models, printing and study where the capture's tier says so."""
    more = (
        AllOf((Is("role", frozenset({role})), Is("run.capture.tier", tiers)))
        for role, tiers in TIERS.items()
    )
    return AnyOf((Is("role", PUBLIC_ROLES), *more))
