from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "heritage.search"
    verbose_name = _("Search")

    def ready(self) -> None:
        from heritage.archive.pages import let_pass

        from .described import declare_records
        from .models import IndexChange
        from .outbox import connect

        declare_records()
        connect()
        let_pass(IndexChange)  # computed from the records
