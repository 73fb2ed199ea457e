"""A museum's web server by itself, with one curator and one capture to send files to."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from django.conf import settings

from tests.prepared import lay_database

from .processes import bare_environment, free_ports

CURATOR, PASSWORD = "curator", "a-long-phrase-for-tests"
PATIENCE_S = 300.0  # for a machine that computes other tests meanwhile
# All in one process: what a new one loads costs seconds.
SETUP = f"""
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.heritage.factories import make_collection, make_relic, make_user
from heritage.captures.models import Capture
collection = make_collection()
make_user(collection, "curator", username={CURATOR!r}, password={PASSWORD!r})
print(Capture.objects.create(relic=make_relic(collection), unit="m").pk)
"""


class Web:
    """One gunicorn with one worker process; it can be killed and started again."""

    def __init__(self, folder: Path, **given: str) -> None:
        self.folder = folder
        (self.port,) = free_ports(1)
        self.site = f"http://127.0.0.1:{self.port}"
        self.environment = bare_environment() | {
            "HERITAGE_DATA": str(folder),
            "HERITAGE_BASE_IRI": self.site,
            "HERITAGE_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "heritage.settings",
            **given,
        }
        self.log = folder.parent / f"{folder.name}.log"
        self.capture = ""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def work(self) -> str:
        return f"{self.site}/admin/captures/capture/{self.capture}/work/"

    def set_up(self) -> None:
        lay_database(self.folder)
        done = subprocess.run(
            [sys.executable, "-c", SETUP],
            cwd=settings.BASE_DIR, env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        self.capture = done.stdout.split()[-1]

    def start(self) -> None:
        command = [
            sys.executable, "-m", "gunicorn", "heritage.wsgi", "--workers", "1",
            "--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread",
            "--threads", "6", "--no-control-socket",
        ]  # fmt: skip
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=self.environment,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self._await_port()

    def kill(self) -> None:
        """Kill it at once, master and worker."""
        if self._process is None:
            return
        # A dying worker still holds the port: whoever connects to it is cut off.
        workers = psutil.Process(self._process.pid).children(recursive=True)
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        _gone, alive = psutil.wait_procs(workers, timeout=PATIENCE_S)
        assert not alive
        self._process = None

    @property
    def group(self) -> int:
        assert self._process is not None
        return self._process.pid

    def _await_port(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            assert self._process is not None
            assert self._process.poll() is None, self.log.read_text()[-3000:]
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(self.log.read_text()[-3000:])


@contextmanager
def open_web(folder: Path, **given: str) -> Iterator[Web]:
    """Start one; nothing of it is left afterwards."""
    web = Web(folder, **given)
    web.set_up()
    web.start()
    try:
        yield web
    finally:
        web.kill()
