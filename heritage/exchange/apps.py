from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "heritage.exchange"
    verbose_name = _("Import and export")

    def ready(self) -> None:
        from django.contrib.auth.models import User
        from django.db.models.signals import pre_delete

        from heritage.catalogue.told_reasons import tell_reasons

        from .author import stop_with_author
        from .history_reasons import told_reasons
        from .rules import declare_policies, preserve

        declare_policies()
        preserve()
        tell_reasons(told_reasons)
        pre_delete.connect(
            stop_with_author, sender=User, dispatch_uid="loads-stop-with-author"
        )
