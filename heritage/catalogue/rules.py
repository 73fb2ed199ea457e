"""The policies of the register's models."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model, Q

from .models import (
    ACTS,
    ELEMENT_ROWS,
    IDENTIFIERS,
    RELIC_ROWS,
    SCOPES,
    SITE_ROWS,
    STUDY_ROWS,
    Agent,
    AgentRole,
    Bearer,
    Collection,
    Consent,
    Element,
    FindBatch,
    Move,
    Period,
    Place,
    Recognition,
    Record,
    Recording,
    RecordingItem,
    Relic,
    Site,
    TechniqueOf,
    Term,
    Transmission,
)
from .policy import (
    AllOf,
    Anybody,
    AnyOf,
    Curates,
    Is,
    Keeps,
    Person,
    Policy,
    ReadsIn,
    Rule,
    Through,
    WorksIn,
    declare,
)

RELEASED = Is("state", frozenset({Record.State.RELEASED.value}))
RECORD = AnyOf((RELEASED, ReadsIn()))
YES: Final = frozenset({True})
NEAR: Final = frozenset({Site.Shown.EXACT.value, Site.Shown.TOWNSHIP.value})
EXACT_FIND: Final = frozenset({Relic.FindShown.EXACT.value})
# What is never public, whatever the state: docs/explanations/visibility.md.
PRIVATE_FIELDS: dict[type[Model], tuple[str, ...]] = {
    Agent: ("birth_date", "contact", "address", "id_number"),
    Relic: (
        "store_location",
        "source_note",
        "acquired_from",
        "price",
        "price_currency",
    ),
    Bearer: ("consent_until",),
}
# Who besides curators reads some of that: what a thing cost is the ledger's, where it lies
# the ledger's and the store's.
LEDGER, STORE = Keeps(), Keeps(store=True)
READ_BY_KEEPERS: Final[dict[str, tuple[Rule, ...]]] = {
    "store_location": (LEDGER, STORE),
    "source_note": (LEDGER,),
    "acquired_from": (LEDGER,),
    "price": (LEDGER,),
    "price_currency": (LEDGER,),
}
# What of a bearer each scope of a consent opens; the scope is itself a name to ask for.
OPENED_BY: Final = {
    "lineage": ("lineage", "generation"),
    "life": (
        "life", "applicant", "region", "practising_since", "works_zh", "works_en",
        "activities_zh", "activities_en",
    ),
    "recordings": ("recordings",),
}  # fmt: skip


def declare_policies() -> None:
    for model in (Element, FindBatch, Place, Period):
        declare(model, Policy(RECORD, _private(model)))
    declare(Relic, Policy(RECORD, _private(Relic) | _find_places()))
    _declare_people()
    _declare_rows()
    _declare_recordings()
    _declare_sites()
    declare(
        TechniqueOf,
        Policy(AllOf((Through("element", Element), Through("relic", Relic)))),
    )
    declare(Term, Policy(Anybody()))
    declare(Collection, Policy(_MembersOfItself()))


def _private(model: type[Model]) -> dict[str, Rule]:
    return {
        name: AnyOf((Curates(), *READ_BY_KEEPERS.get(name, ())))
        for name in PRIVATE_FIELDS.get(model, ())
    }


def _find_places() -> dict[str, Rule]:
    """What came from a site tells no more of where than the site itself.

    `find_area` is a name to ask for: some place around may be told, if not the place.
    """
    site = "find_batch.site"
    told = AllOf((Through(site, Site), Is(f"{site}.shown_as", NEAR)))
    area = AnyOf((IsEmpty("find_batch"), told, WorksIn(f"{site}.collection")))
    exact = AnyOf((Is("find_shown_as", EXACT_FIND), WorksIn()))
    return {"find_area": area, "find_place": AllOf((area, exact))}


def _declare_people() -> None:
    life = AnyOf((_LifeIsOpen(), WorksIn()))
    of_life: dict[str, Rule] = dict.fromkeys(
        ("birth_year", "gender", "ethnicity"), life
    )
    declare(Agent, Policy(RECORD, of_life | _private(Agent)))
    opened: dict[str, Rule] = {
        name: AnyOf((Is(f"open_{scope}", YES), WorksIn()))
        for scope in SCOPES
        for name in OPENED_BY[scope]
    }
    declare(Bearer, Policy(RECORD, opened | _private(Bearer)))
    ends = tuple(_shown_end(end) for end in ("master", "apprentice"))
    # Who disagreed is told to those who work with both.
    own = AllOf(tuple(WorksIn(f"{end}.collection") for end in ("master", "apprentice")))
    declare(Transmission, Policy(AllOf(ends), {"dissent": own}))


def _shown_end(end: str) -> Rule:
    agreed = AnyOf((Is(f"{end}.open_lineage", YES), WorksIn(f"{end}.collection")))
    return AllOf((Through(end, Bearer), agreed))


def _declare_rows() -> None:
    of_relic = Through("relic", Relic)
    for row in (*RELIC_ROWS, *STUDY_ROWS):
        declare(row, Policy(of_relic))
    for act in ACTS:
        declare(act, Policy(of_relic, {"dissent": WorksIn("relic.collection")}))
    at = "relic.collection"
    movers = AnyOf((Curates(at), Keeps(at), Keeps(at, store=True)))
    declare(Move, Policy(AllOf((of_relic, movers))))
    for model, numbers in IDENTIFIERS.items():
        declare(numbers, Policy(Through(numbers.owner, model)))
    inside = ReadsIn("agent.collection")
    declare(AgentRole, Policy(AllOf((Through("agent", Agent), inside))))
    for row in ELEMENT_ROWS:
        dissent = {"dissent": WorksIn("element.collection")}
        declare(row, Policy(Through("element", Element), dissent))
    of_bearer = Through("bearer", Bearer)
    dissent = {"dissent": WorksIn("bearer.collection")}
    declare(Recognition, Policy(of_bearer, dissent))
    declare(Consent, Policy(AllOf((of_bearer, Curates("bearer.collection")))))


def _declare_recordings() -> None:
    agreed = AnyOf((IsEmpty("bearer"), Is("bearer.open_recordings", YES)))
    of_public = (
        Through("bearer", Bearer, optional=True),
        Through("element", Element, optional=True),
    )
    for_all = AllOf((RELEASED, agreed, *of_public))
    inside: dict[str, Rule] = dict.fromkeys(
        ("plan", "crew", "agreement_signed_on"), WorksIn()
    )
    declare(Recording, Policy(AnyOf((for_all, WorksIn())), inside))
    works = WorksIn("recording.collection")
    shown = AnyOf((Is("is_public", YES), works))
    declare(
        RecordingItem,
        Policy(AllOf((Through("recording", Recording), shown)), {"carrier": works}),
    )


def _declare_sites() -> None:
    exact = AnyOf((Is("shown_as", frozenset({Site.Shown.EXACT.value})), Curates()))
    where = ("latitude", "longitude", "altitude_m", "precision_m", "address")
    zones = ("protection_zone", "control_zone")
    fields: dict[str, Rule] = dict.fromkeys((*where, *zones), exact)
    # A place of a name may itself lie on the map: a village tells more than a county.
    fields["place"] = AnyOf((Is("shown_as", NEAR), WorksIn()))
    declare(Site, Policy(RECORD, fields))
    for row in SITE_ROWS:
        dissent = {"dissent": WorksIn("site.collection")}
        declare(row, Policy(Through("site", Site), dissent))


@dataclass(frozen=True)
class IsEmpty:
    """The foreign key at `path` leads nowhere."""

    path: str

    def q(self, person: Person, prefix: str = "") -> Q:
        return Q(**{f"{prefix}{self.path}__isnull": True})

    def holds(self, person: Person, thing: Any) -> bool:
        return getattr(thing, f"{self.path}_id") is None


class _LifeIsOpen:
    """No bearer who is this person keeps his or her life to himself or herself."""

    def q(self, person: Person, prefix: str = "") -> Q:
        closed = Bearer.objects.filter(open_life=False)
        return ~Q(**{f"{prefix}pk__in": closed.values("person")})

    def holds(self, person: Person, thing: Agent) -> bool:
        return all(bearer.open_life for bearer in thing.bearings.all())


class _MembersOfItself:
    """A collection is seen by those who work in it."""

    def q(self, person: Person, prefix: str = "") -> Q:
        return Q(**{f"{prefix}pk__in": sorted(person.reads_in)})

    def holds(self, person: Person, thing: Collection) -> bool:
        return thing.pk in person.reads_in
