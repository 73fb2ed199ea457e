"""The policies of exhibits."""

from heritage.catalogue.models import Element, Relic
from heritage.catalogue.policy import (
    AllOf,
    AnyOf,
    Is,
    Policy,
    Through,
    WorksIn,
    declare,
)
from heritage.catalogue.rules import RECORD, YES

from .models import Exhibit, ExhibitItem, Hotspot, TourStop


def declare_policies() -> None:
    declare(Exhibit, Policy(RECORD))
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
