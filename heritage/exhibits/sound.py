"""What a sound file is, read from its own headers alone: nothing in it is decoded.

Every length that a file claims is held to the bytes that are there, and what does not
add up is refused. Sources: RFC 3533 and 7845 (Ogg, Opus), Xiph's Vorbis I, ISO 11172-3
(MPEG layer III), ISO 14496-12 (MP4), Microsoft's RIFF.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

MOST_FRAMES = 2_000_000  # of MP3: fourteen hours
MOST_BOXES = 10_000
LARGEST_MOOV = 16 * 1024**2
TAIL_BYTES = 128 * 1024  # an Ogg page is at most 65 307 bytes
PIECE_BYTES = 1024**2
ID3V1_BYTES = 128
APE_HEAD_BYTES = 32
LEAST_BIT_PER_S = 100  # silence in Opus takes more: what claims to be longer is not so

ENDINGS = {
    ".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg",
    ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".wav": "audio/wav",
}  # fmt: skip


@dataclass(frozen=True)
class Sound:
    """What a file holds: its type, and how long it plays."""

    media_type: str
    duration_s: float


class Unsound(Exception):
    """No sound file of ours; the code says why: `kind`, `ending`, `broken`, `empty`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_sound(file: BinaryIO, name: str) -> Sound:
    """Tell type and length of an open file, and that its name says the same.

    Raises `Unsound`.
    """
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    head = file.read(12)
    try:
        sound = _read(file, head, size)
    except (struct.error, ValueError, ZeroDivisionError, IndexError) as error:
        raise Unsound("broken") from error
    finally:
        file.seek(0)
    if ENDINGS.get(PurePath(name).suffix.lower()) != sound.media_type:
        raise Unsound("ending")
    if not sound.duration_s > 0:
        raise Unsound("empty")
    if sound.duration_s > size * 8 / LEAST_BIT_PER_S:
        raise Unsound("broken")
    return sound


def _read(file: BinaryIO, head: bytes, size: int) -> Sound:
    if head[:4] == b"OggS":
        return _read_ogg(file, size)
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return _read_wav(file, size)
    if head[4:8] == b"ftyp":
        return _read_mp4(file, size)
    if head[:3] == b"ID3" or _frame(head[:4]):
        return _read_mp3(file, head, size)
    raise Unsound("kind")


# Ogg: pages of one stream; the last one tells how many samples there were.


def _read_ogg(file: BinaryIO, size: int) -> Sound:
    file.seek(0)
    first = file.read(27 + 255 + 64)
    serial = first[14:18]
    packet = first[27 + first[26] :]
    if packet[:8] == b"OpusHead":
        skipped, rate = struct.unpack_from("<H", packet, 10)[0], 48_000
    elif packet[:7] == b"\x01vorbis":
        skipped, rate = 0, struct.unpack_from("<I", packet, 12)[0]
    else:
        raise Unsound("kind")
    file.seek(max(0, size - TAIL_BYTES))
    last = _last_granule(file.read(), serial)
    return Sound("audio/ogg", (last - skipped) / rate)


def _last_granule(tail: bytes, serial: bytes) -> int:
    at = len(tail)
    while (at := tail.rfind(b"OggS", 0, at)) >= 0:
        is_whole = at + 27 <= len(tail) and tail[at + 4] == 0
        if is_whole and tail[at + 14 : at + 18] == serial:
            granule: int = struct.unpack_from("<q", tail, at + 6)[0]
            if granule >= 0:  # -1: no packet ends on this page
                return granule
    raise Unsound("broken")


# WAV: chunks, of which one tells the format and one holds the samples.


def _read_wav(file: BinaryIO, size: int) -> Sound:
    per_second, at = 0, 12
    for _number in range(MOST_BOXES):
        file.seek(at)
        name, length = struct.unpack("<4sI", file.read(8))
        if at + 8 + length > size:
            raise Unsound("broken")
        if name == b"fmt ":
            code, channels, rate, per_second = struct.unpack("<HHII", file.read(12))
            if code not in {1, 3, 0xFFFE} or not 1 <= channels <= 8 or not rate:
                raise Unsound("kind")
        elif name == b"data":
            return Sound("audio/wav", length / per_second)
        at += 8 + length + length % 2
    raise Unsound("broken")


# MP4: boxes in boxes; one track of sound, none of pictures that move.


def _read_mp4(file: BinaryIO, size: int) -> Sound:
    boxes = {name: (start, end) for name, start, end in _boxes_of(file, size)}
    start, end = boxes.get(b"moov", (0, 0))
    if start == end or end - start > LARGEST_MOOV or b"mdat" not in boxes:
        raise Unsound("broken")
    file.seek(start)
    return _read_moov(file.read(end - start))


def _boxes_of(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    at = 0
    for _number in range(MOST_BOXES):
        if at >= size:
            return
        file.seek(at)
        length, name = struct.unpack(">I4s", file.read(8))
        start = at + 8
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(8))
            start += 8
        elif length == 0:
            length = size - at
        if length < start - at or at + length > size:
            raise Unsound("broken")
        yield name, start, at + length
        at += length


def _read_moov(moov: bytes) -> Sound:
    boxes = list(_inside(moov))
    kinds = {_handler(body) for name, body in boxes if name == b"trak"}
    if b"soun" not in kinds or b"vide" in kinds:
        raise Unsound("kind")
    header = next((body for name, body in boxes if name == b"mvhd"), b"")
    wide = header[:1] == b"\x01"
    scale, length = struct.unpack_from(
        ">IQ" if wide else ">II", header, 20 if wide else 12
    )
    return Sound("audio/mp4", length / scale)


def _handler(track: bytes) -> bytes:
    media = next((body for name, body in _inside(track) if name == b"mdia"), b"")
    told = next((body for name, body in _inside(media) if name == b"hdlr"), b"")
    return told[8:12]


def _inside(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    for _number in range(MOST_BOXES):
        if at + 8 > len(body):
            return
        length, name = struct.unpack_from(">I4s", body, at)
        if length < 8 or at + length > len(body):
            raise Unsound("broken")
        yield name, body[at + 8 : at + length]
        at += length


# MP3: frames, each of which tells how long it is; all of them are counted.

KBIT = {
    3: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}  # by version: MPEG 1, MPEG 2; 2.5 is as 2
RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}  # fmt: skip
SAMPLES = {3: 1152, 2: 576, 0: 576}


def _frame(header: bytes) -> tuple[int, float] | None:
    """Give a frame's bytes and seconds; None where none begins."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bits, rate = header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or layer != 1 or not 1 <= bits <= 14 or rate == 3:
        return None
    hertz = RATES[version][rate]
    kbit = KBIT[3 if version == 3 else 2][bits - 1]
    size = SAMPLES[version] // 8 * kbit * 1000 // hertz + (header[2] >> 1 & 1)
    return size, SAMPLES[version] / hertz


def _read_mp3(file: BinaryIO, head: bytes, size: int) -> Sound:
    at = _after_id3(head) if head[:3] == b"ID3" else 0
    seconds, frames = 0.0, 0
    data = _Window(file)
    while at + 4 <= size and frames < MOST_FRAMES:
        frame = _frame(data.at(at, 4))
        if frame is None:
            break
        at += frame[0]
        seconds += frame[1]
        frames += 1
    # After the last frame come tags only; a picture or a program would not fit there.
    rest = size - at - _ape_bytes(data.at(at, APE_HEAD_BYTES))
    if frames < 2 or not 0 <= rest <= ID3V1_BYTES:
        raise Unsound("broken" if frames else "kind")
    return Sound("audio/mpeg", seconds)


def _ape_bytes(head: bytes) -> int:
    """Tell how long the APEv2 tag is that begins so; 0 where none does."""
    if head[:8] != b"APETAGEX":
        return 0
    length: int = struct.unpack_from("<I", head, 12)[0]  # without this head
    return APE_HEAD_BYTES + length


def _after_id3(head: bytes) -> int:
    """Tell where the tag before the first frame ends: 28 bits in four bytes."""
    if any(byte & 0x80 for byte in head[6:10]):
        raise Unsound("broken")
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return 10 + size + (10 if head[5] & 0x10 else 0)


class _Window:
    """Reads a file in large pieces, however small what is asked for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._start, self._piece = file, 0, b""

    def at(self, place: int, size: int) -> bytes:
        inside = place - self._start
        if not 0 <= inside <= len(self._piece) - size:
            self._file.seek(place)
            self._start, self._piece, inside = place, self._file.read(PIECE_BYTES), 0
        return self._piece[inside : inside + size]
