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


def load_terms(sender: AppConfig, *, using: str = "default", **_: Any) -> None:
    """Bring our vocabularies in whenever the tables are made or emptied."""
    from .actions.vocabularies import load_vocabularies

    if using == "default":
        load_vocabularies()
