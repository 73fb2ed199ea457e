"""A museum started by its command in a folder of its own, with all its processes."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import psutil
from django.conf import settings

PATIENCE_S = 900.0  # for a machine that computes other tests meanwhile
STOP_S = 180.0
SETTING = re.compile(r"HERITAGE_\w+")
T = TypeVar("T")


class Started:
    """`manage.py demo` or `serve`: its folder, its output, its environment."""

    def __init__(self, folder: Path, **settings_given: str) -> None:
        self.folder = folder
        self.web_port, self.media_port = free_ports(2)
        self.site = f"http://127.0.0.1:{self.web_port}"
        self.environment = bare_environment() | {
            "HERITAGE_DATA": str(folder),
            "HERITAGE_WEB_PORT": str(self.web_port),
            "HERITAGE_MEDIA_PORT": str(self.media_port),
            **settings_given,
        }
        self.log = folder.parent / f"{folder.name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, command: str) -> None:
        """Start it in a session of its own, so that nothing of ours ends it."""
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", command],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self) -> int:
        """Ask its first process to end, as a service manager does; give the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=STOP_S)

    def kill(self) -> None:
        """Leave nothing behind, whatever the test found."""
        for process in self.survivors():
            process.kill()
        if self._process is not None:
            self._process.wait(timeout=STOP_S)

    def survivors(self) -> list[psutil.Process]:
        """Give the living processes that have this folder in their environment."""
        return [one for one in psutil.process_iter() if self._is_ours(one)]

    def printed(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command on the same museum."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )

    def wait_for(
        self, what: str, look: Callable[[], T | None], *, patience_s: float = PATIENCE_S
    ) -> T:
        """Look until there is something; fail with the log when it ended or takes long."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            found = self._look(look)
            if found:
                return found
            if self._process is not None and self._process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"no {what}:\n{self.printed()[-6000:]}")

    def _look(self, look: Callable[[], T | None]) -> T | None:
        try:
            return look()
        except OSError:  # it does not listen yet
            return None

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            told: str | None = process.environ().get("HERITAGE_DATA")
            is_alive: bool = process.status() != psutil.STATUS_ZOMBIE
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            return False
        return told == str(self.folder) and is_alive


def bare_environment() -> dict[str, str]:
    """This process's environment without any setting of a museum."""
    given: Mapping[str, str] = os.environ
    return {name: text for name, text in given.items() if not SETTING.match(name)}


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports
