"""The register: relics, intangible heritage, and the people and places they name."""

from .acts import (
    ACTS,
    Act,
    AttributionOpinion,
    ConditionCheck,
    CustodyChange,
    DatingOpinion,
    Grading,
    Move,
    Naming,
)
from .authorities import Agent, Period, Place
from .collection import Collection, Membership
from .element import Bearer, Element, TechniqueOf, Transmission
from .event import RecordEvent
from .record import LinkRow, Record
from .relic import Dimension, Relic, RelicMaterial
from .relic_rows import (
    RELIC_ROWS,
    ExternalIdentifier,
    RareBook,
    RelicFacet,
    RelicName,
    RelicNumber,
    Rubbing,
    UnderwaterFind,
)
from .term import Term, VocabularyEdition

__all__ = [
    "ACTS",
    "RELIC_ROWS",
    "Act",
    "Agent",
    "AttributionOpinion",
    "Bearer",
    "Collection",
    "ConditionCheck",
    "CustodyChange",
    "DatingOpinion",
    "Dimension",
    "Element",
    "ExternalIdentifier",
    "Grading",
    "LinkRow",
    "Membership",
    "Move",
    "Naming",
    "Period",
    "Place",
    "RareBook",
    "Record",
    "RecordEvent",
    "Relic",
    "RelicFacet",
    "RelicMaterial",
    "RelicName",
    "RelicNumber",
    "Rubbing",
    "TechniqueOf",
    "Term",
    "Transmission",
    "UnderwaterFind",
    "VocabularyEdition",
]
