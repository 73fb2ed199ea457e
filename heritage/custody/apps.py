from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustodyConfig(AppConfig):
    name = "heritage.custody"
    verbose_name = _("Custody")

    def ready(self) -> None:
        from .rules import declare_policies

        declare_policies()
