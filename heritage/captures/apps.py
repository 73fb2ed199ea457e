from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CapturesConfig(AppConfig):
    name = "heritage.captures"
    verbose_name = _("Digitization")

    def ready(self) -> None:
        from heritage.archive import storage
        from heritage.archive.destinations import declare
        from heritage.archive.pages import let_pass
        from heritage.catalogue import gates, pictured, safety

        from .destination import RelicDestination
        from .dossier import add_to_object_files
        from .found import declare_to_search
        from .models import Heartbeat, Letters
        from .pictured import pictures_of_models
        from .preserved import preserve_captures
        from .release_gate import gaps_of_models
        from .rules import declare_policies
        from .safety import look_at_tiers
        from .sight import follow_files
        from .uses import classes_of_files

        declare_policies()
        add_to_object_files()
        gates.declare(gaps_of_models)
        pictured.declare(pictures_of_models)
        safety.declare(look_at_tiers)
        preserve_captures()
        let_pass(Heartbeat)
        let_pass(Letters)  # a wish, not a fact of the museum: it is asked again
        declare(RelicDestination())
        follow_files()
        storage.declare(classes_of_files)
        declare_to_search()
