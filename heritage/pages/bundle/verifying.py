"""Hold a bundle to what it says of itself; a bundle from elsewhere is hostile input."""

import hashlib
import json
import zipfile
import zlib
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from django.utils.translation import gettext as _

from .key import public_key
from .making import MANIFEST, SIGNATURE

LARGEST_MANIFEST = 4 * 1024**2
MOST_FILES = 10_000
PIECE_BYTES = 1024**2
# What zipfile raises for what is no ZIP, damaged, encrypted or packed in another way.
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError,
    RuntimeError, TypeError, ValueError,
)  # fmt: skip


class NotABundle(Exception):
    """Damaged, changed, unsigned or out of date; the text says which."""


def verify_bundle(path: Path, *, key: str, today: date) -> dict[str, Any]:
    """Give the manifest of a sound bundle. `key`: the museum's public key, hexadecimal.

    Raises `NotABundle`.
    """
    try:
        with zipfile.ZipFile(path) as bundle:
            manifest = _signed(bundle, key)
            _check_files(bundle, manifest["files"])
    except UNREADABLE as error:
        raise NotABundle(
            _("This is not a bundle, or it is damaged: %(reason)s") % {"reason": error}
        ) from error
    ends = manifest.get("expires_on")
    if ends and date.fromisoformat(ends) <= today:
        raise NotABundle(
            _("This bundle ended on %(day)s. Ask the museum for a new one.")
            % {"day": ends}
        )
    return manifest


def _signed(bundle: zipfile.ZipFile, key: str) -> dict[str, Any]:
    if bundle.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise NotABundle(_("Its list of files is too long to be one of ours."))
    text = bundle.read(MANIFEST)
    signature = (
        bundle.read(SIGNATURE) if bundle.getinfo(SIGNATURE).file_size == 64 else b""
    )
    try:
        public_key(key).verify(signature, text)
        manifest: dict[str, Any] = json.loads(text)
    except InvalidSignature as error:
        raise NotABundle(
            _("It was not signed with this key, or was changed since.")
        ) from error
    except ValueError as error:
        raise NotABundle(_("The key or the list of files cannot be read.")) from error
    return manifest


def _check_files(bundle: zipfile.ZipFile, listed: dict[str, dict[str, Any]]) -> None:
    names = bundle.namelist()
    if len(names) > MOST_FILES or sorted(names) != sorted(
        [*listed, MANIFEST, SIGNATURE]
    ):
        raise NotABundle(_("A file is missing, or one is there that is not listed."))
    for name, told in listed.items():
        digest, left = hashlib.sha512(), int(told["bytes"])
        with bundle.open(name) as member:
            while left >= 0 and (piece := member.read(PIECE_BYTES)):
                digest.update(piece)
                left -= len(piece)
        if left or digest.hexdigest() != told["sha512"]:
            raise NotABundle(_("%(name)s is not as it was signed.") % {"name": name})
