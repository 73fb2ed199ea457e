"""Where an answer is kept until its client has read it."""

import os
import tempfile
from typing import IO, cast

from knowledge_graph.errors import AnswerTooLarge

# A larger answer goes into a file. This much fits into a socket's buffer, so that sending
# it never waits for the other side.
INLINE_BYTES = 64 << 10


class Spool:
    """Takes an answer: in memory while it is small, then in a file that has no name."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115 closed in close()
            max_size=INLINE_BYTES
        )
        self.size = self._at = 0
        # The engine's writers wrap what they meet; here it can be found as it was raised.
        self.refusal: AnswerTooLarge | None = None

    def write(self, data: bytes) -> int:
        end = self._at + len(data)
        if end > self._limit_bytes:
            self.refusal = AnswerTooLarge(limit_bytes=self._limit_bytes)
            raise self.refusal
        self._at, self.size = end, max(self.size, end)
        return self._file.write(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go back to what was written, or to its end, to write there."""
        self._at = self._file.seek(offset, whence)
        return self._at

    def flush(self) -> None:
        self._file.flush()

    def rewound(self) -> IO[bytes]:
        """Give the whole answer as a file, to be read from its start."""
        self._file.flush()
        self._file.seek(0)
        return cast(IO[bytes], self._file)

    def close(self) -> None:
        self._file.close()
