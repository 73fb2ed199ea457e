from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LinkedDataConfig(AppConfig):
    name = "heritage.linked_data"
    verbose_name = _("Linked data")

    def ready(self) -> None:
        from heritage.archive.pages import let_pass

        from .models import Mention, Outbox, PublishedGraph, PublishedState
        from .receivers import connect

        connect()
        let_pass(
            Mention, Outbox, PublishedGraph, PublishedState
        )  # computed from the records
