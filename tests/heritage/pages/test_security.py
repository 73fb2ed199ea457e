"""Headers of every page: nothing from outside, nothing inlined."""

import re
from wsgiref.headers import Headers

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from heritage.pages.security import (
    ContentSecurity,
    add_static_headers,
    allow_csp,
)


def directives(policy: str) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in policy.split(";"))


@pytest.mark.parametrize("url", ["/", "/relics/", "/nowhere", "/api/exhibits"])
def test_every_answer_forbids_what_is_outside(
    client: Client, db: None, url: str
) -> None:
    policy = directives(client.get(url)["Content-Security-Policy"])
    assert policy["default-src"] == "'none'"
    assert "unsafe-inline" not in policy["script-src"] + policy["style-src"]
    assert "'unsafe-eval'" not in policy["script-src"]
    assert not re.search(r"https?:|\*", " ".join(policy.values()))


def test_each_request_has_a_nonce_of_its_own(client: Client, db: None) -> None:
    first, second = (client.get("/")["Content-Security-Policy"] for _ in range(2))
    assert first != second


def test_the_media_server_may_be_loaded_from(
    client: Client, db: None, settings: object
) -> None:
    settings.MEDIA_ORIGIN = "http://media.example"  # type: ignore[attr-defined]
    policy = directives(client.get("/")["Content-Security-Policy"])
    assert "http://media.example" in policy["connect-src"]
    assert "http://media.example" in policy["img-src"]
    assert "http://media.example" not in policy["script-src"]


def test_the_admin_may_do_more_but_not_reach_out(client: Client, curator: User) -> None:
    client.force_login(curator)
    policy = directives(client.get("/admin/")["Content-Security-Policy"])
    assert "'unsafe-inline'" in policy["default-src"]
    assert not re.search(r"https?:|\*", " ".join(policy.values()))


def test_one_view_may_ask_for_more() -> None:
    @allow_csp(style_src="'unsafe-inline'")
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("x")

    request = RequestFactory().get("/")
    request.resolver_match = None
    response = ContentSecurity(view)(request)
    policy = directives(response["Content-Security-Policy"])
    assert policy["style-src"] == "'self' 'unsafe-inline'"
    assert "unsafe-inline" not in policy["script-src"]


def test_pages_are_asked_about_each_time(client: Client, db: None) -> None:
    assert client.get("/")["Cache-Control"] == "private, no-cache"


def test_only_the_worker_that_decodes_maps_may_run_text() -> None:
    told: dict[str, str] = {}
    for name in ("maps", "map_worker", "map_worker.0123456789ab", "not_map_worker"):
        headers = Headers([])
        add_static_headers(headers, "", f"/static/pages/{name}.js")
        told[name] = headers.get("Content-Security-Policy", "")
    assert told["maps"] == told["not_map_worker"] == ""
    assert told["map_worker"] == told["map_worker.0123456789ab"]
    assert "default-src 'none'" in told["map_worker"]
    assert "connect-src" not in told["map_worker"]
