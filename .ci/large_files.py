"""Refuse files over 512 kB: what is large is fetched by a lock or made by the code.

large_files.py FILE ...     those about to be committed
large_files.py              all that git knows
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT_BYTES = 512 * 1024  # the longest lockfile has 200 kB


def main(names: list[str]) -> int:
    large = [
        f"{name}: {size // 1024} kB"
        for name in names or known_files()
        if (size := size_of(ROOT / name)) > LIMIT_BYTES
    ]
    sys.stderr.writelines(f"too large to commit: {line}\n" for line in large)
    return 1 if large else 0


def known_files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.split("\0") if name]


def size_of(file: Path) -> int:
    return file.lstat().st_size if file.exists() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
