"""The kinds of work that are stopped at chosen moments. Called in forks of their own."""

import os
from pathlib import Path
from typing import Any

from tests.faults.looking import FACES

RELIC_NAMES = ("鼎", "簋", "尊")


def do_deposit(folder: Path) -> str:
    from heritage.archive.actions.deposit import deposit_files

    source = folder / "source"
    source.mkdir(exist_ok=True)
    sizes = {"a.ply": 2_500_000, "b.ply": 10, "sub/c.ply": 0, "sub/d.ply": 10}
    for name, size in sizes.items():
        (source / name).parent.mkdir(exist_ok=True)
        if not (source / name).exists():
            (source / name).write_bytes(os.urandom(size) if size > 10 else b"x" * size)
    return deposit_files([(name, source / name) for name in sizes], by=None).key


def do_version(folder: Path) -> str:
    from heritage.archive.actions.preserve import preserve_due
    from heritage.archive.models import PreservedRecord
    from heritage.catalogue.models import Relic

    relic = Relic.objects.get()
    relic.name_zh = RELIC_NAMES[(RELIC_NAMES.index(relic.name_zh) + 1) % 3]
    relic.save()
    PreservedRecord.objects.update(preserved_at=None)
    preserve_due()
    return ""


def do_package(folder: Path) -> str:
    from django.core.management import call_command

    from heritage.archive.models import PreservedRecord

    row = PreservedRecord.objects.get(kind="relic")
    with Path(os.devnull).open("w") as silence:
        call_command(
            "make_package", str(folder / "p.tar"), "--record", str(row), stdout=silence
        )
    return ""


def do_replicate(folder: Path) -> str:
    from heritage.archive.actions.check import fill_replica
    from heritage.archive.models import Deposit, PreservedRecord

    PreservedRecord.objects.update(replicated_version=0)
    newest = Deposit.objects.filter(state="sealed").order_by("-pk").values("pk")[:1]
    Deposit.objects.filter(pk__in=list(newest.values_list("pk", flat=True))).update(
        replicated_version=0
    )
    for _step in fill_replica():
        pass
    return ""


def nothing() -> None:
    """Make nothing ready."""


def ask_for_erasure() -> None:
    """Keep a file that must go, beside one that stays, here and in the replica."""
    import io

    from heritage.archive.actions.check import fill_replica
    from heritage.archive.actions.deposit import deposit_files
    from heritage.archive.actions.erase import ask_erasure

    items = [(n, io.BytesIO(os.urandom(300_000))) for n in ("face.ply", "other.ply")]
    kept = deposit_files(items, by=None, note=FACES)
    for _step in fill_replica():
        pass
    asker, _confirmer = two_people()
    ask_erasure([kept.files.get(name="face.ply")], ground="PIPL 47", by=asker)


def do_erase(folder: Path) -> str:
    from heritage.archive.actions.erase import confirm_erasure
    from heritage.archive.models import Erasure

    erasure = Erasure.objects.filter(state="asked").latest("pk")
    confirm_erasure(erasure, by=two_people()[1])
    return ""


def two_people() -> tuple[Any, Any]:
    from django.contrib.auth.models import User

    names = ("asker", "confirmer")
    known = {user.username: user for user in User.objects.filter(username__in=names)}
    for name in names:
        if name not in known:
            known[name] = User.objects.create_superuser(name)
    return known["asker"], known["confirmer"]
