"""A key of a bucket that reads as a `Path` does: the part of it that the archive uses.

Folders are what keys have in common up to a slash. What a listing has told is
remembered, so that walking a folder costs one request a folder and not one a file.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from .errors import StoreUnreachable

if TYPE_CHECKING:
    from .s3_bucket import Bucket

MISSING = -1
ATTEMPTS = 3  # to go on with a body that broke off


@dataclass(frozen=True)
class Facts:
    """What is known of a key, as `Path.stat` names it."""

    st_size: int


class S3Path:
    """`known`: the size of a file, a folder, or nothing known yet."""

    def __init__(
        self,
        bucket: "Bucket",
        key: str,
        *,
        size: int | None = None,
        is_folder: bool = False,
    ) -> None:
        self.bucket, self.key = bucket, key.strip("/")
        self._size, self._is_folder = size, is_folder

    def __str__(self) -> str:
        return f"{self.bucket}/{self.key}"

    def __repr__(self) -> str:
        return f"S3Path({str(self)!r})"

    def __hash__(self) -> int:
        return hash((self.bucket.name, self.key))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, S3Path) and str(self) == str(other)

    def __lt__(self, other: "S3Path") -> bool:
        return self.key < other.key

    def __truediv__(self, name: str) -> "S3Path":
        return S3Path(self.bucket, f"{self.key}/{name}")

    @property
    def name(self) -> str:
        return self.key.rpartition("/")[2]

    @property
    def parent(self) -> "S3Path":
        return S3Path(self.bucket, self.key.rpartition("/")[0])

    def as_posix(self) -> str:
        return self.key

    def relative_to(self, other: "S3Path") -> "S3Path":
        """Give the key within a folder; a name, no place."""
        if not self.is_relative_to(other):
            raise ValueError(f"{self} is not in {other}")
        return S3Path(self.bucket, self.key[len(other.key) :])

    def is_relative_to(self, other: "S3Path") -> bool:
        return not other.key or f"{self.key}/".startswith(f"{other.key}/")

    def resolve(self) -> "S3Path":
        return self

    def is_symlink(self) -> bool:
        return False

    def stat(self) -> Facts:
        """Raise `FileNotFoundError` where there is no such key."""
        if self._size is None:
            told = self.bucket.ask("head_object", self.key)
            self._size = int(told["ContentLength"])
        return Facts(self._size)

    def is_file(self) -> bool:
        if self._is_folder:
            return False
        try:
            self.stat()
        except FileNotFoundError:
            return False
        return True

    def is_dir(self) -> bool:
        if self._size is not None:
            return False
        return self._is_folder or any(True for _one in self.bucket.sizes(self._start))

    def exists(self) -> bool:
        return self.is_file() or self.is_dir()

    def read_bytes(self) -> bytes:
        """Read a small file by one request."""
        body = self.bucket.ask("get_object", self.key)["Body"]
        with self.bucket.plainly(self.key), body:
            data: bytes = body.read()
        return data

    def open(self, mode: str = "rb", buffering: int = -1) -> "S3Reader":
        """Open for reading. Raises `FileNotFoundError` at once."""
        return S3Reader(self)

    def iterdir(self) -> Iterator["S3Path"]:
        start = self._start
        for page in self.bucket.pages("list_objects_v2", start, Delimiter="/"):
            for row in page.get("CommonPrefixes", ()):
                key = row["Prefix"].removeprefix(self.bucket.prefix)
                yield S3Path(self.bucket, key, is_folder=True)
            for row in page.get("Contents", ()):
                key = row["Key"].removeprefix(self.bucket.prefix)
                if key != start:  # what some consoles make for an empty folder
                    yield S3Path(self.bucket, key, size=int(row["Size"]))

    def rglob(self, pattern: str) -> Iterator["S3Path"]:
        """Give all files below whose name is so; folders are not given."""
        for key, size in self.bucket.sizes(self._start):
            if not key.endswith("/") and fnmatchcase(key.rpartition("/")[2], pattern):
                yield S3Path(self.bucket, key, size=size)

    def glob(self, pattern: str) -> Iterator["S3Path"]:
        first, _slash, rest = pattern.partition("/")
        if first == "**":
            yield from self.rglob(rest)
            return
        for path in self.iterdir():
            if not fnmatchcase(path.name, first):
                continue
            if not rest:
                yield path
            elif path.is_dir():
                yield from path.glob(rest)

    def pieces(self, first: int, size: int, *, piece_bytes: int) -> Iterator[bytes]:
        """Give a part of the file by one request for just that part."""
        words = {"Range": f"bytes={first}-{first + size - 1}"} if size else {}
        answer = self.bucket.ask("get_object", self.key, **words)
        return self._pieces(answer["Body"], size, piece_bytes)

    def signed_url(self, *, expires_s: int, **told: str) -> str:
        """Give an address at which anybody may read the file for so long.

        `told` are the headers that the store is to answer with, in S3's words.
        """
        address: str = self.bucket.client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self.bucket.name,
                "Key": self.bucket.prefix + self.key,
                **told,
            },
            ExpiresIn=expires_s,
        )
        return address

    def _pieces(self, body: Any, size: int, piece_bytes: int) -> Iterator[bytes]:
        with self.bucket.plainly(self.key), body:
            while size > 0 and (piece := body.read(min(piece_bytes, size))):
                size -= len(piece)
                yield piece

    @property
    def _start(self) -> str:
        return f"{self.key}/" if self.key else ""


class S3Reader(io.RawIOBase):
    """Reads on from where it is by one request, and anew after a jump or a break."""

    def __init__(self, path: S3Path) -> None:
        super().__init__()
        self._path, self._at = path, 0
        self._body: Any = None
        self._size = path.stat().st_size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset != self._at:
            self._drop()
        self._at = base + offset
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """Give as many bytes as asked for, or all that are left."""
        wanted = self._size - self._at
        if size is not None and size >= 0:
            wanted = min(size, wanted)
        parts: list[bytes] = []
        while wanted > 0:
            part = self._read_some(wanted)
            if not part:
                break
            parts.append(part)
            wanted -= len(part)
        return b"".join(parts)

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._drop()
        super().close()

    def _read_some(self, wanted: int) -> bytes:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._path.bucket.plainly(self._path.key):
                    part: bytes = self._opened().read(wanted)
            except StoreUnreachable:
                self._drop()
                if attempt == ATTEMPTS:
                    raise
            else:
                self._at += len(part)
                return part
        raise AssertionError("the last attempt raises")

    def _opened(self) -> Any:
        if self._body is None:
            answer = self._path.bucket.ask(
                "get_object", self._path.key, Range=f"bytes={self._at}-"
            )
            self._body = answer["Body"]
        return self._body

    def _drop(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None
