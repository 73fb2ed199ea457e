"""Give a backup back to a museum: every byte verified, then all put in place."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from heritage.archive.actions.rebuild import check_empty
from heritage.archive.errors import NotEmpty
from heritage.archive.models import Deposit
from heritage.archive.places import archive_root, staging_folder
from heritage.archive.receiving import copy_hashed

from . import databases
from .errors import DamagedBackup, MuseumNotEmpty, OtherDatabase
from .generations import (
    KEY,
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


def restore(source: Path, *, generation: str = "", replace: bool) -> GivenBack:
    """Make this museum what it was when the backup was taken.

    Raises `NoBackup`, `MuseumNotEmpty`, `OtherDatabase` or `DamagedBackup` before
    anything is changed. What was there is set aside, never deleted.
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
        _set_aside(staging, done)
        databases.load(staging)
        _put_in_place(staging)
    done.other_settings = _differing(folder)
    return done


def _is_empty() -> bool:
    root = archive_root()
    if next(root.glob("*/*/*/*"), None) is not None:
        return False
    if Deposit._meta.db_table not in connection.introspection.table_names():
        return True
    try:
        check_empty()
    except (NotEmpty, DatabaseError):  # of another version, yet not empty
        return False
    return True


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
    moment = timezone.now().strftime("%Y%m%dT%H%M%S")
    root = archive_root()
    if root.is_dir() and any(root.iterdir()):
        aside = root.with_name(f"{root.name}.before-{moment}")
        root.rename(aside)
        done.aside.append(aside)
    if Deposit._meta.db_table in connection.introspection.table_names():
        aside = root.with_name(f"database.before-{moment}")
        aside.mkdir(mode=0o700)
        databases.save(aside)
        done.aside.append(aside)


def _put_in_place(staging: Path) -> None:
    root = archive_root()
    root.parent.mkdir(parents=True, exist_ok=True)
    if root.is_dir():
        root.rmdir()
    if (staging / STORE).is_dir():
        (staging / STORE).rename(root)
    key = Path(settings.DATA_DIR) / KEY
    if (staging / KEY).is_file() and not key.exists():
        shutil.copyfile(staging / KEY, key)
        key.chmod(0o600)


def _differing(folder: Path) -> list[str]:
    """Name the settings that were others when the backup was taken."""
    return sorted(_compare(json.loads((folder / SETTINGS).read_text())))


def _compare(then: dict[str, str]) -> Iterator[str]:
    now = {n: v for n, v in os.environ.items() if n.startswith("HERITAGE_")}
    return (
        name for name in then.keys() | now.keys() if then.get(name) != now.get(name)
    )
