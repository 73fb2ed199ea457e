"""Somebody at the other end of HTTP: keeps cookies, fills in forms, sends files."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.message import Message
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

TIMEOUT_S = 180
ERRORS = re.compile(r'class="errornote.*?</div>|<ul class="errorlist.*?</ul>', re.S)
JSON_ANSWER = "application/sparql-results+json"
Fields = dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What came back; `address` is where redirects led."""

    status: int
    headers: Message
    body: bytes
    address: str

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


class Visitor:
    """A session with one museum, of a stranger until they log in."""

    def __init__(self, site: str, language: str = "en") -> None:
        self.site = site
        self.language = language
        self.cookies = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies)
        )

    def get(self, path: str, **headers: str) -> Answer:
        return self._send(path, None, headers)

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        sent = {"csrfmiddlewaretoken": self._token(), **fields}
        return self._send(path, urllib.parse.urlencode(sent).encode(), {})

    def post_json(self, path: str, value: Any) -> Answer:
        headers = {"Content-Type": "application/json", "X-CSRFToken": self._token()}
        return self._send(path, json.dumps(value).encode(), headers)

    def send_files(self, path: str, files: Iterable[Path]) -> Answer:
        uploads = [SimpleUploadedFile(one.name, one.read_bytes()) for one in files]
        body = encode_multipart(BOUNDARY, {"files": uploads})
        headers = {"Content-Type": MULTIPART_CONTENT, "X-CSRFToken": self._token()}
        return self._send(path, body, headers)

    def fill(self, path: str, form: str, **fields: str) -> Answer:
        """Open a page and send its form with these fields changed."""
        page = self.get(path)
        assert page.status == 200, page.text
        found = read_form(page.text, form)
        answer = self.post(urllib.parse.urlsplit(page.address).path, found | fields)
        assert answer.status == 200, answer.text
        faults = [plain(text) for text in ERRORS.findall(answer.text)]
        assert not faults, f"{path} was refused: {faults}"
        return answer

    def log_in(self, name: str, password: str) -> None:
        answer = self.fill(
            "/admin/login/?next=/admin/", "login-form",
            username=name, password=password, next="/admin/",
        )  # fmt: skip
        assert answer.address.endswith("/admin/"), f"{name} could not log in"

    def ask(self, query: str) -> list[dict[str, str]]:
        """Ask the SPARQL endpoint; give the rows as plain values."""
        path = f"/sparql?{urllib.parse.urlencode({'query': query})}"
        answer = self.get(path, Accept=JSON_ANSWER)
        assert answer.status == 200, answer.text
        rows = answer.json()["results"]["bindings"]
        return [{name: cell["value"] for name, cell in row.items()} for row in rows]

    def _send(
        self, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        request = urllib.request.Request(  # noqa: S310  # our own museum
            urllib.parse.urljoin(self.site, path),
            data=body,
            headers={"Accept-Language": self.language, **headers},
        )
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as reply:
                return Answer(reply.status, reply.headers, reply.read(), reply.url)
        except urllib.error.HTTPError as refusal:
            with refusal:
                headers_back, body_back = refusal.headers, refusal.read()
            return Answer(refusal.code, headers_back, body_back, refusal.url)

    def _token(self) -> str:
        found = (c.value for c in self.cookies if c.name == "csrftoken")
        return next(found, None) or ""


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def read_form(page: str, form: str) -> Fields:
    """Read the fields of the form with this id as a browser would send them."""
    reader = _FormReader(form)
    reader.feed(page)
    assert reader.was_found, f"the page has no form {form!r}"
    return reader.fields


class _FormReader(HTMLParser):
    def __init__(self, form: str) -> None:
        super().__init__()
        self.fields: Fields = {}
        self.was_found = False
        self._form = form
        self._is_inside = False
        self._select = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            self._is_inside = values.get("id") == self._form
            self.was_found |= self._is_inside
        if not self._is_inside:
            return
        name = values.get("name") or ""
        if tag == "input" and name and _is_sent(values):
            self.fields[name] = values.get("value") or _plain_value(values)
        elif tag == "textarea":
            self._text = name
            self.fields[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in values:
            self.fields[self._select] = values.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self.fields[self._text] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        elif tag == "textarea":
            self._text = ""
        elif tag == "select":
            self._select = ""


def _is_sent(values: Mapping[str, str | None]) -> bool:
    kind = values.get("type") or "text"
    if kind in {"checkbox", "radio"}:
        return "checked" in values
    return kind not in {"submit", "button", "file", "image", "reset"}


def _plain_value(values: Mapping[str, str | None]) -> str:
    """What a browser sends for a ticked box that has no value of its own."""
    return "on" if values.get("type") == "checkbox" else ""
