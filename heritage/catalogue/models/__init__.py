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
from .bearer import SCOPES, Bearer, Consent, Recognition, Transmission
from .collection import Collection, Membership
from .decision import Decision
from .element import (
    ELEMENT_ROWS,
    Element,
    ElementChapter,
    ElementDomain,
    ElementFacet,
    ElementListing,
    ElementPart,
    TechniqueOf,
)
from .event import RecordEvent
from .record import LinkRow, Record
from .recording import DELIVERABLES, Recording, RecordingItem
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
from .review import (
    Approval,
    Comment,
    FormDraft,
    MuseumSettings,
    ProposedEdit,
    RestrictedRead,
    SafetyCheck,
)
from .site import (
    SITE_ROWS,
    Datum,
    FindBatch,
    Protection,
    Site,
    SiteFacet,
)
from .study import STUDY_ROWS, AgentRole, Citation, MotifTag, RelicTechnique
from .term import Term, VocabularyEdition

__all__ = [
    "ACTS",
    "DELIVERABLES",
    "ELEMENT_ROWS",
    "RELIC_ROWS",
    "SCOPES",
    "SITE_ROWS",
    "STUDY_ROWS",
    "Act",
    "Agent",
    "AgentRole",
    "Approval",
    "AttributionOpinion",
    "Bearer",
    "Citation",
    "Collection",
    "Comment",
    "ConditionCheck",
    "Consent",
    "CustodyChange",
    "DatingOpinion",
    "Datum",
    "Decision",
    "Dimension",
    "Element",
    "ElementChapter",
    "ElementDomain",
    "ElementFacet",
    "ElementListing",
    "ElementPart",
    "ExternalIdentifier",
    "FindBatch",
    "FormDraft",
    "Grading",
    "LinkRow",
    "Membership",
    "MotifTag",
    "Move",
    "MuseumSettings",
    "Naming",
    "Period",
    "Place",
    "ProposedEdit",
    "Protection",
    "RareBook",
    "Recognition",
    "Record",
    "RecordEvent",
    "Recording",
    "RecordingItem",
    "Relic",
    "RelicFacet",
    "RelicMaterial",
    "RelicName",
    "RelicNumber",
    "RelicTechnique",
    "RestrictedRead",
    "Rubbing",
    "SafetyCheck",
    "Site",
    "SiteFacet",
    "TechniqueOf",
    "Term",
    "Transmission",
    "UnderwaterFind",
    "VocabularyEdition",
]
