"""Sets that somebody hands in, and whether what is kept of one is what was sent."""

import hashlib
from typing import Any

SIZES = {"a.ply": 3_000_000, "b.ply": 10, "sub/c.ply": 300_000, "sub/d.ply": 10}


class Sent:
    """A set that somebody sends; it is accepted once the museum has said so."""

    def __init__(self, name: str, files: dict[str, bytes]) -> None:
        self.name, self.files = name, files
        self.is_accepted = False
        self.key, self.pk = "", 0
        self.digests = {
            n: hashlib.sha512(data).hexdigest() for n, data in files.items()
        }


def is_whole(deposit: Any, sent: Sent) -> bool:
    rows = dict(deposit.files.values_list("name", "sha512"))
    on_disk = {
        file.name: hashlib.sha512(file.absolute_path().read_bytes()).hexdigest()
        for file in deposit.files.all()
    }
    return bool(rows == on_disk == sent.digests)
