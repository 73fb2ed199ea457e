"""Paintings between stages: the pictures as .npy, to be looked into without loading them."""

from pathlib import Path

import numpy as np

from scans.geometry.painting import Painting


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
    count = int(picture.max(initial=-1)) + 1
    files = [_picture(folder, stem, number) for number in range(count)]
    return Painting(tuple(np.load(file, mmap_mode="r") for file in files), picture, uvs)


def _table(folder: Path, stem: str) -> Path:
    return folder / f"{stem}-painting.npz"


def _picture(folder: Path, stem: str, number: int) -> Path:
    return folder / f"{stem}-picture-{number}.npy"
