"""Give one relic of the demo a set of images, so that there is something to zoom into."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User

from heritage.archive.local_copies import local_path
from heritage.captures.models import Derivative, Run
from heritage.catalogue.models import Record
from heritage.images.actions.files import add_images
from heritage.images.models import ImageSet

Say = Callable[[str], None]
# In the order of the views, which the names tell.
NAMES = {"front": "1 正", "back": "2 背", "left": "3 左", "right": "4 右"}


def photograph_one(curator: User, say: Say) -> None:
    """Take pictures of the first relic that has its model, unless that was done."""
    run = (
        Run.objects.filter(
            is_accepted=True,
            capture__relic__is_demo=True,
            capture__relic__state=Record.State.RELEASED,
        )
        .select_related("capture__relic", "master_of__upright", "upright")
        .order_by("pk")
        .first()
    )
    if run is None:
        return
    image_set, _ = ImageSet.objects.get_or_create(
        relic=run.capture.relic,
        defaults={
            "tier": ImageSet.Tier.FULL,
            "title_zh": "四面图",
            "title_en": "Four sides",
        },
    )
    if not image_set.files.exists():
        _take(run.master_of or run, image_set, curator)
        say(f"{run.capture.relic}: {image_set.title}")


def _take(run: Run, image_set: ImageSet, curator: User) -> None:
    master = Derivative.objects.select_related("stored_file").get(
        run=run, role=Derivative.Role.MASTER
    )
    with tempfile.TemporaryDirectory(
        dir=settings.WORK_ROOT, prefix="photographs-"
    ) as folder:
        upright = Path(folder) / "upright.json"
        upright.write_text(json.dumps({"matrix": run.upright.matrix}))
        source = str(local_path(master.stored_file))
        command = [sys.executable, "-m", "scans", "photograph", source]
        command += ["--out", folder, "--upright", str(upright)]
        subprocess.run(  # noqa: S603
            command, cwd=settings.BASE_DIR, check=True, stdout=subprocess.DEVNULL
        )
        files = [
            (f"{name}.png", Path(folder) / f"{side}.png")
            for side, name in NAMES.items()
        ]
        add_images(image_set, files, by=curator)
