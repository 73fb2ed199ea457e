"""The policies of exhibits."""

from heritage.catalogue.models import Element, Relic
from heritage.catalogue.policy import AllOf, Policy, Through, declare
from heritage.catalogue.rules import RECORD

from .models import Exhibit, ExhibitItem


def declare_policies() -> None:
    declare(Exhibit, Policy(RECORD))
    ends = (
        Through("exhibit", Exhibit),
        Through("relic", Relic, optional=True),
        Through("element", Element, optional=True),
    )
    declare(ExhibitItem, Policy(AllOf(ends)))
