"""Tell whether every part is well, with the cure where not."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from heritage.operations.health import check_installation, check_running


class Command(BaseCommand):
    help = (
        "Tell whether web, workers, projector, disk, libraries and versions are well."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--installation",
            action="store_true",
            help="leave out what needs running processes",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        findings = check_installation()
        if not options["installation"]:
            findings = check_running() + findings
        for finding in findings:
            mark = (
                self.style.SUCCESS("well")
                if finding.is_well
                else self.style.ERROR("ill ")
            )
            self.stdout.write(f"{mark}  {finding.part}: {finding.detail}")
            if finding.cure:
                self.stdout.write(f"      → {finding.cure}")
        sys.exit(0 if all(finding.is_well for finding in findings) else 1)
