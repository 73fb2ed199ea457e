from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    name = "heritage.catalogue"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from .preserved import preserve_records
        from .rules import declare_policies

        declare_policies()
        preserve_records()
