from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "heritage.exchange"
    verbose_name = _("Import and export")

    def ready(self) -> None:
        from .rules import declare_policies, preserve

        declare_policies()
        preserve()
