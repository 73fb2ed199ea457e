"""The headers of tus 1.0.0, parsed to values."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import BadHeader, UnknownAlgorithm

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
ALGORITHMS = ("sha1", "sha256", "sha512")
BODY_TYPE = "application/offset+octet-stream"
LONGEST_METADATA = 8000
NUMBER = re.compile(r"[0-9]{1,18}\Z")


@dataclass(frozen=True)
class Checksum:
    """What a chunk's digest must be."""

    algorithm: str
    digest: bytes

    def new(self) -> Any:
        return hashlib.new(self.algorithm)


def parse_number(headers: Mapping[str, str], name: str) -> int:
    """Read a whole number from zero on. Raises `BadHeader`."""
    raw = headers.get(name, "")
    if not NUMBER.match(raw):
        raise BadHeader(name)
    return int(raw)


def parse_checksum(headers: Mapping[str, str]) -> Checksum | None:
    """Read `Upload-Checksum`; None if there is none."""
    raw = headers.get("Upload-Checksum")
    if raw is None:
        return None
    algorithm, _blank, encoded = raw.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise UnknownAlgorithm(algorithm[:40])
    digest = _decode(encoded, "Upload-Checksum")
    if len(digest) != hashlib.new(algorithm).digest_size:
        raise BadHeader("Upload-Checksum")
    return Checksum(algorithm, digest)


def parse_metadata(raw: str) -> dict[str, str]:
    """Read `Upload-Metadata`: keys, each with a base64 value or none, parted by commas."""
    if len(raw) > LONGEST_METADATA:
        raise BadHeader("Upload-Metadata")
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in raw.split(","))):
        name, _blank, encoded = pair.partition(" ")
        if not name.isascii() or name in found:
            raise BadHeader("Upload-Metadata")
        try:
            found[name] = _decode(encoded.strip(), "Upload-Metadata").decode()
        except UnicodeDecodeError:
            raise BadHeader("Upload-Metadata") from None
    return found


def _decode(encoded: str, name: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise BadHeader(name) from None
