"""Who may see what: declared once, compiled to SQL, and evaluated on one object.

A policy is a rule about a model. The same rule gives a filter (`visible`) and a verdict
on one object or field (`allows`); a property test holds the two equal. A model without
a policy is seen by nobody but administrators.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import Any, Final, Protocol, TypeVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from .models.collection import Membership

M = TypeVar("M", bound=Model)
Role = Membership.Role
ADMINISTRATOR: Final = "administrator"
EXHIBIT_DEVICE: Final = "exhibit device"


@dataclass(frozen=True)
class Person:
    """Who asks: an account and its parts in collections, read once a request.

    Each set names collections: where the person curates, drafts (volunteers and
    contributors), keeps the ledger, keeps the store, or reads as a scholar.

    An exhibit device has no account: `device` names its key, `shows_in` the collections
    whose relics it shows, `shows` the relics if it is for some exhibits only. Whoever
    was granted files holds `granted`: pairs of a relic and a role of its files.
    """

    user_id: int | None = None
    is_administrator: bool = False
    curates: frozenset[int] = frozenset()
    helps: frozenset[int] = frozenset()
    keeps_ledger: frozenset[int] = frozenset()
    keeps_store: frozenset[int] = frozenset()
    studies: frozenset[int] = frozenset()
    device: str = ""
    shows_in: frozenset[int] = frozenset()
    shows: frozenset[int] | None = None
    granted: frozenset[tuple[int, str]] = frozenset()

    @classmethod
    def of(cls, user: AbstractBaseUser | AnonymousUser | None) -> "Person":
        if user is None or not user.is_authenticated or not user.is_active:
            return STRANGER
        rows = Membership.objects.filter(user_id=user.pk).values_list(
            "collection_id", "role"
        )
        by_role: dict[str, set[int]] = {role: set() for role in Role.values}
        for collection, role in rows:
            by_role[role].add(collection)
        return cls(
            user_id=user.pk,
            is_administrator=_administers(user),
            curates=frozenset(by_role[Role.CURATOR]),
            helps=frozenset(by_role[Role.VOLUNTEER] | by_role[Role.CONTRIBUTOR]),
            keeps_ledger=frozenset(by_role[Role.LEDGER_KEEPER]),
            keeps_store=frozenset(by_role[Role.STORE_KEEPER]),
            studies=frozenset(by_role[Role.SCHOLAR]),
        )

    @property
    def works_in(self) -> frozenset[int]:
        """The collections whose records this person writes."""
        return self.curates | self.helps

    @property
    def reads_in(self) -> frozenset[int]:
        """The collections whose drafts this person may read."""
        return self.works_in | self.keeps_ledger | self.keeps_store | self.studies


def _administers(user: AbstractBaseUser) -> bool:
    if getattr(user, "is_superuser", False):
        return True
    if not getattr(user, "is_staff", False):
        return False
    return Group.objects.filter(user=user.pk, name=ADMINISTRATOR).exists()


STRANGER = Person()


def person_of(request: HttpRequest) -> Person:
    """Give who asks, read once a request."""
    person: Person | None = getattr(request, "heritage_person", None)
    if person is None:
        person = Person.of(request.user)
        request.heritage_person = person  # type: ignore[attr-defined]
    return person


class Rule(Protocol):
    def q(self, person: Person, prefix: str = "") -> Q: ...

    def holds(self, person: Person, thing: Any) -> bool: ...


@dataclass(frozen=True)
class Is:
    """The field at `path` (dots between models) has one of these values."""

    path: str
    values: frozenset[Any]

    def q(self, person: Person, prefix: str = "") -> Q:
        return Q(**{f"{prefix}{_lookup(self.path)}__in": sorted(self.values)})

    def holds(self, person: Person, thing: Any) -> bool:
        return _follow(thing, self.path) in self.values


@dataclass(frozen=True)
class Curates:
    """The person is a curator of the collection at `path`."""

    path: str = "collection"

    def q(self, person: Person, prefix: str = "") -> Q:
        return Q(**{f"{prefix}{_lookup(self.path)}_id__in": sorted(person.curates)})

    def holds(self, person: Person, thing: Any) -> bool:
        return _follow(thing, f"{self.path}_id") in person.curates


@dataclass(frozen=True)
class WorksIn:
    """The person is a curator or volunteer of the collection at `path`."""

    path: str = "collection"

    def q(self, person: Person, prefix: str = "") -> Q:
        ids = sorted(person.works_in)
        return Q(**{f"{prefix}{_lookup(self.path)}_id__in": ids})

    def holds(self, person: Person, thing: Any) -> bool:
        return _follow(thing, f"{self.path}_id") in person.works_in


@dataclass(frozen=True)
class ReadsIn:
    """The person has a part, whichever, in the collection at `path`."""

    path: str = "collection"

    def q(self, person: Person, prefix: str = "") -> Q:
        ids = sorted(person.reads_in)
        return Q(**{f"{prefix}{_lookup(self.path)}_id__in": ids})

    def holds(self, person: Person, thing: Any) -> bool:
        return _follow(thing, f"{self.path}_id") in person.reads_in


@dataclass(frozen=True)
class Keeps:
    """The person keeps the ledger, or the store where `store`, of the collection."""

    path: str = "collection"
    store: bool = False

    def q(self, person: Person, prefix: str = "") -> Q:
        ids = sorted(self._kept(person))
        return Q(**{f"{prefix}{_lookup(self.path)}_id__in": ids})

    def holds(self, person: Person, thing: Any) -> bool:
        return _follow(thing, f"{self.path}_id") in self._kept(person)

    def _kept(self, person: Person) -> frozenset[int]:
        return person.keeps_store if self.store else person.keeps_ledger


@dataclass(frozen=True)
class Shows:
    """The person is an exhibit device that shows the relic at `path`."""

    path: str = "relic"

    def q(self, person: Person, prefix: str = "") -> Q:
        at = f"{prefix}{_lookup(self.path)}"
        here = Q(**{f"{at}__collection_id__in": sorted(person.shows_in)})
        if person.shows is None:
            return here
        return here & Q(**{f"{at}_id__in": sorted(person.shows)})

    def holds(self, person: Person, thing: Any) -> bool:
        relic = _follow(thing, self.path)
        here = relic.collection_id in person.shows_in
        return here and (person.shows is None or relic.pk in person.shows)


@dataclass(frozen=True)
class Granted:
    """A curator has granted the person files of this role of the relic at `path`."""

    path: str = "relic"
    role: str = "role"

    def q(self, person: Person, prefix: str = "") -> Q:
        at = f"{prefix}{_lookup(self.path)}_id"
        role = f"{prefix}{_lookup(self.role)}"
        nothing = Q(**{f"{prefix}pk__in": []})
        pairs = (Q(**{at: pk, role: name}) for pk, name in sorted(person.granted))
        return reduce(or_, pairs, nothing)

    def holds(self, person: Person, thing: Any) -> bool:
        relic = _follow(thing, self.path)
        return (relic.pk, _follow(thing, self.role)) in person.granted


@dataclass(frozen=True)
class Through:
    """What `path` leads to (a model with a policy of its own) is visible.

    An empty relation counts as visible when `optional`, else as hidden.
    """

    path: str
    model: type[Model]
    optional: bool = False

    def q(self, person: Person, prefix: str = "") -> Q:
        at = f"{prefix}{_lookup(self.path)}"
        seen = policy_of(self.model).filter(person, f"{at}__")
        # Without this a join to no row would count as hidden *and* as matching NOT.
        present = Q(**{f"{at}__isnull": False}) & seen
        return present | Q(**{f"{at}__isnull": True}) if self.optional else present

    def holds(self, person: Person, thing: Any) -> bool:
        end = _follow(thing, self.path)
        return (
            self.optional if end is None else policy_of(self.model).holds(person, end)
        )


@dataclass(frozen=True)
class AnyOf:
    rules: tuple[Rule, ...]

    def q(self, person: Person, prefix: str = "") -> Q:
        return reduce(or_, (rule.q(person, prefix) for rule in self.rules))

    def holds(self, person: Person, thing: Any) -> bool:
        return any(rule.holds(person, thing) for rule in self.rules)


@dataclass(frozen=True)
class AllOf:
    rules: tuple[Rule, ...]

    def q(self, person: Person, prefix: str = "") -> Q:
        return reduce(and_, (rule.q(person, prefix) for rule in self.rules))

    def holds(self, person: Person, thing: Any) -> bool:
        return all(rule.holds(person, thing) for rule in self.rules)


@dataclass(frozen=True)
class Policy:
    """Who sees rows of a model, and which fields need a stricter rule.

    `always` holds for administrators as well: what is out of sight is so for everybody.
    """

    rule: Rule
    fields: Mapping[str, Rule] = field(default_factory=dict)
    always: Rule | None = None

    @property
    def is_declared(self) -> bool:
        return not isinstance(self.rule, Nobody)

    def filter(self, person: Person, prefix: str = "") -> Q:
        always = self.always.q(person, prefix) if self.always else Q()
        if person.is_administrator:
            return always
        return always & self.rule.q(person, prefix)

    def holds(self, person: Person, thing: Any, name: str | None = None) -> bool:
        if self.always is not None and not self.always.holds(person, thing):
            return False
        if person.is_administrator:
            return True
        if not self.rule.holds(person, thing):
            return False
        return (
            name is None
            or name not in self.fields
            or self.fields[name].holds(person, thing)
        )


@dataclass(frozen=True)
class Anybody:
    """The rule of what is public whatever happens: our vocabularies."""

    def q(self, person: Person, prefix: str = "") -> Q:
        return Q(**{f"{prefix}pk__isnull": False})

    def holds(self, person: Person, thing: Any) -> bool:
        return True


@dataclass(frozen=True)
class Nobody:
    """The rule of a model nobody has declared a policy for: default deny."""

    def q(self, person: Person, prefix: str = "") -> Q:
        return Q(**{f"{prefix}pk__in": []})

    def holds(self, person: Person, thing: Any) -> bool:
        return False


_policies: dict[type[Model], Policy] = {}


def declare(model: type[Model], policy: Policy) -> None:
    _policies[model] = policy


def policy_of(model: type[Model]) -> Policy:
    return _policies.get(model, Policy(Nobody()))


def declared() -> Mapping[type[Model], Policy]:
    return dict(_policies)


def visible(rows: QuerySet[M], person: Person) -> QuerySet[M]:
    """Keep the rows this person may see."""
    return rows.filter(policy_of(rows.model).filter(person))


def allows(person: Person, thing: Model, name: str | None = None) -> bool:
    """Tell whether this person may see the thing, or its field of this name."""
    return policy_of(type(thing)).holds(person, thing, name)


def _lookup(path: str) -> str:
    return path.replace(".", "__")


def _follow(thing: Any, path: str) -> Any:
    for name in path.split("."):
        if thing is None:
            return None
        thing = getattr(thing, name)
    return thing
