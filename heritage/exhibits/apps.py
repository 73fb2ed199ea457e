from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExhibitsConfig(AppConfig):
    name = "heritage.exhibits"
    verbose_name = _("Exhibits and devices")

    def ready(self) -> None:
        from heritage.captures.motions import declare_placed

        from .found import declare_to_search
        from .hotspot_models import lies_on
        from .preserved import preserve_exhibits
        from .rules import declare_policies
        from .sight import follow_sounds

        declare_policies()
        preserve_exhibits()
        declare_to_search()
        declare_placed(lies_on)
        follow_sounds()
