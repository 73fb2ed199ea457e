"""One bucket of an S3 store: how it is opened, asked, and what its refusals mean.

Where it does not answer, or not as it should, `StoreUnreachable` says so and nothing
more: a missing network is no missing file. Only a clear "not there" is one.
"""

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from .errors import StoreUnreachable

MISSING = ("404", "NoSuchKey", "NotFound")
CONNECT_S, READ_S, ATTEMPTS = 5, 60, 3  # a visitor waits meanwhile
CONNECTIONS = 16
NO_BUCKET = "NoSuchBucket"


@dataclass(frozen=True)
class Bucket:
    """A bucket and the beginning of all names in it that are ours."""

    client: Any
    name: str
    prefix: str  # "" or with a slash at the end

    def __str__(self) -> str:
        return f"s3://{self.name}/{self.prefix}".rstrip("/")

    def ask(self, operation: str, key: str | None = None, **words: Any) -> Any:
        """Ask for an operation. Raises `FileNotFoundError` or `StoreUnreachable`."""
        if key is not None:
            words["Key"] = self.prefix + key
        with self.plainly(key or ""):
            return getattr(self.client, operation)(Bucket=self.name, **words)

    def sizes(self, start: str) -> Iterator[tuple[str, int]]:
        """Give each key that begins so, and its size, in order."""
        for page in self.pages("list_objects_v2", start):
            for row in page.get("Contents", ()):
                yield row["Key"].removeprefix(self.prefix), int(row["Size"])

    def pages(self, operation: str, start: str, **words: Any) -> Iterator[Any]:
        with self.plainly(start):
            yield from self.client.get_paginator(operation).paginate(
                Bucket=self.name, Prefix=self.prefix + start, **words
            )

    @contextmanager
    def plainly(self, key: str) -> Iterator[None]:
        """Turn what boto raises into what the archive knows."""
        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", "?"))
            if code in MISSING and key:
                raise FileNotFoundError(
                    errno.ENOENT, "not in the bucket", key
                ) from None
            # The code alone: the rest of an answer may repeat what signs a request.
            raise StoreUnreachable(self, code) from None
        except (BotoCoreError, HTTPError) as error:
            raise StoreUnreachable(self, type(error).__name__) from None


def open_bucket(address: str, access: Mapping[str, str]) -> Bucket:
    """Give the bucket of an address such as `s3://bucket/prefix`."""
    name, _slash, prefix = address.removeprefix("s3://").partition("/")
    prefix = prefix.strip("/")
    client = _client(**access)
    return Bucket(client, name, f"{prefix}/" if prefix else "")


@lru_cache(maxsize=8)
def _client(*, endpoint: str, region: str, access_key: str, secret_key: str) -> Any:
    """Open a client; threads share it. Without keys boto looks for those of a role."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint or None,
        region_name=region,
        aws_access_key_id=access_key or None,
        aws_secret_access_key=secret_key or None,
        config=Config(
            connect_timeout=CONNECT_S,
            read_timeout=READ_S,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            max_pool_connections=CONNECTIONS,
            # We send our own checksums, and judge what comes by our own digests.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            # A server of one's own has seldom a name for each bucket.
            s3={
                "addressing_style": "path" if endpoint else "virtual",
                "us_east_1_regional_endpoint": "regional",
            },
            signature_version="s3v4",
        ),
    )
