"""Answer SPARQL queries: become the query process, under the museum's limits."""

import os
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _


class Command(BaseCommand):
    help = "Answer SPARQL queries from the published graph, until told to stop."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.GRAPH_URL:
            self.stdout.write(
                _("Queries go to the engine that HERITAGE_GRAPH_URL names.")
            )
            while True:  # a Procfile wants a process that stays
                time.sleep(3600)
        # Replaced, not called: signals and limits then reach the process that owns them.
        arguments = query_arguments(settings.GRAPH_ROOT, settings.QUERY_SOCKET)
        os.chdir(settings.BASE_DIR)
        os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606


def query_arguments(store: Path, socket: Path) -> list[str]:
    """Give the command line of the query process, without the interpreter."""
    values = {
        "--store": store,
        "--socket": socket,
        "--readers": settings.QUERY_READERS,
        "--time-s": settings.QUERY_TIME_S,
        "--memory-bytes": settings.QUERY_MEMORY_BYTES,
        "--rows": settings.QUERY_ROWS,
        "--kept-bytes": settings.QUERY_KEPT_BYTES,
    }
    pairs = [str(word) for option in values.items() for word in option]
    return ["-m", "knowledge_graph.query", *pairs]
