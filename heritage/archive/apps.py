from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class ArchiveConfig(AppConfig):
    name = "heritage.archive"
    verbose_name = _("Archive")

    def ready(self) -> None:
        from .pages import connect

        connect()
        # Uploads are written beside the archive, so that keeping them is a rename.
        Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True)
