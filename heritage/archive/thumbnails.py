"""Small pictures of untrusted ones, drawn anew by a child process with limits."""

import subprocess
import sys
from pathlib import Path, PurePosixPath

from scans.child import leashed

from .models import Deposit, StoredFile
from .staying import in_use

CHILD = Path(__file__).with_name("thumbnail_child.py")
SIZE_PX = 160
LOGO_PX = 512
MEMORY_BYTES = 1024**3
MOST_PIXELS = 100_000_000  # twice the largest camera sensor in common use
TIME_S = 20
DRAWN = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".gif", ".bmp"}


def pictures_of(deposit: Deposit, most: int) -> list[StoredFile]:
    """Give the first pictures of a deposit that can be drawn."""
    files = deposit.files.filter(in_use()).select_related("deposit").order_by("name")
    drawn = (file for file in files[:500] if is_drawn(file.name))
    return [file for _number, file in zip(range(most), drawn, strict=False)]


def is_drawn(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in DRAWN


def draw_thumbnail(path: Path) -> bytes | None:
    """Give a JPEG of at most `SIZE_PX` a side; None for what cannot be drawn."""
    return _draw(path, str(SIZE_PX), str(MOST_PIXELS))


def draw_logo(path: Path) -> bytes | None:
    """Give a PNG of at most `LOGO_PX` a side, made anew from the pixels; None as above."""
    return _draw(path, str(LOGO_PX), str(MOST_PIXELS), "png")


def _draw(path: Path, *wanted: str) -> bytes | None:
    command = [sys.executable, "-I", str(CHILD), str(path), *wanted]
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            leashed(command, memory_bytes=MEMORY_BYTES, cpu_s=TIME_S),
            capture_output=True, timeout=TIME_S, check=True,
        )  # fmt: skip
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    return done.stdout
