"""A browser that is logged in: sends sets, is cut off, and can kill whom it talks to."""

import http.client
import signal
import socket
import struct

import psutil
from django.test.client import BOUNDARY, MULTIPART_CONTENT

INBOX = "/admin/archive/deposit/inbox"
TOKEN = "t" * 32  # the cookie and the header only have to be alike
FORM = "application/x-www-form-urlencoded"
PATIENCE_S = 180.0
Files = dict[str, bytes]
BROKEN = (http.client.HTTPException, ConnectionError, TimeoutError)


class Browser:
    """Speaks to one web server on this machine, over a new connection each time."""

    def __init__(self, port: int, session: str, master: psutil.Process) -> None:
        self.port, self.session, self.master = port, session, master

    def upload(self, name: str, files: Files) -> int | None:
        """Send a set to the inbox; give the status, or None if the line broke."""
        return self._send("POST", f"{INBOX}/send/", encode(name, files))

    def export(self, number: int) -> int | None:
        """Download a deposit as a package; None unless all of it came."""
        return self._send("GET", f"/admin/archive/deposit/{number}/download_package/")

    def hand_over(self, key: str, relic: str) -> int | None:
        """Give a deposit of the inbox to a relic."""
        form = f"chosen={key}&record-{key}={relic}".encode()
        return self._send("POST", f"{INBOX}/hand-over/", form, FORM)

    def cut(self, name: str, files: Files, *, share: float, rudely: bool) -> None:
        """Send a part of a set and hang up, with a reset or by closing."""
        body = encode(name, files)
        lines = [f"POST {INBOX}/send/ HTTP/1.1"]
        lines += [
            f"{label}: {text}" for label, text in self._headers(len(body)).items()
        ]
        head = "\r\n".join([*lines, "", ""]).encode()
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE_S) as line:
            line.sendall(head + body[: int(share * len(body))])
            if rudely:
                line.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )

    def rest(self) -> None:
        """Ask for small things until the server has dealt with what came before."""
        worker = self.master.children()[0]
        while any(".upload" in file.path for file in worker.open_files()):
            self._send("GET", f"{INBOX}/records/?q=")

    def kill_worker(self) -> None:
        for worker in self.master.children():
            worker.send_signal(signal.SIGKILL)

    def _send(
        self, method: str, path: str, body: bytes = b"", form: str = MULTIPART_CONTENT
    ) -> int | None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            headers = self._headers(len(body)) | {"Content-Type": form}
            line.request(method, path, body or None, headers)
            answer = line.getresponse()
            answer.read()
            return answer.status
        except BROKEN:
            return None
        finally:
            line.close()

    def _headers(self, length: int) -> dict[str, str]:
        return {
            "Host": f"127.0.0.1:{self.port}",
            "Cookie": f"sessionid={self.session}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": MULTIPART_CONTENT,
            "Content-Length": str(length),
        }


def encode(name: str, files: Files) -> bytes:
    """Write the form as the inbox's page sends it: files, and their paths beside them."""
    parts = []
    for path, data in files.items():
        file = path.rsplit("/", 1)[-1]
        parts.append(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{file}"'
            "\r\nContent-Type: application/octet-stream\r\n\r\n".encode()
            + data
            + b"\r\n"
        )
    paths = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="paths"\r\n\r\n{name}/{path}\r\n'
        for path in files
    ]
    return "".join(paths).encode() + b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
