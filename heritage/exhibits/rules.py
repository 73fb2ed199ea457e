"""The policies of exhibits."""

from typing import Any

from django.db.models import Q

from heritage.archive.staying import in_use, is_in_use
from heritage.catalogue.models import Element, Relic
from heritage.catalogue.policy import (
    AllOf,
    AnyOf,
    Curates,
    Is,
    Person,
    Policy,
    Through,
    WorksIn,
    declare,
)
from heritage.catalogue.rules import RECORD, YES

from .device_models import DeviceKey
from .models import Exhibit, ExhibitItem, ExhibitRoom, Hotspot, Narration, TourStop


def declare_policies() -> None:
    declare(Exhibit, Policy(RECORD))
    declare(ExhibitRoom, Policy(Through("exhibit", Exhibit)))
    ends = (
        Through("exhibit", Exhibit),
        Through("relic", Relic, optional=True),
        Through("element", Element, optional=True),
    )
    declare(ExhibitItem, Policy(AllOf(ends)))
    shown = AnyOf((Is("is_shown", YES), WorksIn("relic.collection")))
    declare(Hotspot, Policy(AllOf((Through("relic", Relic), shown))))
    at_stop = (Through("exhibit", Exhibit), Through("item", ExhibitItem))
    declare(TourStop, Policy(AllOf(at_stop)))
    heard = (
        Through("exhibit", Exhibit),
        Through("item", ExhibitItem, optional=True),
        Through("stop", TourStop, optional=True),
        AnyOf((WorksIn("exhibit.collection"), SoundInUse())),
    )
    declare(Narration, Policy(AllOf(heard)))
    declare(DeviceKey, Policy(Curates()))


class SoundInUse:
    """The narration's file has come, and is neither retired nor erased."""

    def q(self, person: Person, prefix: str = "") -> Q:
        there = Q(**{f"{prefix}stored_file__isnull": False})
        return there & in_use(f"{prefix}stored_file__")

    def holds(self, person: Person, thing: Any) -> bool:
        return thing.stored_file is not None and is_in_use(thing.stored_file)
