"""Libraries that read untrusted bytes: whatever they raise becomes a refusal."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scans.errors import UnreadableScan

# What parsers let through when a file is not what it says; MemoryError is not among
# them: that is a limit reached, and told as such.
PARSE_ERRORS = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    EOFError,
    OSError,
    RuntimeError,
    SyntaxError,  # also what xml.etree raises
    struct.error,
    zlib.error,
)
RUST_PANIC = "PanicException"  # lazrs: a BaseException that no module exports


@contextmanager
def refusing(
    path: Path, reason: str, *more: type[Exception], panics: bool = False
) -> Iterator[None]:
    """Raise UnreadableScan for what a library raises; `more` names its own classes."""
    try:
        yield
    except PARSE_ERRORS + more as error:
        raise UnreadableScan(path, reason) from error
    except BaseException as error:
        if not panics or type(error).__name__ != RUST_PANIC:
            raise
        raise UnreadableScan(path, reason) from error
