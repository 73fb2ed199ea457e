"""Objects in a bucket of S3: what makes one visible is its inventory, which comes last.

A bucket renames nothing and knows no folders. So the content of an object is sent first,
then the inventories of its versions, then the root's sidecar, and the root's inventory
at the very end. Killed before, there is no object; killed within a further version, the
one before counts.
"""

import json
import re
import shutil
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.utils import timezone

from . import ocfl
from .byte_store import ROOT_DECLARATION, DigestSteps, Place, Steps, drain, files_in
from .errors import NotAsSent, ReplicaRefused, StoreAbsent, StoreUnreachable
from .s3_bucket import Bucket
from .s3_paths import S3Path
from .s3_sending import give_up_stale, send_bytes, send_steps

QUARANTINE = "quarantine/"  # beside `objects/`: in no storage root
ROOT = "objects/"
LEDGER = "erasures/"  # certificates: what must not come back by a restore
SENDING = 8  # files at once
SMALL_BYTES = 1024**2
AT_ONCE = 256  # names handed to the threads at a time
VERSION = re.compile(r"v(\d+)/")
OBJECT_DEPTH = 4  # where extension 0004 puts them
NO_VERSIONS = ("NotImplemented", "MethodNotAllowed")


@dataclass(frozen=True)
class S3Store:
    """An OCFL storage root under a bucket's prefix, with the quarantine beside it."""

    name: str
    whole: Bucket
    # A version that is being added is there before the inventory that names it.
    passing_codes: frozenset[str] = frozenset({"E046"})

    def __str__(self) -> str:
        return str(self.whole)

    @property
    def bucket(self) -> Bucket:
        return Bucket(self.whole.client, self.whole.name, f"{self.whole.prefix}{ROOT}")

    @property
    def aside(self) -> Bucket:
        prefix = f"{self.whole.prefix}{QUARANTINE}"
        return Bucket(self.whole.client, self.whole.name, prefix)

    def check_present(self) -> None:
        if not self.place(ROOT_DECLARATION).is_file():
            raise StoreAbsent(self)

    def check_reached(self) -> None:
        self.whole.ask("head_bucket")

    def ensure_root(self) -> None:
        if self.place(ROOT_DECLARATION).is_file():
            return
        for path, data in ocfl.root_files().items():
            send_bytes(self.bucket, path, data)

    def place(self, path: str) -> S3Path:
        return S3Path(self.bucket, path)

    def objects(self) -> Iterator[str]:
        seen = ""
        for key, _size in self.bucket.sizes(""):
            parts = key.split("/")
            path = "/".join(parts[:OBJECT_DEPTH])
            if len(parts) > OBJECT_DEPTH and path != seen:
                seen = path
                yield path

    def has_object(self, object_path: str) -> bool:
        return self.place(f"{object_path}/{ocfl.INVENTORY}").is_file()

    def put_object(self, draft: Path, object_path: str) -> None:
        if self.has_object(object_path):
            raise FileExistsError(object_path)
        self.ensure_root()
        digests = ocfl.read_manifest(draft)
        names = files_in(draft)
        content = {name for name in names if name in digests}

        def send(name: str) -> None:
            digest = digests.get(name, "")
            self._send(names[name], f"{object_path}/{name}", digest)

        # Small ones at once, for each waits on the network; a large one holds a part.
        small = {n for n in content if names[n].stat().st_size <= SMALL_BYTES}
        with ThreadPoolExecutor(SENDING) as pool:
            waiting = iter(sorted(small))
            while batch := list(islice(waiting, AT_ONCE)):
                for _done in pool.map(send, batch):
                    pass
        for name in (
            *sorted(content - small),
            *_inventory_last(names.keys() - content),
        ):
            send(name)

    def copy_object_steps(self, source: Place, object_path: str) -> Steps:
        before = b""
        while (now := (source / ocfl.INVENTORY).read_bytes()) != before:
            before = now  # changed while we paused, it is done anew
            yield from self._copy_steps(source, object_path)

    def _copy_steps(self, source: Place, object_path: str) -> Steps:
        if not ocfl.is_whole(source):
            raise ReplicaRefused(source.name, ocfl.INVENTORY)
        self.ensure_root()
        digests = ocfl.read_manifest(source)
        there = files_in(source)
        content = sorted(name for name in there if name in digests)
        others = {name for name in there if not _is_content(name)}
        for name in (*content, *_inventory_last(others)):
            place, digest = f"{object_path}/{name}", digests.get(name, "")
            found = yield from self._send_steps(there[name], place, digest)
            if digest not in ("", found):
                raise ReplicaRefused(source.name, name)
        self._remove_others(source, object_path)

    def _remove_others(self, source: Place, object_path: str) -> None:
        """Remove what the other store holds no longer, or is about to lose by law."""
        listed = ocfl.read_manifest(source).keys()
        there = {n for n in files_in(source) if n in listed or not _is_content(n)}
        for key, _size in list(self.bucket.sizes(f"{object_path}/")):
            if key[len(object_path) + 1 :] not in there:
                self._remove(key)

    def put_steps(
        self, source: Place, path: str, sha512: str, *, staging: Path
    ) -> DigestSteps:
        return (yield from self._send_steps(source, path, sha512))

    @contextmanager
    def edit(self, object_path: str, staging: Path) -> Iterator[Path]:
        """Fetch the inventories that count, and send what differs afterwards."""
        folder = staging / "edit"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        before = self._fetch(object_path, folder)
        yield folder
        now = files_in(folder)
        changed = {n for n, p in now.items() if before.get(n) != p.read_bytes()}
        content = {name for name in changed if _is_content(name)}
        for name in (*sorted(content), *_inventory_last(changed - content)):
            send_bytes(self.bucket, f"{object_path}/{name}", now[name].read_bytes())
        shutil.rmtree(folder)

    def drop_half_versions(self, object_path: str) -> None:
        keys = [key for key, _size in self.bucket.sizes(f"{object_path}/v")]
        head = self._root_head(object_path)
        for number, names in _by_version(keys, object_path).items():
            place = self.place(f"{object_path}/v{number}")
            if head is not None and number > head and not ocfl.is_whole(place):
                for name in names:
                    self._remove(name)

    @contextmanager
    def staging_beside(self, name: str, staging: Path) -> Iterator[Path]:
        yield staging

    def set_aside_steps(self, path: str) -> Steps:
        moment = timezone.now().strftime("%Y%m%dT%H%M%S.%f")
        # Read and sent: a copy within the store ends at 5 GB.
        name = f"{moment}/{path}"
        yield from self._send_steps(self.place(path), name, "", self.aside)
        self.bucket.ask("delete_object", path)

    def remove_unlisted(self, object_path: str, listed: Collection[str]) -> None:
        for key, _size in list(self.bucket.sizes(f"{object_path}/v1/content/")):
            if key[len(object_path) + 1 :] not in listed:
                self._remove(key)

    def remove_object(self, object_path: str) -> None:
        inventory = f"{object_path}/{ocfl.INVENTORY}"
        self._remove(inventory)  # from here on there is no object
        for key, _size in list(self.bucket.sizes(f"{object_path}/")):
            self._remove(key)

    def purge_aside(self, object_path: str, paths: Collection[str]) -> None:
        gone = {f"{object_path}/{path}" for path in paths}
        for key, _size in list(self.aside.sizes("")):
            if key.partition("/")[2] in gone:
                self._remove(key, self.aside)
        # Sent by a copy that pauses, whose inventory is still to come; or set aside in
        # a bucket that keeps versions: no list of objects and keys names either.
        for key in sorted(gone):
            self._remove(key)

    def note_erasure(self, key: str, certificate: bytes) -> None:
        send_bytes(self.whole, f"{LEDGER}{key}.json", certificate)

    def noted_erasures(self) -> Iterator[bytes]:
        for key, _size in list(self.whole.sizes(LEDGER)):
            yield S3Path(self.whole, key).read_bytes()

    def sweep(self, *, before: datetime) -> int:
        """Give up multipart uploads of processes that were killed."""
        stores = self.bucket, self.aside
        return sum(give_up_stale(bucket, before) for bucket in stores)

    def _send(self, source: Place, path: str, sha512: str) -> None:
        found = drain(self._send_steps(source, path, sha512))
        if sha512 not in ("", found):
            raise NotAsSent(source.name)

    def _send_steps(
        self, source: Place, path: str, sha512: str, bucket: Bucket | None = None
    ) -> DigestSteps:
        size = source.stat().st_size
        with source.open("rb", buffering=0) as file:
            return (
                yield from send_steps(
                    bucket or self.bucket, path, file, size_bytes=size, sha512=sha512
                )
            )

    def _fetch(self, object_path: str, folder: Path) -> dict[str, bytes]:
        """Fetch declaration, inventories of root and head, and of what is after it.

        Of all versions where the root's is not whole: the newest that is must be found.
        """
        start = f"{object_path}/"
        keys = [key[len(start) :] for key, _size in self.bucket.sizes(start)]
        head = self._root_head(object_path)
        fetched = {}
        for name in keys:
            version = VERSION.match(name)
            is_late = head is None or (version and int(version[1]) >= head)
            if "/" in name and not (is_late and _is_inventory(name)):
                continue
            fetched[name] = self.place(start + name).read_bytes()
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(fetched[name])
        return fetched

    def _root_head(self, object_path: str) -> int | None:
        """Give the number of the head that a whole root inventory names."""
        start, read = self.place(object_path), {}
        for name in (ocfl.INVENTORY, ocfl.SIDECAR):
            try:
                read[name] = (start / name).read_bytes()
            except FileNotFoundError:
                return None
        raw = read[ocfl.INVENTORY]
        is_whole = read[ocfl.SIDECAR] == ocfl.sidecar(raw)
        return int(json.loads(raw)["head"][1:]) if is_whole else None

    def _remove(self, key: str, bucket: Bucket | None = None) -> None:
        """Delete a key for good: in a bucket that keeps versions, all of them."""
        bucket = bucket or self.bucket
        bucket.ask("delete_object", key)
        for version in self._kept_versions(bucket, key):
            bucket.ask("delete_object", key, VersionId=version)

    def _kept_versions(self, bucket: Bucket, key: str) -> list[str]:
        try:
            pages = list(bucket.pages("list_object_versions", key))
        except StoreUnreachable as error:
            if error.reason in NO_VERSIONS:
                return []
            raise
        rows = [
            row
            for page in pages
            for row in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        ]
        return [r["VersionId"] for r in rows if r["Key"] == bucket.prefix + key]


def _is_content(name: str) -> bool:
    return "/content/" in name


def _is_inventory(name: str) -> bool:
    return name.rpartition("/")[2] in (ocfl.INVENTORY, ocfl.SIDECAR)


def _by_version(keys: Iterable[str], object_path: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for key in keys:
        version = VERSION.match(key[len(object_path) + 1 :])
        if version:
            found.setdefault(int(version[1]), []).append(key)
    return found


def _inventory_last(names: Iterable[str]) -> list[str]:
    """Order small files: what is in folders first, the root's inventory at the end."""
    return sorted(
        names, key=lambda name: ("/" not in name, name == ocfl.INVENTORY, name)
    )
