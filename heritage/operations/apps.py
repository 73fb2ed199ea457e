from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "heritage.operations"
    verbose_name = _("Operations")

    def ready(self) -> None:
        from . import checks  # noqa: F401  (registers itself)
        from .dashboard import declare_cards

        declare_cards()

        # Its own name is a plain string, which no catalogue can translate.
        tasks = apps.get_app_config("django_tasks_database")
        tasks.verbose_name = _("Background work")
