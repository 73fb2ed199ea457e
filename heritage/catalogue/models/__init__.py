"""The register: relics, intangible heritage, and the people and places they name."""

from .authorities import Agent, Period, Place
from .collection import Collection, Membership
from .element import Bearer, Element, TechniqueOf, Transmission
from .event import RecordEvent
from .record import LinkRow, Record
from .relic import Dimension, Relic, RelicMaterial
from .term import Term, VocabularyEdition

__all__ = [
    "Agent",
    "Bearer",
    "Collection",
    "Dimension",
    "Element",
    "LinkRow",
    "Membership",
    "Period",
    "Place",
    "Record",
    "RecordEvent",
    "Relic",
    "RelicMaterial",
    "TechniqueOf",
    "Term",
    "Transmission",
    "VocabularyEdition",
]
