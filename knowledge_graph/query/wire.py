"""Messages between client, owner and reader: a JSON header, a body, perhaps an open file.

A frame is two big-endian 32-bit lengths, the header as UTF-8 JSON, the body. A large body
travels as a file descriptor instead (SCM_RIGHTS): nobody copies it, and a client that reads
slowly keeps nobody waiting.
"""

import json
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LENGTHS = struct.Struct(">II")
LONGEST = 1 << 20  # of header or body; anything longer is no message of ours
AT_ONCE = 16 << 10  # read together: all of most messages


class BrokenMessage(ConnectionError):
    """The other side went away in mid-sentence, or does not speak our language."""


@dataclass(frozen=True)
class Message:
    header: Mapping[str, Any]
    body: bytes = b""
    file: int | None = None  # a descriptor that the receiver owns


def send(channel: socket.socket, message: Message) -> None:
    """Send a message; the sender keeps its own copy of the descriptor."""
    header = json.dumps(message.header, ensure_ascii=False).encode()
    frame = LENGTHS.pack(len(header), len(message.body)) + header + message.body
    sent = 0
    if message.file is not None:
        sent = socket.send_fds(channel, [frame], [message.file])
    channel.sendall(frame[sent:])


def receive(channel: socket.socket) -> Message | None:
    """Receive a message; None when the other side has closed.

    The two sides take turns: after a message nothing comes before it is answered.
    """
    data, handles, _, _ = socket.recv_fds(channel, AT_ONCE, 1)
    if not data:
        return None
    data += _read(channel, LENGTHS.size - len(data))
    header_bytes, body_bytes = LENGTHS.unpack_from(data)
    if max(header_bytes, body_bytes) > LONGEST:
        raise BrokenMessage(f"a message of {header_bytes} and {body_bytes} bytes")
    start = LENGTHS.size + header_bytes
    data += _read(channel, start + body_bytes - len(data))
    if len(data) > start + body_bytes:
        raise BrokenMessage("a second message before the first was answered")
    header = _parse(data[LENGTHS.size : start])
    return Message(header, data[start:], handles[0] if handles else None)


def _parse(data: bytes) -> dict[str, Any]:
    try:
        header = json.loads(data)
    except ValueError as error:
        raise BrokenMessage("a header that is no JSON") from error
    if not isinstance(header, dict):
        raise BrokenMessage("a header that is no object")
    return header


def _read(channel: socket.socket, wanted: int) -> bytes:
    """Read so many bytes more; none for a number below one."""
    chunks = bytearray()
    while len(chunks) < wanted:
        chunk = channel.recv(wanted - len(chunks))
        if not chunk:
            raise BrokenMessage("the connection was closed in mid-message")
        chunks += chunk
    return bytes(chunks)
