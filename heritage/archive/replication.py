"""Fill the replica: objects copied, hashed on the way, and only then in their place."""

import shutil
from collections.abc import Generator
from pathlib import Path

from . import ocfl
from .errors import ReplicaRefused
from .stores import Store, copy_steps

Steps = Generator[None, None, None]


def copy_object_steps(source: Path, target: Path, there: Store) -> Steps:
    """Copy an object to its place in another store, step by step.

    An older version in its place gives way to the newer. Raises `ReplicaRefused` if
    what was copied is not what the inventory says; then nothing is in place.
    """
    ocfl.ensure_root(there.root)
    draft = there.incoming / f"copy-{target.name}"
    shutil.rmtree(draft, ignore_errors=True)
    digests = ocfl.read_manifest(source)
    try:
        for path in sorted(source.rglob("*")):
            if path.is_file():
                name = path.relative_to(source).as_posix()
                found = yield from copy_steps(path, draft / name)
                if found != digests.get(name, found):
                    raise ReplicaRefused(source.name, name)
        if not ocfl.is_whole(draft):
            raise ReplicaRefused(source.name, ocfl.INVENTORY)
        ocfl.sync_tree(draft)
        _swap(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _swap(draft: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    old = draft.with_name(f"{draft.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    draft.rename(target)
    ocfl.sync_folder(target.parent)
    shutil.rmtree(old, ignore_errors=True)
