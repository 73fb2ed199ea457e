from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "heritage.pages"
    verbose_name = _("What visitors ask")

    def ready(self) -> None:
        from heritage.archive.pages import leave_out
        from heritage.catalogue.policy import Curates, Policy, declare

        from .cards import declare_cards
        from .models import ErrorReport, IssuedBundle, ModelRequest

        declare(ModelRequest, Policy(Curates("relic.collection")))
        declare(ErrorReport, Policy(Curates()))
        declare(IssuedBundle, Policy(Curates("exhibit.collection")))
        # An object of the archive is never changed: nothing that a visitor wrote goes
        # there, and nothing that answers it.
        leave_out(ModelRequest, *ModelRequest.private_fields)
        leave_out(ErrorReport, *ErrorReport.private_fields)
        declare_cards()
