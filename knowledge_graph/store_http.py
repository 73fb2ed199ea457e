"""HTTP to a SPARQL engine: one request per connection, with one deadline for all of it."""

import base64
import http.client
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import SplitResult, unquote, urlencode, urlsplit

CONNECT_S = 5.0


@dataclass(frozen=True)
class Call:
    """One request; `parameters` go into the URL."""

    method: str
    url: str
    parameters: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Response:
    """A reply that is read as it comes; a file as far as parsers care.

    Reading past the deadline raises `TimeoutError`.
    """

    def __init__(self, call: Call, timeout_s: float) -> None:
        self._deadline = time.monotonic() + timeout_s
        url = urlsplit(call.url)
        self._connection = _connection(url)
        try:
            self._connection.connect()
            # The connection forgets its socket when the server will close it.
            self._socket = self._connection.sock
            self._wait_no_longer()
            self._connection.request(
                call.method, _target(url, call), call.body or None, _headers(url, call)
            )
            self._response = self._connection.getresponse()
        except BaseException:
            self._connection.close()
            raise
        self.status = self._response.status
        self.timed_out = False

    def read(self, size: int = -1) -> bytes:
        try:
            self._wait_no_longer()
            return self._response.read1(size) if size > 0 else self._response.read(None)
        except TimeoutError:
            self.timed_out = True  # A parser in between may pass on the message alone.
            raise

    def close(self) -> None:
        self._response.close()
        self._connection.close()

    def __enter__(self) -> "Response":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _wait_no_longer(self) -> None:
        left_s = self._deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("the deadline has passed")
        self._socket.settimeout(left_s)


def _connection(url: SplitResult) -> http.client.HTTPConnection:
    host = url.hostname or ""
    if url.scheme == "https":
        return http.client.HTTPSConnection(
            host, url.port, timeout=CONNECT_S, context=ssl.create_default_context()
        )
    if url.scheme == "http":
        return http.client.HTTPConnection(host, url.port, timeout=CONNECT_S)
    raise ValueError(f"{url.geturl()} is no http or https address")


def _target(url: SplitResult, call: Call) -> str:
    query = "&".join(filter(None, [url.query, urlencode(call.parameters)]))
    return f"{url.path or '/'}?{query}" if query else url.path or "/"


def _headers(url: SplitResult, call: Call) -> dict[str, str]:
    headers = {"User-Agent": "heritage", **call.headers}
    if url.username is not None:
        pair = f"{unquote(url.username)}:{unquote(url.password or '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return headers
