"""A museum in a folder of its own, with real projector and query processes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from .conftest import wait_until


class Folder:
    """A museum in a folder: its commands, and processes that end with the test."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._running: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **os.environ,
            "HERITAGE_DATA": str(path),
            "DJANGO_SETTINGS_MODULE": "heritage.settings",
            "HERITAGE_DATABASE_URL": "",
            "HERITAGE_LOG_LEVEL": "WARNING",
        }

    def run(self, *arguments: str, check: bool = True, patience_s: float = 600) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=patience_s,
        )
        if check:
            assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def manage(self, *arguments: str, check: bool = True) -> str:
        return self.run("manage.py", *arguments, check=check)

    def drive(self, act: str, *arguments: str) -> dict[str, Any]:
        output = self.run("-m", "tests.heritage.linked_data.driver", act, *arguments)
        told: dict[str, Any] = json.loads(output.splitlines()[-1])
        return told

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=settings.BASE_DIR, env=self.environment
        )
        self._running.append(process)
        return process

    def stop(self) -> None:
        for process in self._running:
            if process.poll() is None:
                process.terminate()
        for process in self._running:
            process.wait(timeout=120)

    def serve_graph(self) -> None:
        """Start projector and query process; wait until both are there."""
        self.start("manage.py", "project_graph")
        self.start("manage.py", "answer_queries")
        wait_until((self.path / "query.sock").exists, "the query process")
        wait_until((self.path / "graph" / "current").exists, "the first snapshot")
