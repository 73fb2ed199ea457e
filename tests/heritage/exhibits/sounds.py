"""Small sound files, written byte by byte as the formats describe them."""

import struct
import wave
from io import BytesIO


def wav(seconds: float = 0.5, *, rate: int = 8_000) -> bytes:
    """A still WAV."""
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(2 * int(rate * seconds)))
    return out.getvalue()


def ogg_opus(seconds: float = 1.0) -> bytes:
    """Two pages of a stream: what it is, and where it ends."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48_000, 0, 0)
    end = int(seconds * 48_000) + 312
    return _page(head, 0, flags=2) + _page(b"\xfc\xff\xfe", end, flags=4)


def ogg_vorbis(seconds: float = 1.0, *, rate: int = 44_100) -> bytes:
    head = b"\x01vorbis" + struct.pack("<IBIiiiBB", 0, 1, rate, 0, 0, 0, 0xB8, 1)
    return _page(head, 0, flags=2) + _page(b"\0", int(seconds * rate), flags=4)


def mp3(frames: int = 40, *, tag: bytes = b"") -> bytes:
    """Frames of MPEG 1 layer III, 128 kbit/s at 44.1 kHz: 417 bytes, 26 ms each."""
    return tag + frames * (b"\xff\xfb\x90\x00" + bytes(413))


def id3(size: int = 300) -> bytes:
    return b"ID3\x04\0\0" + bytes([0, 0, size >> 7, size & 0x7F]) + bytes(size)


def ape(size: int = 40) -> bytes:
    head = b"APETAGEX" + struct.pack("<IIII", 2000, size, 0, 1 << 31)
    return head + bytes(8 + size)


def m4a(seconds: float = 2.0, *, handler: bytes = b"soun") -> bytes:
    movie = bytes(12) + struct.pack(">II", 1_000, int(seconds * 1_000)) + bytes(80)
    told = _box(b"hdlr", bytes(8) + handler + bytes(12))
    track = _box(b"trak", _box(b"mdia", told))
    return (
        _box(b"ftyp", b"M4A \0\0\0\0")
        + _box(b"moov", _box(b"mvhd", movie) + track)
        + _box(b"mdat", bytes(100))
    )


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, name) + body


def _page(packet: bytes, granule: int, *, flags: int) -> bytes:
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, granule, 7, 0, 0)
    return head + bytes([1, len(packet)]) + packet
