"""Make an offline bundle of a released exhibit."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from heritage.exhibits.devices import devices, find_device
from heritage.exhibits.models import Exhibit
from heritage.lib.text_drawing import FontMissing
from heritage.pages.bundle.images import PictureDamaged
from heritage.pages.bundle.making import NothingToBundle, make_bundle


class Command(BaseCommand):
    help = "Write a released exhibit as one signed ZIP that runs without network."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("exhibit", help="the exhibit's key")
        parser.add_argument("out", type=Path, help="the ZIP to write")
        parser.add_argument("--device", default="quest-3", choices=list(devices()))

    def handle(self, *args: Any, **options: Any) -> None:
        exhibit = Exhibit.objects.filter(key=options["exhibit"]).first()
        if exhibit is None:
            raise CommandError(_("There is no exhibit with this key."))
        out: Path = options["out"]
        begun = out.with_name(f".{out.name}.{os.getpid()}")
        try:
            with begun.open("wb") as file, translation.override("en"):
                told = make_bundle(exhibit, find_device(options["device"]), file)
                file.flush()
                os.fsync(file.fileno())
            begun.replace(out)
        except NothingToBundle as error:
            text = _("Only a released exhibit with released models can be bundled.")
            raise CommandError(text) from error
        except PictureDamaged as error:
            text = _(
                "The picture “%(name)s” (%(key)s) cannot be rendered: its file is damaged. "
                "Bring it in again, or choose another for the exhibit."
            )
            names = {"name": str(error.image), "key": error.image.key}
            raise CommandError(text % names) from error
        except FontMissing as error:
            raise CommandError(str(error)) from error
        finally:
            begun.unlink(missing_ok=True)
        size = out.stat().st_size / 1e6
        self.stdout.write(f"{out}: {len(told['files'])} files, {size:.1f} MB")
        self.stdout.write(f"public key {told['public_key']}")
        if told["expires_on"]:
            self.stdout.write(f"ends on {told['expires_on']}")
