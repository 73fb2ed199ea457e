from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustodyConfig(AppConfig):
    name = "heritage.custody"
    verbose_name = _("Custody")

    def ready(self) -> None:
        from heritage.catalogue.actions import guard_acts
        from heritage.catalogue.deciding import hold_back

        from .guards import check_act, fields_held
        from .rules import declare_policies

        declare_policies()
        guard_acts(check_act)
        hold_back(fields_held)
