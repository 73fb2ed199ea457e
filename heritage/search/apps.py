from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "heritage.search"
    verbose_name = _("Search")

    def ready(self) -> None:
        from heritage.archive.pages import let_pass
        from heritage.catalogue.finding import declare_finder

        from .described import declare_records
        from .listed import find_for_list
        from .models import IndexChange
        from .outbox import connect

        declare_records()
        connect()
        declare_finder(find_for_list)
        let_pass(IndexChange)  # computed from the records
