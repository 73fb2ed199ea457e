"""Ask renderers, processes that load libvips, for parts of pyramids. Standard library only.

The web process never decodes a picture. A renderer lives on from request to request; one
that hangs, swells or dies is replaced. It ends when its standard input closes, so none
outlives the process that asks, however that ends.
"""

import atexit
import contextlib
import json
import os
import queue
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, cast

COMMAND = (sys.executable, "-m", "scans.images.renderer")
HOME = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Part:
    """A part of one level of a pyramid, and what to make of it.

    level_box : left, top, width, height in pixels of the level
    size : width and height after scaling
    """

    path: str
    level: int
    level_box: tuple[int, int, int, int]
    size: tuple[int, int]
    mirror: bool
    rotation_deg: float
    quality: str  # default, color, gray, bitonal
    format: str  # jpg, png, webp


class RenderFailed(Exception):
    """The renderer could not make it: the pyramid is damaged, or it took too long."""


class RenderersBusy(Exception):
    """All renderers are at work and stay so: ask again in a moment."""


class Renderers:
    """A few renderers, started when first needed."""

    def __init__(
        self, count: int, *, memory_bytes: int, time_s: float, wait_s: float
    ) -> None:
        self._count = count
        self._memory_bytes = memory_bytes
        self._time_s, self._wait_s = time_s, wait_s
        self._lock = threading.Lock()
        self._owner = 0
        self._free: queue.Queue[_Renderer | None] = queue.Queue()
        atexit.register(self.close)

    def render(self, part: Part) -> bytes:
        """Give the encoded picture; raise `RenderFailed` or `RenderersBusy`."""
        self._be_ours()
        try:
            renderer = self._free.get(timeout=self._wait_s)
        except queue.Empty:
            raise RenderersBusy from None
        try:
            renderer = renderer or _Renderer(self._memory_bytes)
            return renderer.ask(part, time.monotonic() + self._time_s)
        except (OSError, ValueError, EOFError) as error:
            # Out of step or dead: whatever it would still say belongs to nobody.
            if renderer is not None:
                renderer.end()
            renderer = None
            raise RenderFailed(str(error)) from error
        finally:
            self._free.put(renderer)

    def close(self) -> None:
        """End all renderers that are idle; a later request starts new ones."""
        with self._lock:
            if self._owner != os.getpid():
                return
            self._owner = 0
            while True:
                try:
                    renderer = self._free.get_nowait()
                except queue.Empty:
                    return
                if renderer is not None:
                    renderer.end()

    def _be_ours(self) -> None:
        """After a fork the parent's renderers are not ours to talk to."""
        with self._lock:
            if self._owner == os.getpid():
                return
            self._owner = os.getpid()
            self._free = queue.Queue()
            for _ in range(self._count):
                self._free.put(None)


class _Renderer:
    """One process: a line of JSON in; a line of JSON and that many bytes out."""

    def __init__(self, memory_bytes: int) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [*COMMAND, str(memory_bytes)],
            cwd=HOME,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"VIPS_CONCURRENCY": "1", "MALLOC_ARENA_MAX": "2"},
        )
        self._in = cast("IO[bytes]", self._process.stdin)
        self._out = cast("IO[bytes]", self._process.stdout)
        os.set_blocking(self._out.fileno(), False)

    def ask(self, part: Part, until: float) -> bytes:
        """Raise ValueError for what it refuses, OSError or EOFError if it is dead."""
        self._in.write(json.dumps(asdict(part)).encode() + b"\n")
        self._in.flush()
        buffer = self._read_until(b"", lambda got: b"\n" in got, until)
        head, _, body = buffer.partition(b"\n")
        answer = json.loads(head)
        if "error" in answer:
            raise ValueError(answer["error"])
        size = int(answer["bytes"])
        return self._read_until(body, lambda got: len(got) >= size, until)

    def end(self) -> None:
        with contextlib.suppress(OSError):
            self._in.close()
        self._process.kill()
        self._process.wait()
        self._out.close()

    def _read_until(
        self, got: bytes, is_enough: Callable[[bytes], bool], until: float
    ) -> bytes:
        with selectors.DefaultSelector() as selector:
            selector.register(self._out, selectors.EVENT_READ)
            while not is_enough(got):
                left = until - time.monotonic()
                if left <= 0 or not selector.select(left):
                    raise TimeoutError("The renderer takes too long.")
                chunk = self._out.read(1 << 20)
                if chunk == b"":
                    raise EOFError("The renderer ended.")
                got += chunk or b""
        return got
