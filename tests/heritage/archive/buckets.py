"""Buckets of a real S3 server on this machine, and what a test does to them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moto.server import ThreadedMotoServer

from heritage.archive.byte_store import ByteStore, files_in
from heritage.archive.local_store import LocalStore
from heritage.archive.s3_bucket import open_bucket
from heritage.archive.s3_store import S3Store

SECRET = "never-to-be-seen"  # noqa: S105 - of a server that takes any


@contextmanager
def s3_server() -> Iterator[str]:
    """Run one on a free port; gives its address."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def access(endpoint: str) -> dict[str, str]:
    return {
        "endpoint": endpoint,
        "region": "us-east-1",
        "access_key": "museum",
        "secret_key": SECRET,
    }


@dataclass
class Bytes:
    """A store from outside: what somebody with a shell or a console does to it."""

    store: ByteStore

    def names(self) -> list[str]:
        return list(files_in(self.store.place("")))

    def read(self, path: str) -> bytes:
        return self.store.place(path).read_bytes()

    def write(self, path: str, data: bytes) -> None:
        if isinstance(self.store, LocalStore):
            self.store.place(path).write_bytes(data)
        else:
            self._put(path, data)

    def flip(self, path: str) -> None:
        data = bytearray(self.read(path))
        data[len(data) // 2] ^= 0x01
        self.write(path, bytes(data))

    def remove(self, path: str) -> None:
        if isinstance(self.store, LocalStore):
            self.store.place(path).unlink()
        else:
            self._bucket.ask("delete_object", path)

    def aside(self) -> list[str]:
        """Name what lies in quarantine, within each moment's folder."""
        if isinstance(self.store, LocalStore):
            found = (
                files_in(self.store.quarantine)
                if self.store.quarantine.is_dir()
                else {}
            )
            return [name.partition("/")[2] for name in found]
        assert isinstance(self.store, S3Store)
        return [key.partition("/")[2] for key, _size in self.store.aside.sizes("")]

    def download(self, object_path: str, folder: Path) -> Path:
        """Copy an object to a folder, as anybody would who asks for it."""
        for name, place in files_in(self.store.place(object_path)).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(place.read_bytes())
        return folder

    def holds(self, data: bytes) -> bool:
        """Tell whether bytes lie anywhere, in any version that a bucket keeps."""
        if isinstance(self.store, LocalStore):
            beside = self.store.root.parent.glob(f"*{self.store.root.name}*")
            return any(data in p.read_bytes() for one in beside for p in files_in(one).values() if isinstance(p, Path))  # fmt: skip
        assert isinstance(self.store, S3Store)
        bucket = self.store.whole
        rows = [
            row
            for page in bucket.pages("list_object_versions", "")
            for row in page.get("Versions", ())
        ]
        return any(data in _version(bucket.client, bucket.name, row) for row in rows)

    @property
    def _bucket(self) -> Any:
        assert isinstance(self.store, S3Store)
        return self.store.bucket

    def _put(self, path: str, data: bytes) -> None:
        self._bucket.ask("put_object", path, Body=data)


def make_bucket(endpoint: str, name: str, *, keeps_versions: bool = False) -> str:
    """Make an empty bucket; gives the address that a museum would set."""
    bucket = open_bucket(f"s3://{name}/museum", access(endpoint))
    bucket.client.create_bucket(Bucket=name)
    if keeps_versions:
        bucket.client.put_bucket_versioning(
            Bucket=name, VersioningConfiguration={"Status": "Enabled"}
        )
    return f"s3://{name}/museum"


def _version(client: Any, bucket: str, row: Any) -> bytes:
    answer = client.get_object(
        Bucket=bucket, Key=row["Key"], VersionId=row["VersionId"]
    )
    data: bytes = answer["Body"].read()
    return data
