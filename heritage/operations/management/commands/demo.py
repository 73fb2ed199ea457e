"""Show a museum at work: processes, generated relics, addresses and a login."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from heritage.env import env_path
from heritage.operations.demo_https import SecureDemo
from heritage.operations.processes import (
    SHORT_SOCKET,
    Processes,
    own_key,
    prepare,
    wait_until_served,
)
from heritage.settings import BASE_DIR, BIND, MEDIA_PORT, WEB_PORT

LOGIN = """
  Museum       {site}/
  Admin        {site}/admin/   (name: demo   password: {password})
  SPARQL       {site}/query
  Scene (API)  {site}/api/exhibits

  Relics appear as their models are finished. Stop with Ctrl-C; everything is in
  {folder}
"""


class Command(BaseCommand):
    help = "Start a museum filled with generated relics, made by the real pipeline."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--https",
            action="store_true",
            help="over HTTPS and to the network, for headsets and phones",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = env_path("HERITAGE_DATA", BASE_DIR / "var" / "demo")
        password = _own_password(folder)
        environment = demo_environment(folder)
        secure = SecureDemo(folder) if options["https"] else None
        if secure:
            environment |= secure.environment()
        prepare(environment)
        if secure:
            secure.hand_out(environment)
        processes = Processes(environment)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: processes.stop())
        processes.start()
        if not _wait(processes, secure):
            processes.stop()
            processes.watch()
            raise CommandError(
                f"The museum did not answer on port {WEB_PORT}. Is it taken?"
            )
        site = f"{'https' if secure else 'http'}://localhost:{WEB_PORT}"
        self.stdout.write(LOGIN.format(site=site, password=password, folder=folder))
        if secure:
            self.stdout.write(secure.invitation())
        self.stdout.flush()
        filler = _start_filling(environment | {"HERITAGE_DEMO_PASSWORD": password})
        threading.Thread(
            target=self._tell_of_failure, args=[filler], daemon=True
        ).start()
        try:
            sys.exit(processes.watch())
        finally:
            _stop_filling(filler)

    def _tell_of_failure(self, filler: "subprocess.Popen[bytes]") -> None:
        if filler.wait() > 0:
            self.stderr.write(
                "The demo could not be filled any further: the reason stands above. "
                "Start it again to go on where it stopped."
            )


def _wait(processes: Processes, secure: SecureDemo | None) -> bool:
    site = f"https://127.0.0.1:{WEB_PORT}" if secure else f"http://{BIND}:{WEB_PORT}"
    return wait_until_served(
        f"{site}/healthz?live",
        processes,
        limit_s=90,
        trusting=secure.trusting() if secure else None,
    )


def demo_environment(folder: Path) -> dict[str, str]:
    """As for real use, but on this machine alone."""
    base = f"http://localhost:{WEB_PORT}"
    socket = folder / "query.sock"
    environment = {
        "HERITAGE_SECRET_KEY_FILE": str(own_key(folder)),
        "HERITAGE_BASE_IRI": base,
        "HERITAGE_MEDIA_ORIGIN": f"http://localhost:{MEDIA_PORT}",
        "HERITAGE_MUSEUM_NAME_ZH": "演示数字博物馆",
        "HERITAGE_MUSEUM_NAME_EN": "Demo Digital Museum",
        **os.environ,
        "HERITAGE_DEBUG": "no",
        "HERITAGE_DATA": str(folder),
    }
    if len(str(socket)) > SHORT_SOCKET:
        environment.setdefault(
            "HERITAGE_QUERY_SOCKET",
            f"{tempfile.gettempdir()}/heritage-{os.getpid()}.sock",
        )
    return environment


def _own_password(folder: Path) -> str:
    """Make the demo curator's password the first time; the file is its owner's alone."""
    path = folder / "demo-password"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(9))
    return path.read_text()


def _start_filling(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    # In a group of its own, so that the scanner it may have started ends with it.
    return subprocess.Popen(
        [sys.executable, "manage.py", "fill_demo"],
        cwd=BASE_DIR,
        env=environment,
        process_group=0,
    )


def _stop_filling(filler: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(filler.pid, signal.SIGTERM)
    filler.wait()
