from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    name = "heritage.catalogue"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from .preserved import preserve_records
        from .rules import declare_policies

        declare_policies()
        preserve_records()
        post_migrate.connect(load_terms, sender=self, dispatch_uid="load-terms")


def load_terms(sender: AppConfig, *, using: str = "default", **_: Any) -> None:
    """Bring our vocabularies in whenever the tables are made or emptied."""
    from .actions.vocabularies import load_vocabularies

    if using == "default":
        load_vocabularies()
