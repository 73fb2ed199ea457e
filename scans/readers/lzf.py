"""LZF, the compression inside PCD files (after the format's description in LibLZF)."""

LITERAL = 32  # control bytes below it announce so many bytes, and one more
LONG = 7  # a length that says: one more byte of length follows


def decompress(packed: bytes, size: int) -> bytes:
    """Unpack to exactly `size` bytes.

    Raises ValueError where the bytes are not such a stream.
    """
    out = bytearray()
    place, end = 0, len(packed)
    while place < end:
        control = packed[place]
        place += 1
        if control < LITERAL:
            out += packed[place : place + control + 1]
            place += control + 1
            continue
        length = control >> 5
        needed = 2 if length == LONG else 1
        if place + needed > end:
            raise ValueError("the stream breaks off")
        if length == LONG:
            length += packed[place]
            place += 1
        back = ((control & 31) << 8 | packed[place]) + 1
        place += 1
        _repeat(out, back, length + 2)
        if len(out) > size:
            raise ValueError("there is more than was announced")
    if len(out) != size:
        raise ValueError("there is less than was announced")
    return bytes(out)


def _repeat(out: bytearray, back: int, length: int) -> None:
    start = len(out) - back
    if start < 0:
        raise ValueError("it refers to what is before its beginning")
    if back >= length:
        out += out[start : start + length]
    else:  # what is being written is repeated: a run
        run = bytes(out[start:])
        out += (run * (length // back + 1))[:length]
