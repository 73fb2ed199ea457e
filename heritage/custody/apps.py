from django.apps import AppConfig
from django.db.models.signals import pre_delete
from django.utils.translation import gettext_lazy as _


class CustodyConfig(AppConfig):
    name = "heritage.custody"
    verbose_name = _("Custody")

    def ready(self) -> None:
        from heritage.catalogue.actions import guard_acts
        from heritage.catalogue.deciding import hold_back, keep_records
        from heritage.catalogue.models import Relic

        from .guards import check_act, check_deletion, fields_held, why_kept
        from .rules import declare_policies

        declare_policies()
        guard_acts(check_act)
        hold_back(fields_held)
        keep_records(why_kept)
        pre_delete.connect(check_deletion, sender=Relic, dispatch_uid="ledger-keeps")
