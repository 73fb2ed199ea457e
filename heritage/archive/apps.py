from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ArchiveConfig(AppConfig):
    name = "heritage.archive"
    verbose_name = _("Archive")

    def ready(self) -> None:
        from .institution import watch
        from .pages import connect

        connect()
        watch()
        post_migrate.connect(look_anew, sender=self, dispatch_uid="compare-anew")
        # Uploads are written beside the archive, so that keeping them is a rename.
        Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True)


def look_anew(sender: AppConfig, *, using: str, plan: Any = (), **_: Any) -> None:
    """After an upgrade compare all that is kept: migrations change rows unheard."""
    from heritage.lib.upgrades import is_upgraded

    from .actions.compare import compare_all_again

    if is_upgraded(plan, using=using):
        compare_all_again()
