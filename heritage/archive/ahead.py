"""A digest in a thread of its own: the disk does not wait for it, nor it for the disk."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class Ahead:
    """Updates a digest in another thread, one chunk behind at most."""

    def __init__(self, digest: Any, pool: ThreadPoolExecutor) -> None:
        self._digest, self._pool = digest, pool
        self._pending: Future[None] | None = None

    def update(self, chunk: bytes) -> None:
        self._settle()
        self._pending = self._pool.submit(self._digest.update, chunk)

    def hexdigest(self) -> str:
        self._settle()
        return str(self._digest.hexdigest())

    def _settle(self) -> None:
        if self._pending is not None:
            self._pending.result()
