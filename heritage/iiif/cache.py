"""Pictures that renderers have made, kept in a folder of a bounded size.

Several processes share the folder. A hit makes a file young again; when a process has
written a tenth of the limit it sweeps, the oldest first.
"""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

FILL = 0.8  # of the limit, after a sweep
SWEEP_SHARE = 10
_written: dict[Path, int] = {}


@dataclass(frozen=True)
class TileCache:
    """`name` is a digest in hexadecimal: whatever it names never changes."""

    folder: Path
    limit_bytes: int

    def find(self, name: str) -> bytes | None:
        path = self._path(name)
        try:
            body = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return body

    def keep(self, name: str, body: bytes) -> None:
        """Write the file whole or not at all; without room it is not kept."""
        if len(body) > self.limit_bytes / SWEEP_SHARE:
            return
        path = self._path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
                file.write(body)
            Path(file.name).replace(path)
        except OSError:
            return
        self._count(len(body))

    def sweep(self) -> None:
        """Remove the oldest until the folder is well within its limit."""
        files = sorted(self._files(), key=lambda one: one[1].st_mtime)
        left = sum(stat.st_size for _path, stat in files)
        for path, stat in files:
            if left <= self.limit_bytes * FILL:
                return
            path.unlink(missing_ok=True)
            left -= stat.st_size

    def _files(self) -> list[tuple[Path, os.stat_result]]:
        found = []
        for path in self.folder.glob("*/*"):
            try:
                found.append((path, path.stat()))
            except FileNotFoundError:
                continue  # another process sweeps as well
        return found

    def _count(self, size: int) -> None:
        written = _written.get(self.folder, self.limit_bytes) + size
        _written[self.folder] = written
        # A process just started does not know how full the folder is: it looks.
        if written > self.limit_bytes / SWEEP_SHARE:
            _written[self.folder] = 0
            self.sweep()

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name
