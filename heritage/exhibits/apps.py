from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExhibitsConfig(AppConfig):
    name = "heritage.exhibits"
    verbose_name = _("Exhibits")

    def ready(self) -> None:
        from .found import declare_to_search
        from .preserved import preserve_exhibits
        from .rules import declare_policies

        declare_policies()
        preserve_exhibits()
        declare_to_search()
