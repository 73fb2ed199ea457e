"""Files hashed by threads of their own while they are copied: both end together."""

import hashlib
import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Self

from .errors import DamagedPackage

PENDING = 64  # files; beyond them the copy waits


class Verifying:
    """Tells at its end, or before, whether each file that was begun has its digest.

    Raises `DamagedPackage`. A file is read once more, from the cache that the copy fills
    meanwhile: hashlib lets go of the interpreter, so that all cores work at it.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1)
        self._begun: deque[tuple[str, str, Future[str]]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            while self._begun and kind is None:
                self._settle()
        finally:
            self._pool.shutdown(cancel_futures=True)

    def begin(self, path: Path, name: str, sha512: str) -> None:
        if len(self._begun) == PENDING:
            self._settle()
        self._begun.append((name, sha512, self._pool.submit(_digest, path)))

    def _settle(self) -> None:
        name, sha512, found = self._begun.popleft()
        try:
            is_right = found.result() == sha512
        except OSError as error:
            raise DamagedPackage(name) from error
        if not is_right:
            raise DamagedPackage(name)


def _digest(path: Path) -> str:
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha512").hexdigest()
