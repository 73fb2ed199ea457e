from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImagesConfig(AppConfig):
    name = "heritage.images"
    verbose_name = _("Images")

    def ready(self) -> None:
        from heritage.catalogue import pictured

        from .pictured import first_images
        from .preserved import preserve_images
        from .rules import declare_policies
        from .sight import follow_files

        declare_policies()
        preserve_images()
        follow_files()
        pictured.declare(first_images)
