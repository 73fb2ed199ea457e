"""The museum's roles as groups of accounts, each with what Django itself asks about.

What a person may see and do in a collection follows from the part in it (`Membership`,
`policy.py`); whoever has a part is in the group of the same name, so that what lies
outside collections can ask for a group too. Default deny: a new model is in no group.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from .models import Collection, Membership
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
    """Make the groups, and give each its permissions; those given by hand stay.

    But what no role has is taken away again from groups that were once given it.
    """
    guarded = [model for model in declared() if model is not Collection]
    for name, verbs in MAY.items():
        group, _is_new = Group.objects.get_or_create(name=name)
        group.permissions.add(*_permissions(guarded, verbs))
        group.permissions.remove(*_permissions([Collection], (*WRITE, "delete")))
    administrators, _is_new = Group.objects.get_or_create(name=ADMINISTRATOR)
    duties = _duties()
    administrators.permissions.add(*Permission.objects.exclude(pk__in=duties))
    administrators.permissions.remove(*duties)


def join_group(membership: Membership) -> None:
    group, _is_new = Group.objects.get_or_create(name=membership.role)
    membership.user.groups.add(group)


def leave_groups(user: Any) -> None:
    """Take an account out of the groups of roles it has in no collection any more."""
    kept = Membership.objects.filter(user=user.pk).values("role")
    left = Group.objects.filter(name__in=Role.values).exclude(name__in=kept)
    user.groups.remove(*left)


def _duties() -> list[int]:
    """Find what models ask for by a name of their own: who answers for what.

    That is given to persons, and does not come with the reach of an account.
    """
    named = [model._meta for model in apps.get_models() if model._meta.permissions]
    rows = (
        Permission.objects.filter(
            content_type__app_label=meta.app_label,
            codename__in=[name for name, _title in meta.permissions],
        )
        for meta in named
    )
    return [pk for found in rows for pk in found.values_list("pk", flat=True)]


def _permissions(
    models: Iterable[type[Model]], verbs: tuple[str, ...]
) -> list[Permission]:
    names = {f"{verb}_{model._meta.model_name}" for model in models for verb in verbs}
    types = ContentType.objects.get_for_models(*models).values()
    return [*Permission.objects.filter(codename__in=names, content_type__in=types)]
