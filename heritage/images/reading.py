"""Read one picture file: lease it, let a child make its pyramids, keep what came out.

A worker that dies leaves a lease that lapses; the next one begins again from the
original. A deposit of pyramids that no row names is removed by `due.py`.
"""

import logging
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.errors import ArchiveError
from heritage.archive.local_copies import lay_out
from heritage.archive.models import Deposit
from scans import child
from scans.events import Event

from .bell import is_free
from .models import Image, ImageFile
from .naming import guess_view

NOTE_PREFIX = "pyramids "
FOLDER_PREFIX = "image-"  # in the work folder
MOST_ATTEMPTS = 3
SPARE_S = 120  # to keep what came out, beyond the child's own time
State = ImageFile.State
log = logging.getLogger(__name__)


class Refused(Exception):
    """The file cannot be taken in; why is said by code and facts."""

    def __init__(self, code: str, facts: dict[str, Any]) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def read_file(key: str, *, should_stop: Callable[[], bool] = lambda: False) -> None:
    """Take the file up if it is free, and bring it to `ready` or `refused`."""
    file = take_up(key)
    if file is None:
        return
    root = Path(settings.WORK_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir=root))
    try:
        found = _run_child(file, folder, should_stop)
        _keep(file, found, folder / "out")
    except child.ChildStopped:
        # The worker ends, and the file has nothing to do with that.
        _conclude(file, state=State.WAITING, attempt=F("attempt") - 1)
    except Refused as refusal:
        _refuse(file, refusal)
    except ArchiveError as error:
        _refuse(file, Refused("archive-refused", {"reason": str(error)}))
    except OSError as error:
        _refuse(file, Refused("disk-error", {"reason": error.strerror or ""}))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def take_up(key: str) -> ImageFile | None:
    """Lease a file that waits or whose lease has lapsed; None if there is none."""
    rows = _plain_rows().filter(is_free(), key=key)
    # A file that has ended so many workers ends no more.
    worn = {"file": _name_of(key)}
    rows.filter(attempt__gte=MOST_ATTEMPTS).update(
        state=State.REFUSED, error_code="image-too-heavy", error_facts=worn
    )
    taken = rows.update(
        state=State.RUNNING, attempt=F("attempt") + 1, leased_until=_lease_end()
    )
    chosen = ImageFile.objects.select_related("stored_file", "image_set__relic")
    return chosen.get(key=key) if taken else None


def _run_child(
    file: ImageFile, folder: Path, should_stop: Callable[[], bool]
) -> dict[str, Any]:
    """Give what the engine found; raise `Refused`."""
    name = file.stored_file.name.rpartition("/")[2]
    # Under its own name, for a reader may look at the ending and messages tell it; in a
    # folder of its own, for the log and what is made must never be written through it.
    link = folder / "in" / name
    link.parent.mkdir()
    lay_out(file.stored_file, link)
    found: list[dict[str, Any]] = []

    def hear(event: Event) -> None:
        if event.kind == "done":
            found.append(event.detail)

    try:
        child.run_engine(
            _arguments(link, folder / "out"),
            limits=_limits(folder),
            on_event=hear,
            should_stop=should_stop,
            log=folder / "log",
        )
    except child.ChildRefused as refusal:
        raise Refused(refusal.code, dict(refusal.facts)) from refusal
    except child.ChildCrashed as crash:
        log.warning("Image %s: %s\n%s", file.key, crash, crash.log_tail)
        code = "image-too-heavy" if crash.limit else "image-breaks-reader"
        raise Refused(code, {"file": name}) from crash
    return found[0]


def _arguments(path: Path, out: Path) -> list[str]:
    megapixels = str(settings.IMAGE_MEGAPIXELS)
    return ["image", str(path), "--out", str(out), "--megapixels", megapixels]


def _limits(folder: Path) -> child.Limits:
    return child.Limits(
        memory_bytes=settings.IMAGE_MEMORY_BYTES,
        wall_s=settings.IMAGE_TIME_S,
        cpu_s=2 * settings.IMAGE_TIME_S,
        file_bytes=shutil.disk_usage(folder).free,
    )


def _keep(file: ImageFile, found: dict[str, Any], out: Path) -> None:
    pages: list[dict[str, Any]] = found["pages"]
    deposit = deposit_files(
        [(page["file"], out / page["file"]) for page in pages],
        kind=Deposit.Kind.DERIVED,
        by=file.added_by,
        note=f"{NOTE_PREFIX}{file.key} {file.attempt}",
        limit_bytes=0,
    )
    with transaction.atomic():
        is_ours = _conclude(
            file,
            state=State.READY,
            format=found["format"],
            metadata=found["metadata"],
            private_metadata=found["private_metadata"],
            pyramids=deposit,
            error_code="",
            error_facts={},
        )
        if is_ours:
            _write_images(file, pages, deposit)


def _write_images(file: ImageFile, pages: list[dict[str, Any]], kept: Deposit) -> None:
    files = {one.name: one for one in kept.files.all()}
    # All alike until somebody orders them by hand: then files count, and pages in them.
    last = file.image_set.images.aggregate(last=Max("number"))["last"] or 0
    view = guess_view(file.stored_file.name) if len(pages) == 1 else Image.View.NONE
    for page in pages:
        Image.objects.create(
            image_set=file.image_set,
            file=file,
            page=page["page"],
            stored_file=files[page["file"]],
            width=page["width"],
            height=page["height"],
            notes=page["notes"],
            view=view,
            number=last,
        )


def _refuse(file: ImageFile, refusal: Refused) -> None:
    _conclude(
        file,
        state=State.REFUSED,
        error_code=refusal.code,
        error_facts=refusal.facts,
    )


def _conclude(file: ImageFile, **values: Any) -> bool:
    """Write the end of this attempt, unless another has taken over since."""
    ours = ImageFile.objects.filter(
        pk=file.pk, attempt=file.attempt, state=State.RUNNING
    )
    return bool(ours.update(leased_until=None, **values))


def _lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.IMAGE_TIME_S + SPARE_S)


def _name_of(key: str) -> str:
    rows = ImageFile.objects.filter(key=key).values_list("stored_file__name", flat=True)
    return rows.first() or key


def _plain_rows() -> QuerySet[ImageFile]:
    """Rows without news for the archive: taking a file up changes no record."""
    return QuerySet(ImageFile)
