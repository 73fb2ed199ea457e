"""Whether every part of the museum is well, and the cure where it is not."""

import ctypes.util
import importlib.metadata
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.captures.models import Heartbeat
from heritage.linked_data.models import Outbox
from heritage.search.models import IndexChange
from knowledge_graph.errors import QueryServiceDown, QueryTimedOut
from knowledge_graph.query.client import QueryClient

SILENCE_S = 30  # after which a process counts as gone
LOW_BYTES = 2 * 1024**3
SYSTEM_LIBRARIES = {
    "usb-1.0": "libusb-1.0-0",
    "GL": "libgl1",
    "EGL": "libegl1",
    "X11": "libx11-6",
    "gomp": "libgomp1",
}
PACKAGES = (
    "django",
    "open3d-cpu",
    "open3d",
    "pyoxigraph",
    "rdflib",
    "trimesh",
    "pillow",
)


@dataclass(frozen=True)
class Finding:
    """One part's state; `cure` is empty when it is well."""

    part: str
    detail: str
    cure: str = ""

    @property
    def is_well(self) -> bool:
        return not self.cure


def check_running() -> list[Finding]:
    """What a load balancer and the admin's banner ask: quick, no child process."""
    database = _database()
    if not database.is_well:
        return [database]
    processes = [_process(role, label) for role, label in _roles()]
    changes = [_graph_changes(), _index_changes()]
    return [database, *processes, _query(), *changes, _disk()]


def check_installation() -> list[Finding]:
    """What does not change while the museum runs: libraries, versions, migrations."""
    return [*_libraries(), _node(), _versions(), _migrations()]


def silent_workers() -> list[str]:
    """Name the workers that have not been heard of for 30 s, in the reader's words."""
    workers = dict(_roles())
    return [workers[role] for role in ("quick", "heavy") if not _heard(role)]


def _roles() -> Iterator[tuple[str, str]]:
    yield "quick", _("worker for quick tasks")
    yield "heavy", _("worker for reconstructions")
    yield "projector", _("projector of the graph")
    yield "index", _("keeper of the search index")
    yield "tick", _("clock")


def _database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Finding(
            "database",
            str(error),
            _("Start the database, or check HERITAGE_DATABASE_URL."),
        )
    return Finding("database", connection.vendor)


def _heard(role: str) -> bool:
    since = timezone.now() - timedelta(seconds=SILENCE_S)
    return Heartbeat.objects.filter(role=role, at__gte=since).exists()


def _process(role: str, label: str) -> Finding:
    last = Heartbeat.objects.filter(role=role).order_by("-at").first()
    if _heard(role):
        return Finding(role, label)
    detail = (
        _("%(part)s: last heard %(time)s")
        % {"part": label, "time": last.at.isoformat()}
        if last
        else _("%(part)s: never heard") % {"part": label}
    )
    return Finding(role, detail, _("Start the museum's processes again: make serve."))


def _query() -> Finding:
    if settings.GRAPH_URL:
        return Finding("query", settings.GRAPH_URL)
    try:
        QueryClient(settings.QUERY_SOCKET).status()
    except (QueryServiceDown, QueryTimedOut) as error:
        return Finding(
            "query",
            str(error),
            _("Start the museum's processes again: make serve."),
        )
    return Finding("query", str(settings.QUERY_SOCKET))


def _graph_changes() -> Finding:
    dead = Outbox.objects.filter(is_dead=True).count()
    waiting = Outbox.objects.filter(done_at__isnull=True, is_dead=False).count()
    detail = _("%(waiting)d waiting, %(dead)d given up") % {
        "waiting": waiting,
        "dead": dead,
    }
    cure = _(
        "Look at the graph changes in the admin, then run: manage.py graph rebuild."
    )
    return Finding("graph", detail, cure if dead else "")


def _index_changes() -> Finding:
    failed = IndexChange.objects.exclude(error="").count()
    waiting = IndexChange.objects.filter(error="").count()
    detail = _("%(waiting)d waiting, %(dead)d given up") % {
        "waiting": waiting,
        "dead": failed,
    }
    cure = _("Run: manage.py search rebuild")
    return Finding("search", detail, cure if failed else "")


def _disk() -> Finding:
    free = shutil.disk_usage(settings.DATA_DIR).free
    detail = _("%(free)s GB free") % {"free": round(free / 1024**3, 1)}
    cure = _("Make room on the disk that holds %(folder)s.") % {
        "folder": settings.DATA_DIR
    }
    return Finding("disk", detail, "" if free > LOW_BYTES else cure)


def _libraries() -> Iterator[Finding]:
    for library, package in SYSTEM_LIBRARIES.items():
        found = ctypes.util.find_library(library)
        cure = _("Run: apt-get install %(package)s") % {"package": package}
        yield Finding(f"lib{library}", found or _("missing"), "" if found else cure)


def _node() -> Finding:
    validator = Path(settings.BASE_DIR) / "node_modules" / "gltf-validator"
    well = validator.is_dir()
    cure = _("Run `make demo` or `make serve` once: they install it.")
    return Finding("node", _("glTF tools"), "" if well else cure)


def _versions() -> Finding:
    found = [f"Python {sys.version.split()[0]}", f"SQLite {sqlite3.sqlite_version}"]
    for name in PACKAGES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return Finding("versions", ", ".join(found))


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    detail = _("%(count)d migrations wait") % {"count": len(plan)}
    return Finding("migrations", detail, _("Run: manage.py migrate") if plan else "")
