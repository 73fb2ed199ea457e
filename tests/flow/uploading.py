"""Somebody who sends large files over tus 1.0.0, from another process than the server."""

import base64
import hashlib
import http.client
import re
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from .web import CURATOR, PASSWORD, Web

CHUNK_BYTES = 8 * 1024**2
BODY = "application/offset+octet-stream"
TUS = {"Tus-Resumable": "1.0.0"}


class _Read(NamedTuple):
    data: bytes
    digest: bytes


class Uploader:
    """A curator's browser, as far as it sends files."""

    def __init__(self, web: Web) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", web.port, timeout=600)
        self._start = f"/admin/captures/capture/{web.capture}/work/uploads/"
        self._cookies: dict[str, str] = {}

    def close(self) -> None:
        self._line.close()

    def log_in(self) -> None:
        page = self._ask("GET", "/admin/login/")[1].decode()
        found = re.search('name="csrfmiddlewaretoken" value="([^"]+)', page)
        assert found
        fields = {
            "csrfmiddlewaretoken": found[1], "username": CURATOR, "password": PASSWORD,
            "next": "/admin/",
        }  # fmt: skip
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urllib.parse.urlencode(fields).encode()
        answer, _page = self._ask("POST", "/admin/login/", body, form)
        assert answer.status == 302, answer.status

    def send(self, path: Path) -> None:
        """Send a file, each chunk with its checksum; as browsers do, one is read ahead."""
        address = self.begin(path.name, path.stat().st_size)
        with path.open("rb", buffering=0) as file, ThreadPoolExecutor(1) as pool:
            offset, ahead = 0, pool.submit(_read_chunk, file)
            while (read := ahead.result()).data:
                ahead = pool.submit(_read_chunk, file)
                offset = self.patch(address, offset, read.data, digest=read.digest)

    def begin(self, name: str, size: int) -> str:
        encoded = base64.b64encode(name.encode()).decode()
        told = {"Upload-Length": str(size), "Upload-Metadata": f"filename {encoded}"}
        answer, _body = self._ask("POST", self._start, b"", TUS | told)
        assert answer.status == 201, answer.status
        return urllib.parse.urlsplit(answer.headers["Location"]).path

    def offset(self, address: str) -> int:
        answer, _body = self._ask("HEAD", address, None, TUS)
        return int(answer.headers["Upload-Offset"])

    def patch(
        self, address: str, offset: int, chunk: bytes, *, digest: bytes = b""
    ) -> int:
        summed = base64.b64encode(digest or hashlib.sha256(chunk).digest()).decode()
        headers = {
            "Content-Type": BODY,
            "Upload-Offset": str(offset),
            "Upload-Checksum": f"sha256 {summed}",
        }
        answer, _body = self._ask("PATCH", address, chunk, TUS | headers)
        assert answer.status == 204, answer.status
        return int(answer.headers["Upload-Offset"])

    def patch_and(self, address: str, data: bytes, *, sent: int, then: Any) -> None:
        """Promise all of `data`, send so much of it, and do something then."""
        headers = self._told({"Content-Length": str(len(data)), **TUS})
        headers |= {"Content-Type": BODY, "Upload-Offset": str(self.offset(address))}
        self._line.putrequest("PATCH", address, skip_accept_encoding=True)
        for name, value in headers.items():
            self._line.putheader(name, value)
        try:
            self._line.endheaders()
            self._line.send(data[:sent])
        finally:
            then()
            self._line.close()

    def keep(self) -> None:
        headers = {"Accept": "application/json"}
        answer, body = self._ask("POST", f"{self._start}keep/", b"", headers)
        assert answer.status == 200, body

    def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: Any = ()
    ) -> tuple[http.client.HTTPResponse, bytes]:
        self._line.request(method, path, body, self._told(dict(headers)))
        answer = self._line.getresponse()
        data = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer, data

    def _told(self, headers: dict[str, str]) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        token = self._cookies.get("csrftoken", "")
        return {"Cookie": cookies, "X-CSRFToken": token, **headers}


def _read_chunk(file: BinaryIO) -> _Read:
    data = file.read(CHUNK_BYTES)
    return _Read(data, hashlib.sha256(data).digest())
