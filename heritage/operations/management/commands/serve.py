"""Run the museum for real use."""

import getpass
import os
import signal
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from heritage.env import env_str
from heritage.operations.defaults import find_unfit
from heritage.operations.processes import (
    Processes,
    manage,
    own_key,
    prepare,
    wait_until_served,
)
from heritage.settings import BIND, DATA_DIR, WEB_PORT

ADMINISTRATOR = "HERITAGE_ADMIN_USER"
PASSWORD = "HERITAGE_ADMIN_PASSWORD"  # noqa: S105


class Command(BaseCommand):
    help = "Start the museum for real use: empty, with its own key and no demo account."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        unfit = find_unfit(os.environ)
        if unfit:
            lines = "\n".join(f"  {setting}" for setting in unfit)
            raise CommandError(
                f"Not fit for real use yet:\n{lines}\nSee docs/operate.md."
            )
        environment = real_environment()
        prepare(environment)
        self._ensure_administrator(environment)
        processes = Processes(environment)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: processes.stop())
        processes.start()
        if wait_until_served(
            f"http://{BIND}:{WEB_PORT}/healthz?live", processes, limit_s=60
        ):
            self.stdout.write(
                self.style.SUCCESS(f"Open: {environment['HERITAGE_BASE_IRI']}")
            )
        sys.exit(processes.watch())

    def _ensure_administrator(self, environment: dict[str, str]) -> None:
        from django.contrib.auth.models import User

        if User.objects.filter(is_superuser=True).exists():
            return
        name, password = env_str(ADMINISTRATOR), env_str(PASSWORD)
        if not name and sys.stdin.isatty():
            name = input("Name of the first administrator: ").strip()
            password = getpass.getpass("Password: ")
        if not name or not password:
            raise CommandError(
                f"This museum has no administrator. Set {ADMINISTRATOR} and {PASSWORD} "
                f"(or {PASSWORD}_FILE), or start in a terminal to be asked."
            )
        manage(
            environment | {"DJANGO_SUPERUSER_PASSWORD": password},
            "createsuperuser", "--no-input", "--username", name, "--email", "",
        )  # fmt: skip


def real_environment() -> dict[str, str]:
    """The processes' environment: DEBUG off and, unless one is given, a key of its own."""
    environment = dict(os.environ)
    environment["HERITAGE_DEBUG"] = "no"
    environment["HERITAGE_DATA"] = str(DATA_DIR)
    if not environment.get("HERITAGE_SECRET_KEY") and not environment.get(
        "HERITAGE_SECRET_KEY_FILE"
    ):
        environment["HERITAGE_SECRET_KEY_FILE"] = str(own_key(DATA_DIR))
    return environment
