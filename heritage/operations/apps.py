from typing import Any

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "heritage.operations"
    verbose_name = _("Operations")

    def ready(self) -> None:
        from . import checks  # noqa: F401  (registers itself)
        from .dashboard import declare_cards

        declare_cards()
        # This room has no models, so that no signal is sent in its name.
        catalogue = apps.get_app_config("catalogue")
        post_migrate.connect(
            make_cache_table, sender=catalogue, dispatch_uid="cache-table"
        )

        # Its own name is a plain string, which no catalogue can translate.
        tasks = apps.get_app_config("django_tasks_database")
        tasks.verbose_name = _("Background work")


def make_cache_table(sender: AppConfig, *, using: str = "default", **_: Any) -> None:
    """Make the table of the shared cache wherever there is none yet."""
    call_command("createcachetable", database=using, verbosity=0)
