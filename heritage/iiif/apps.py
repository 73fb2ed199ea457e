from typing import Any

from django.apps import AppConfig


class IiifConfig(AppConfig):
    name = "heritage.iiif"
    verbose_name = "IIIF"

    def ready(self) -> None:
        from heritage.archive.models import Erasure
        from heritage.archive.signals import sight_changed
        from heritage.images.rendered import declare_renderer

        from .making import empty_cache
        from .whole import whole_picture

        declare_renderer(whole_picture)

        def forget(**_told: Any) -> None:
            empty_cache()

        sight_changed.connect(
            forget, sender=Erasure, weak=False, dispatch_uid="iiif-tiles"
        )
