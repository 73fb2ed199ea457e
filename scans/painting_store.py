"""Paintings as files: between stages, and beside a master that is handed over.

Between stages the pictures are .npy, to be looked into without loading them; beside a
master they are PNG, which loses nothing and is a fraction of the size.
"""

from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from PIL import Image

from scans.errors import UnreadableScan
from scans.geometry.painting import Painting
from scans.readers.painting import open_picture
from scans.runner import publish

QUICK = 3  # of zlib's 9: a map of 8192 pixels a side takes seconds


def save_painting(folder: Path, painting: Painting, *, stem: str) -> None:
    """Write a painting as files that begin with `stem`."""
    np.savez(_table(folder, stem), picture=painting.picture, uvs=painting.uvs)
    for number, picture in enumerate(painting.pictures):
        np.save(_picture(folder, stem, number), picture)


def load_painting(folder: Path, *, stem: str) -> Painting | None:
    """Read what `save_painting` wrote; None where it wrote nothing."""
    if not _table(folder, stem).is_file():
        return None
    with np.load(_table(folder, stem)) as held:
        picture, uvs = held["picture"], held["uvs"]
    numbers = range(int(picture.max(initial=-1)) + 1)
    files = [_picture(folder, stem, number) for number in numbers]
    return Painting(tuple(np.load(file, mmap_mode="r") for file in files), picture, uvs)


def hand_over_painting(folder: Path, out: Path, *, stem: str) -> None:
    """Put beside a master what `save_painting` wrote, and nothing that another run left."""
    for stale in [_table(out, stem), *out.glob(f"{stem}-picture-*.png")]:
        stale.unlink(missing_ok=True)
    painting = load_painting(folder, stem=stem)
    if painting is None:
        return
    for number, picture in enumerate(painting.pictures):
        file = _shown(out, stem, number)
        work = file.with_name(f".tmp-{file.name}")
        Image.fromarray(picture).save(work, format="PNG", compress_level=QUICK)
        work.replace(file)
    publish(_table(folder, stem), _table(out, stem))


def painting_files(master: Path) -> list[Path]:
    """List the files beside a master that its painting stands in; none without one."""
    table = _table(master.parent, master.stem)
    pictures = sorted(master.parent.glob(f"{master.stem}-picture-*.png"))
    return [table, *pictures] if table.is_file() else []


def painting_beside(master: Path, *, triangles: int) -> Painting | None:
    """Read what `hand_over_painting` wrote; None where it wrote nothing.

    Raises `UnreadableScan` where a part is missing, broken, or another mesh's.
    """
    folder, stem = master.parent, master.stem
    if not _table(folder, stem).is_file():
        return None
    try:
        with np.load(_table(folder, stem)) as held:
            picture, uvs = held["picture"], held["uvs"]
        if picture.shape != (triangles,) or uvs.shape != (triangles, 3, 2):
            raise ValueError("it is of another mesh")
        numbers = range(int(picture.max(initial=-1)) + 1)
        pictures = [open_picture(_shown(folder, stem, number)) for number in numbers]
        return Painting(tuple(pictures), picture, uvs)
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        reason = "what it is painted with is missing or damaged"
        raise UnreadableScan(master, reason) from error


def _table(folder: Path, stem: str) -> Path:
    return folder / f"{stem}-painting.npz"


def _picture(folder: Path, stem: str, number: int) -> Path:
    return folder / f"{stem}-picture-{number}.npy"


def _shown(folder: Path, stem: str, number: int) -> Path:
    return folder / f"{stem}-picture-{number}.png"
