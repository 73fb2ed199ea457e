"""Give a backup back to a museum: every byte verified, then all put in place."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from heritage.archive import ocfl
from heritage.archive.actions.reapply import (
    note_restored,
    noted_erasures,
    purge_restored,
    read_ledger,
    reapply_erasures,
)
from heritage.archive.actions.rebuild import check_empty
from heritage.archive.errors import NotEmpty
from heritage.archive.local_store import LocalStore
from heritage.archive.models import Deposit
from heritage.archive.places import archive_root, staging_folder
from heritage.archive.receiving import copy_hashed
from heritage.archive.stores import archive

from . import databases
from .errors import BucketNotEmpty, DamagedBackup, MuseumNotEmpty, OtherDatabase
from .generations import (
    DUMPS,
    KEY,
    LEDGER,
    MANIFEST,
    SETTINGS,
    STORE,
    About,
    choose,
    digest_of,
    generations,
    read_about,
    read_manifest,
)


@dataclass
class GivenBack:
    """What was restored, what of before lies aside, which settings are others now."""

    generation: Path
    about: About
    aside: list[Path] = field(default_factory=list)
    other_settings: list[str] = field(default_factory=list)
    from_others: list[str] = field(default_factory=list)
    purged: int = 0  # objects that held what was lawfully erased since
    reapplied: int | None = 0  # erasures; None: after `migrate`, by the tick


def restore(source: Path, *, generation: str = "", replace: bool) -> GivenBack:
    """Make this museum what it was when the backup was taken.

    Raises `NoBackup`, `MuseumNotEmpty`, `BucketNotEmpty`, `OtherDatabase` or
    `DamagedBackup` before anything is changed. What was there is set aside, never deleted.
    """
    folder = choose(source, generation)
    about = read_about(folder)
    if about.database != connection.vendor:
        raise OtherDatabase(about.database, connection.vendor)
    if not replace and not _is_empty():
        raise MuseumNotEmpty
    done = GivenBack(folder, about)
    if digest_of(folder / MANIFEST) != about.manifest_sha512:
        raise DamagedBackup([MANIFEST])
    with staging_folder("restore") as staging:
        _gather(folder, staging, [*reversed(generations(source))], done)
        certificates = noted_erasures(read_ledger(source / LEDGER))
        own = staging / "purge"
        own.mkdir()
        saved = LocalStore("backup", staging / STORE)
        done.purged = purge_restored(saved, certificates, own)
        _check_bucket(folder, staging)
        _set_aside(staging, done)
        note_restored(certificates)  # first: a kill after the load must not lose it
        databases.load(staging)
        _put_in_place(staging)
    done.reapplied = _reapplied()
    done.other_settings = _differing(folder)
    return done


def _is_empty() -> bool:
    if not settings.ARCHIVE_S3 and next(archive().objects(), None) is not None:
        return False  # of a bucket `_check_bucket` tells
    if Deposit._meta.db_table not in connection.introspection.table_names():
        return True
    try:
        check_empty()
    except (NotEmpty, DatabaseError):  # of another version, yet not empty
        return False
    return True


def _check_bucket(folder: Path, staging: Path) -> None:
    """Raise `BucketNotEmpty` unless a bucket holds nothing but what would be put there.

    A bucket cannot be set aside by a rename. What a broken-off restoring has put there
    already, purged or not of what was erased since, is as it should be.
    """
    if not settings.ARCHIVE_S3:
        return
    for path in archive().objects():
        inventory = f"{path}/{ocfl.INVENTORY}"
        place = archive().place(inventory)
        saved = [one / STORE / inventory for one in (folder, staging)]
        known = [one.read_bytes() for one in saved if one.is_file()]
        if place.exists() and place.read_bytes() not in known:
            raise BucketNotEmpty(archive())


def _gather(folder: Path, staging: Path, others: list[Path], done: GivenBack) -> None:
    """Copy all that the manifest names; take it from elsewhere where it is damaged."""
    lost = []
    for name, digest in read_manifest(folder):
        target = staging / name
        target.parent.mkdir(parents=True, exist_ok=True)
        for place in (folder, *(one for one in others if one != folder)):
            if _copy(place / name, target) == digest:
                if place != folder:
                    done.from_others.append(name)
                break
        else:
            lost.append(name)
    if lost:
        raise DamagedBackup(lost)
    os.sync()


def _copy(source: Path, target: Path) -> str:
    try:
        with source.open("rb", buffering=0) as file, target.open("wb", buffering=0) as out:  # fmt: skip
            return copy_hashed(file, out, lambda _count: None)[0]
    except FileNotFoundError:
        return ""


def _set_aside(staging: Path, done: GivenBack) -> None:
    moment = timezone.now().strftime("%Y%m%dT%H%M%S.%f")
    root = archive_root()
    folders = [] if settings.ARCHIVE_S3 else [root]
    if (staging / DUMPS).is_dir():
        folders.append(Path(settings.DUMPS_ROOT))
    for folder in folders:
        if folder.is_dir() and any(folder.iterdir()):
            aside = folder.with_name(f"{folder.name}.before-{moment}")
            folder.rename(aside)
            done.aside.append(aside)
    if Deposit._meta.db_table in connection.introspection.table_names():
        aside = root.with_name(f"database.before-{moment}")
        aside.mkdir(mode=0o700)
        databases.save(aside)
        done.aside.append(aside)


def _put_in_place(staging: Path) -> None:
    if settings.ARCHIVE_S3:
        _send(LocalStore("backup", staging / STORE))
    else:
        _move(staging / STORE, archive_root())
    if (staging / DUMPS).is_dir():  # it may lie on another disk
        shutil.copytree(staging / DUMPS, settings.DUMPS_ROOT, dirs_exist_ok=True)
    key = Path(settings.DATA_DIR) / KEY
    if (staging / KEY).is_file() and not key.exists():
        shutil.copyfile(staging / KEY, key)
        key.chmod(0o600)


def _move(saved: Path, root: Path) -> None:
    root.parent.mkdir(parents=True, exist_ok=True)
    if root.is_dir():
        root.rmdir()
    if saved.is_dir():
        saved.rename(root)


def _send(saved: LocalStore) -> None:
    """Send every object that is not there yet."""
    there = archive()
    there.ensure_root()
    for path in saved.objects():
        if not there.has_object(path):
            there.put_object(saved.place(path), path)


def _reapplied() -> int | None:
    """Do again what was erased since; None where the database must be migrated first."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return None
    return reapply_erasures()


def _differing(folder: Path) -> list[str]:
    """Name the settings that were others when the backup was taken."""
    return sorted(_compare(json.loads((folder / SETTINGS).read_text())))


def _compare(then: dict[str, str]) -> Iterator[str]:
    now = {n: v for n, v in os.environ.items() if n.startswith("HERITAGE_")}
    return (
        name for name in then.keys() | now.keys() if then.get(name) != now.get(name)
    )
