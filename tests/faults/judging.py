"""What became of a trial: recovered as the tick would, then looked at."""

import os
from datetime import timedelta
from pathlib import Path

from tests.faults.looking import check_records
from tests.faults.sets import SIZES, Sent, is_whole


def recover_and_check(sent: list[Sent]) -> list[str]:
    """Look before and after doing what the tick does, a day later."""
    from django.conf import settings
    from django.utils import timezone

    from heritage.archive import due
    from heritage.archive.models import Deposit
    from heritage.archive.places import incoming, leftovers, remove

    faults = [f for one in sent for f in check_sent(one, is_over=False)]
    due.finish_deposits()
    due.go_on_assigning()
    due.preserve_changes()
    for path in leftovers(before=timezone.now() + timedelta(days=1)):
        remove(path)
    uploads = Path(settings.FILE_UPLOAD_TEMP_DIR)
    for path in uploads.iterdir():
        os.utime(path, (0, 0))
    due.remove_stale_uploads()
    left = [path.name for folder in (incoming(), uploads) for path in folder.iterdir()]
    if left:
        faults.append(f"left over: {left}")
    if Deposit.objects.filter(state=Deposit.State.RECEIVING).exists():
        faults.append("a deposit is received for ever")
    if Deposit.objects.exclude(going_to="").exists():
        faults.append("a deposit is given for ever")
    return (
        faults
        + [f for one in sent for f in check_sent(one, is_over=True)]
        + check_records()
    )


def check_sent(sent: Sent, *, is_over: bool) -> list[str]:
    """What is visible of a set is all of it; what was accepted is visible, in one place."""
    from heritage.archive.models import Deposit
    from heritage.captures.models import CaptureFile

    deposits = list(Deposit.objects.filter(note=sent.name, state="sealed"))
    faults = [
        f"{d}: half of a set is visible" for d in deposits if not is_whole(d, sent)
    ]
    if sent.is_accepted and not deposits:
        faults.append(f"{sent.name} was accepted and is not there")
    for deposit in deposits if is_over else []:
        held = CaptureFile.objects.filter(stored_file__deposit=deposit).count()
        if held != (0 if deposit.inbox_name else len(sent.digests)):
            faults.append(
                f"{deposit}: {held} files in a capture, {deposit.inbox_name!r}"
            )
    return faults


def count_of(name: str) -> int:
    from heritage.archive.models import Deposit

    return Deposit.objects.filter(note=name, state="sealed").count()


def check_drops(times: int) -> list[str]:
    """Everything that was dropped is kept once, and lies in `taken` as it was."""
    from django.conf import settings

    from heritage.archive.models import Deposit

    faults = []
    for trial in range(times):
        name = f"drop-{trial}"
        kept = list(Deposit.objects.filter(note=name, state="sealed"))
        folders = list(Path(settings.DROP_FOLDER).glob(f"taken/*/{name}"))
        if (len(kept), len(folders)) != (1, 1):
            faults.append(f"{name}: {len(kept)} deposits, {len(folders)} folders")
            continue
        files = {file: (folders[0] / file).read_bytes() for file in SIZES}
        if not is_whole(kept[0], Sent(name, files)):
            faults.append(f"{name}: not as it was dropped")
    return faults
