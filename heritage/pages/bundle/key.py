"""The museum's key for signing bundles: Ed25519, made when it is first needed."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from django.conf import settings


def signing_key() -> Ed25519PrivateKey:
    """Give the key that lies in the museum's data; two who make one at once agree."""
    path: Path = settings.BUNDLE_KEY
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_once(path, Ed25519PrivateKey.generate().private_bytes_raw())
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


def public_text(key: Ed25519PrivateKey) -> str:
    """Write the public half as people compare it: 64 hexadecimal digits."""
    return key.public_key().public_bytes_raw().hex()


def public_key(text: str) -> Ed25519PublicKey:
    """Read it again. Raises `ValueError`."""
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text.strip()))


def _write_once(path: Path, secret: bytes) -> None:
    made = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(
        os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
    ) as f:
        f.write(secret)
        f.flush()
        os.fsync(f.fileno())
    try:
        os.link(made, path)  # never over one that another has made meanwhile
    except FileExistsError:
        pass
    finally:
        made.unlink()
