"""Say whether an offline bundle is whole, ours and in date."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from heritage.pages.bundle.key import public_text, signing_key
from heritage.pages.bundle.verifying import NotABundle, verify_bundle


class Command(BaseCommand):
    help = "Verify a bundle's signature, every file's digest, and its last day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("bundle", type=Path)
        parser.add_argument(
            "--key",
            default="",
            help="public key, 64 hexadecimal digits; ours if left out",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        key = options["key"] or public_text(signing_key())
        try:
            told = verify_bundle(options["bundle"], key=key, today=timezone.localdate())
        except NotABundle as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"sound: {told['exhibit']} for {told['device']}, made {told['made_at']}, "
            f"{len(told['files'])} files"
        )
