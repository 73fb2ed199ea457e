from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    name = "heritage.catalogue"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from heritage.archive.pages import let_pass

        from .models import FormDraft
        from .preserved import preserve_records
        from .rules import declare_policies

        declare_policies()
        preserve_records()
        let_pass(FormDraft)  # unsaved text promises nothing before it is saved
        post_migrate.connect(load_terms, sender=self, dispatch_uid="load-terms")
        post_migrate.connect(make_groups, dispatch_uid="make-groups")
        _follow_memberships()


def load_terms(sender: AppConfig, *, using: str = "default", **_: Any) -> None:
    """Bring our vocabularies in whenever the tables are made or emptied."""
    from .actions.vocabularies import load_vocabularies

    if using == "default":
        load_vocabularies()


def make_groups(sender: AppConfig, *, using: str = "default", **_: Any) -> None:
    """Bring the groups of our roles in once the last app has its permissions."""
    from django.apps import apps

    from .roles import ensure_groups

    told = [app for app in apps.get_app_configs() if app.models_module is not None]
    if using == "default" and sender is told[-1]:
        ensure_groups()


def _follow_memberships() -> None:
    from django.db.models.signals import post_delete, post_save

    from .models import Membership

    post_save.connect(_joined, sender=Membership, dispatch_uid="join-group")
    post_delete.connect(_left, sender=Membership, dispatch_uid="leave-group")


def _joined(instance: Any, **_: Any) -> None:
    from .roles import join_group, leave_groups

    join_group(instance)
    leave_groups(instance.user)


def _left(instance: Any, **_: Any) -> None:
    from .roles import leave_groups

    leave_groups(instance.user)
