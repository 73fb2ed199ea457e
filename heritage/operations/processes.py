"""Start the museum's processes together and watch over them.

`honcho` runs what `Procfile` lists and ends them all when one ends; here they are begun
again, unless they fail as soon as they start.
"""

import os
import secrets
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

GAVE_UP_S = 20  # a group that lives shorter than this is not begun again
# Parts of three.js and YASGUI that no page of ours loads: most of what they weigh.
NOT_SERVED = (
    "ammo*", "draco", "jolt*", "lottie*", "rhino3dm", "three.webgpu*",
    "three.tsl*", "*.cjs", "yasgui.esm*", "ts",
)  # fmt: skip
SHORT_SOCKET = 90  # a Unix socket's path holds 107 bytes


class Processes:
    """The group of processes of one museum."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._honcho: subprocess.Popen[bytes] | None = None
        self._is_stopping = False

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "honcho",
            "start",
            "-f",
            "Procfile",
            "-e",
            os.devnull,
        ]
        self._honcho = subprocess.Popen(  # noqa: S603
            command, cwd=settings.BASE_DIR, env=self._environment
        )

    def watch(self) -> int:
        """Wait until asked to stop; begin a group again that ended by itself."""
        while True:
            began = time.monotonic()
            code = self._honcho.wait() if self._honcho else 1
            if self._is_stopping or time.monotonic() - began < GAVE_UP_S:
                return 0 if self._is_stopping else code or 1
            self.start()

    def stop(self) -> None:
        """Ask the group to end; honcho kills after 5 s what has not gone by then.

        Called by a signal's handler, so it must not wait: `watch`, which the signal
        interrupted, holds the lock that another wait would wait for.
        """
        self._is_stopping = True
        if self._honcho is not None and self._honcho.poll() is None:
            self._honcho.send_signal(signal.SIGTERM)

    def is_running(self) -> bool:
        return self._honcho is not None and self._honcho.poll() is None


def manage(environment: Mapping[str, str], *arguments: str) -> None:
    """Run a management command in this environment; raises `CalledProcessError`."""
    subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR, env=dict(environment), check=True,
    )  # fmt: skip


def prepare(environment: Mapping[str, str]) -> None:
    """Bring database and static files up to date."""
    manage(environment, "migrate", "--verbosity", "0")
    ignored = [word for name in NOT_SERVED for word in ("--ignore", name)]
    manage(environment, "collectstatic", "--no-input", "--verbosity", "0", *ignored)


def own_key(folder: Path) -> Path:
    """Give the file with this museum's secret key, making it the first time."""
    path = folder / "secret-key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path


def wait_until_served(
    address: str,
    processes: Processes,
    *,
    limit_s: float,
    trusting: ssl.SSLContext | None = None,
) -> bool:
    """Wait until an address answers; False when the processes ended or time is up."""
    until = time.monotonic() + limit_s
    while time.monotonic() < until and processes.is_running():
        try:
            with urllib.request.urlopen(  # noqa: S310
                address, timeout=5, context=trusting
            ) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.2)
    return False
