"""Fill the demo museum; `manage.py demo` runs this beside the museum's processes."""

import os
from typing import Any

from django.core.management.base import BaseCommand

from heritage.env import env_int, env_str
from heritage.operations.demo.fill import fill
from heritage.operations.demo.records import ensure_curator


class Command(BaseCommand):
    help = "Fill the demo museum: records at once, models as the workers make them."

    def handle(self, *args: Any, **options: Any) -> None:
        curator = ensure_curator(
            env_str("HERITAGE_DEMO_PASSWORD") or os.urandom(24).hex()
        )
        fill(curator, most_relics=env_int("HERITAGE_DEMO_RELICS", 8), say=self._say)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
