"""Ask renderers, processes that load libvips, for parts of pyramids. Standard library only.

The web process never decodes a picture. A renderer lives on from request to request; one
that hangs, swells or dies is replaced. It ends when its standard input closes, so none
outlives the process that asks, however that ends.
"""

import atexit
import contextlib
import io
import json
import os
import queue
import selectors
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, cast

COMMAND = (sys.executable, "-m", "scans.images.renderer")
HOME = Path(__file__).resolve().parents[2]
PIECE_BYTES = 1 << 20  # read at a time


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
        is_in_step = False
        try:
            renderer = renderer or _Renderer(self._memory_bytes)
            answer = renderer.ask(part, time.monotonic() + self._time_s)
            is_in_step = True
        except (OSError, ValueError, EOFError) as error:
            raise RenderFailed(str(error)) from error
        finally:
            # Whatever one out of step would still say belongs to nobody.
            if renderer is not None and not is_in_step:
                renderer.end()
            self._free.put(renderer if is_in_step else None)
        if isinstance(answer, str):
            raise RenderFailed(answer)
        return answer

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
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._out, selectors.EVENT_READ)

    def ask(self, part: Part, until: float) -> bytes | str:
        """Give the picture, or the reason why there is none.

        Raises OSError, EOFError or ValueError for one that is dead or out of step.
        """
        self._in.write(json.dumps(asdict(part)).encode() + b"\n")
        self._in.flush()
        head = bytearray()
        while b"\n" not in head:
            head += self._read(PIECE_BYTES, until)
        line, _, start = bytes(head).partition(b"\n")
        answer = json.loads(line)
        if "error" in answer:
            return str(answer["error"])
        return self._read_body(start, int(answer["bytes"]), until)

    def end(self) -> None:
        with contextlib.suppress(OSError):
            self._in.close()
        self._process.kill()
        self._process.wait()
        self._selector.close()
        self._out.close()

    def _read_body(self, start: bytes, size: int, until: float) -> bytes:
        body = io.BytesIO()  # grows without being copied for every piece
        body.write(start)
        while body.tell() < size:
            body.write(self._read(min(size - body.tell(), PIECE_BYTES), until))
        if body.tell() != size:
            raise ValueError("The renderer says more than it promised.")
        return body.getvalue()

    def _read(self, most: int, until: float) -> bytes:
        """Wait for bytes, and give those that are there."""
        left = until - time.monotonic()
        if left <= 0 or not self._selector.select(left):
            raise TimeoutError("The renderer takes too long.")
        # Past Python's own buffer, of which the selector knows nothing.
        piece = os.read(self._out.fileno(), most)
        if not piece:
            raise EOFError("The renderer ended.")
        return piece
