from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CapturesConfig(AppConfig):
    name = "heritage.captures"
    verbose_name = _("Captures")

    def ready(self) -> None:
        from heritage.archive.destinations import declare

        from .destination import RelicDestination
        from .preserved import preserve_captures
        from .rules import declare_policies
        from .sight import follow_files

        declare_policies()
        preserve_captures()
        declare(RelicDestination())
        follow_files()
