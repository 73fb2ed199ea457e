"""The museum's roles as groups of accounts, each with what Django itself asks about.

What a person may see and do in a collection follows from the part in it (`Membership`,
`policy.py`); whoever has a part is in the group of the same name, so that what lies
outside collections can ask for a group too. Default deny: a new model is in no group.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from .models import Membership
from .policy import ADMINISTRATOR, EXHIBIT_DEVICE, declared

Role = Membership.Role
WRITE: Final = ("view", "add", "change")
# What each role may do with models that a policy guards row by row.
MAY: Final[dict[str, tuple[str, ...]]] = {
    Role.CURATOR: (*WRITE, "delete"),
    Role.LEDGER_KEEPER: ("view",),
    Role.STORE_KEEPER: ("view",),
    Role.CONTRIBUTOR: WRITE,
    Role.VOLUNTEER: WRITE,
    Role.SCHOLAR: ("view",),
    EXHIBIT_DEVICE: (),
}


def ensure_groups() -> None:
    """Make the groups, and give each its permissions; those given by hand stay."""
    guarded = list(declared())
    for name, verbs in MAY.items():
        group, _is_new = Group.objects.get_or_create(name=name)
        group.permissions.add(*_permissions(guarded, verbs))
    administrators, _is_new = Group.objects.get_or_create(name=ADMINISTRATOR)
    administrators.permissions.add(*Permission.objects.all())


def join_group(membership: Membership) -> None:
    group, _is_new = Group.objects.get_or_create(name=membership.role)
    membership.user.groups.add(group)


def leave_groups(user: Any) -> None:
    """Take an account out of the groups of roles it has in no collection any more."""
    kept = Membership.objects.filter(user=user.pk).values("role")
    left = Group.objects.filter(name__in=Role.values).exclude(name__in=kept)
    user.groups.remove(*left)


def _permissions(
    models: Iterable[type[Model]], verbs: tuple[str, ...]
) -> list[Permission]:
    names = {f"{verb}_{model._meta.model_name}" for model in models for verb in verbs}
    types = ContentType.objects.get_for_models(*models).values()
    return [*Permission.objects.filter(codename__in=names, content_type__in=types)]
