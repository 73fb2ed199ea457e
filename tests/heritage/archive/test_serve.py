"""A stored file over HTTP: whole, in part, unchanged, refused."""

import base64
import hashlib
import io

import pytest
from django.test import RequestFactory

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.models import StoredFile
from heritage.archive.serve import serve_file

pytestmark = pytest.mark.django_db
DATA = bytes(range(256)) * 10


@pytest.fixture
def file() -> StoredFile:
    return deposit_files([("a.glb", io.BytesIO(DATA))], by=None).files.get()


def ask(file: StoredFile, method: str = "get", **headers: str):  # type: ignore[no-untyped-def]
    request = getattr(RequestFactory(), method)("/", headers=headers)
    return serve_file(request, file, immutable=True)


def body(response) -> bytes:  # type: ignore[no-untyped-def]
    return b"".join(response.streaming_content)


def test_the_whole_file_with_its_digest(file: StoredFile) -> None:
    response = ask(file)
    digest = base64.b64encode(hashlib.sha512(DATA).digest()).decode()
    assert (response.status_code, body(response)) == (200, DATA)
    assert response["Repr-Digest"] == f"sha-512=:{digest}:"
    assert response["Content-Type"] == "model/gltf-binary"


@pytest.mark.parametrize(
    ("header", "part"),
    [("bytes=0-9", DATA[:10]), ("bytes=2550-", DATA[2550:]), ("bytes=-5", DATA[-5:]),
     ("bytes=5-99999", DATA[5:])],
)  # fmt: skip
def test_a_part(file: StoredFile, header: str, part: bytes) -> None:
    response = ask(file, Range=header)
    assert (response.status_code, body(response)) == (206, part)
    assert int(response["Content-Length"]) == len(part)


@pytest.mark.parametrize(
    "header", ["bytes=9-2", "bytes=0-1,4-5", "lines=1-2", "bytes=-"]
)
def test_a_range_we_do_not_know_gives_the_whole(file: StoredFile, header: str) -> None:
    assert ask(file, Range=header).status_code == 200


def test_a_range_outside_is_refused(file: StoredFile) -> None:
    response = ask(file, Range="bytes=2560-")
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */2560")


def test_unchanged_is_said(file: StoredFile) -> None:
    etag = ask(file)["ETag"]
    assert ask(file, **{"If-None-Match": etag}).status_code == 304


def test_a_range_of_another_version_gives_the_whole(file: StoredFile) -> None:
    response = ask(file, Range="bytes=0-1", **{"If-Range": '"older"'})
    assert response.status_code == 200


def test_head_has_no_body(file: StoredFile) -> None:
    response = ask(file, "head")
    assert (body(response), response["Content-Length"]) == (b"", str(len(DATA)))
