"""Record what was decided of a relic, and let its fields follow from what stands."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.catalogue.errors import NotPermitted, WrongState
from heritage.catalogue.models import ACTS, Act, Move, Naming, Relic
from heritage.catalogue.policy import Person


@transaction.atomic
def record_act(act: Act, *, by: AbstractBaseUser | None) -> None:
    """Add an act; where it is the first of its kind, what stood before is kept as one.

    Raises `NotPermitted`: volunteers record, but only curators know where things are.
    """
    _check_worker(act, by)
    relic = _locked(act.relic)
    _keep_what_was(relic, act)
    _add(act, by)
    settle(act.relic, type(act))


@transaction.atomic
def strike_act(act: Act, *, by: AbstractBaseUser | None, reason: str) -> None:
    """Strike an act through: it stays to be read, and holds no longer.

    Raises `NotPermitted`, `WrongState`.
    """
    _check_curator(act, by)
    if not reason or not act.stands:
        raise WrongState(str(act), _("struck through, or without a reason to be"))
    _locked(act.relic)
    act.struck_at, act.struck_because = timezone.now(), reason
    act.struck_by = by  # type: ignore[assignment]
    act.save(update_fields=["struck_at", "struck_by", "struck_because"])
    settle(act.relic, type(act))


@transaction.atomic
def record_edit(before: Relic, after: Relic, *, by: AbstractBaseUser | None) -> None:
    """Turn fields that were typed over into acts of today, one for each kind."""
    for kind in ACTS:
        act, old = kind.of(after), kind.of(before)
        if act.outcome != old.outcome:
            _keep_what_was(before, act)
            act.decided_on = timezone.localdate()
            _add(act, by)


def settle(relic: Relic, kind: type[Act]) -> None:
    """Set the relic's fields to what its acts of this kind come to."""
    standing = kind._default_manager.filter(relic=relic, struck_at__isnull=True)
    last = standing.order_by(*(kind._meta.ordering or ())).last()
    if last is None and kind is Naming:
        return  # a relic is never without a name
    values = last.outcome if last else kind.of_nothing()
    for name, value in values.items():
        setattr(relic, name, value)
    relic.save(update_fields=[*values, "modified_at"])


def _keep_what_was(relic: Relic, act: Act) -> None:
    kind = type(act)
    if kind._default_manager.filter(relic=relic).exists():
        return
    old = kind.of(relic)
    if old.outcome not in (act.outcome, kind.of_nothing()):
        old.evidence = _("as it stood in the register")
        old.save()


def _add(act: Act, by: AbstractBaseUser | None) -> None:
    act.recorded_by = by  # type: ignore[assignment]
    act.save()


def _locked(relic: Relic) -> Relic:
    locked: Relic = Relic.objects.select_for_update().get(pk=relic.pk)
    return locked


def _check_worker(act: Act, by: AbstractBaseUser | None) -> None:
    if by is None:
        return
    person = Person.of(by)
    own = person.curates if isinstance(act, Move) else person.curates | person.helps
    if not person.is_administrator and act.relic.collection_id not in own:
        raise NotPermitted


def _check_curator(act: Act, by: AbstractBaseUser | None) -> None:
    if by is None:
        return
    person = Person.of(by)
    if not person.is_administrator and act.relic.collection_id not in person.curates:
        raise NotPermitted
