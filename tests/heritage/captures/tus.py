"""A client of tus 1.0.0, as small as can be, through Django's test client."""

import base64
import hashlib
from typing import Any

from django.test import Client
from django.urls import reverse

from heritage.captures.models import Capture

BODY = "application/offset+octet-stream"
DATA = b"points 1 and the rest of a scan"


def encoded(**values: str) -> str:
    pairs = (f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in values.items())
    return ",".join(pairs)


def checksum(data: bytes, algorithm: str = "sha256") -> str:
    digest = hashlib.new(algorithm, data).digest()
    return f"{algorithm} {base64.b64encode(digest).decode()}"


class Sender:
    """Somebody who sends files for a capture."""

    def __init__(self, client: Client, capture: Capture) -> None:
        self.client = client
        self.start = reverse("admin:captures_capture_tus", args=[capture.pk])

    def ask(
        self, method: str, address: str, data: bytes = b"", /, **headers: str
    ) -> Any:
        sent = {"Tus-Resumable": "1.0.0"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        content_type = sent.pop("Content-Type", "application/octet-stream")
        # Django's client says nothing of an empty body.
        length = str(len(data))
        return self.client.generic(
            method, address, data, CONTENT_TYPE=content_type, CONTENT_LENGTH=length,
            headers=sent,
        )  # fmt: skip

    def create(self, size: int, name: str = "a.ply", **headers: str) -> Any:
        metadata = encoded(filename=name)
        return self.ask(
            "POST",
            self.start,
            Upload_Length=str(size),
            Upload_Metadata=metadata,
            **headers,
        )

    def begin(self, size: int, name: str = "a.ply") -> str:
        answer = self.create(size, name)
        assert answer.status_code == 201, answer.content
        return str(answer["Location"])

    def patch(self, address: str, offset: int, data: bytes, **headers: str) -> Any:
        told = {"Content_Type": BODY, "Upload_Offset": str(offset), **headers}
        return self.ask("PATCH", address, data, **told)

    def offset(self, address: str) -> int:
        return int(self.ask("HEAD", address)["Upload-Offset"])

    def send(self, data: bytes, name: str = "a.ply") -> str:
        address = self.begin(len(data), name)
        assert self.patch(address, 0, data).status_code == 204
        return address


def told(answer: Any) -> tuple[int, str]:
    """Give status and code of a refusal, which has a sentence too."""
    problem = answer.json()
    assert len(problem["detail"]) > 5
    return answer.status_code, problem["title"]
