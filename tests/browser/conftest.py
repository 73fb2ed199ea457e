"""Chromium with the network cut: whatever a page asks for outside fails its test."""

import os
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.test import override_settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Route,
    expect,
    sync_playwright,
)

from heritage.catalogue.models import Collection
from scans.delivery.levels import build_levels
from scans.delivery.profiles import Profile
from scans.geometry.mesh import Mesh
from tests.browser.museum import Museum, StandingMuseum, open_museum
from tests.gates import find_chromium
from tests.heritage.conftest import museum_folder
from tests.heritage.exhibits.made import MadeModel, make_ball
from tests.heritage.factories import make_collection, make_user

# Playwright's loop runs in the test's thread; Django takes that for an async view.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

FLAGS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No name but loopback's leads anywhere, for the browser's own services either.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SCHEMES_INSIDE = frozenset({"data", "blob", "about"})
TIMEOUT_MS = 90_000  # a sound machine needs a second; one under load many
ENDED_S = 20.0  # for what a server still answers when it is stopped
expect.set_options(timeout=TIMEOUT_MS)

__all__ = ["museum_folder"]


@dataclass
class Watched:
    """A browser window, and everything about it that should not have happened."""

    context: BrowserContext
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def page(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.on(
            "console",
            lambda message: self._hear(
                message.type, f"{message.text} {message.location['url']}"
            ),
        )
        page.on(
            "pageerror", lambda error: self._hear("error", error.stack or str(error))
        )
        return page

    def guard(self, route: Route) -> None:
        if is_inside(route.request.url):
            route.fallback()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error":
            self.complaints.append(text)


def is_inside(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in SCHEMES_INSIDE or parts.hostname in LOOPBACK


def wait_until(page: Page, condition: str) -> None:
    """Wait for a JavaScript condition; Playwright's own waiter needs `unsafe-eval`."""
    page.evaluate(
        f"""() => new Promise((done, fail) => {{
          const end = performance.now() + {TIMEOUT_MS};
          const look = () => {{
            if ({condition}) done();
            else if (performance.now() > end) fail(new Error({condition!r}));
            else setTimeout(look, 20);
          }};
          look();
        }})"""
    )


@pytest.fixture(scope="session")
def chromium() -> Generator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=list(FLAGS)
        )
        yield browser
        browser.close()


@pytest.fixture
def window_options() -> dict[str, Any]:
    """What the window is like; a test module overrides it."""
    return {"locale": "en-GB", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def watched(chromium: Browser, window_options: dict[str, Any]) -> Generator[Watched]:
    context = chromium.new_context(**window_options)
    watched = Watched(context)
    context.route("**/*", watched.guard)
    yield watched
    context.close()
    await_answers()


@pytest.fixture
def page(watched: Watched) -> Generator[Page]:
    """A page that fails its test when it asks for anything outside, or complains."""
    yield watched.page()
    assert watched.outside == []
    assert watched.complaints == []


@pytest.fixture(scope="session")
def static_folder(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """WhiteNoise wants its folder to exist, though the finders serve in tests."""
    with override_settings(STATIC_ROOT=tmp_path_factory.mktemp("static")):
        yield


@pytest.fixture(scope="session")
def live_server(static_folder: None, live_server: Any) -> Generator[Any]:
    yield live_server
    await_answers()


def await_answers() -> None:
    """Let the server end what it answers, once nobody listens any more.

    What ends later finds the shared database closed to it, and fails the next test.
    """
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(ENDED_S)


@pytest.fixture
def collection(request: pytest.FixtureRequest, transactional_db: None) -> Collection:
    """The museum's, where the test has a museum: it is put there first of all."""
    if "museum" in request.fixturenames:
        museum: Museum = request.getfixturevalue("museum")
        return museum.collection
    return make_collection()


@pytest.fixture
def curator(collection: Collection) -> User:
    return make_user(collection, "curator", username="curator")


@pytest.fixture(scope="session")
def standing_museum(
    packed: dict[str, MadeModel], tmp_path_factory: pytest.TempPathFactory
) -> Generator[Callable[[Path], Museum]]:
    """What puts a small released museum, as `museum.py` lays it out, into a folder."""
    made: list[StandingMuseum] = []

    def put(folder: Path) -> Museum:
        if not made:
            # What stood here already would stand in every museum.
            assert not Collection.objects.exists()
            museum = open_museum(make_collection(), packed)
            kept = tmp_path_factory.mktemp("standing") / "museum"
            made.append(StandingMuseum(museum, folder, kept))
        return made[0].put(folder)

    yield put
    for one in made:
        one.close()


@pytest.fixture
def museum(
    live_server: Any,
    transactional_db: None,
    museum_folder: Path,
    standing_museum: Callable[[Path], Museum],
) -> Museum:
    return standing_museum(museum_folder)


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, MadeModel]:
    """The three levels of a ball, quantised and compressed as the engine packs them."""
    folder = tmp_path_factory.mktemp("packed")
    ball = make_ball(4)
    mesh = Mesh(
        vertices=np.asarray(ball.vertices),
        triangles=np.asarray(ball.faces, dtype=np.int32),
        colours=np.full((len(ball.vertices), 3), [70, 120, 100], np.uint8),
    )
    profiles = [
        Profile(name, triangles, 2_000_000, 14, 10, 12)
        for name, triangles in (("thumb", 300), ("headset", 1_000), ("web", 4_000))
    ]
    reports = build_levels(
        mesh, np.eye(4), folder, lambda share: None, profiles=profiles
    )
    return {report.profile: _made(folder, report) for report in reports}


def _made(folder: Path, report: Any) -> MadeModel:
    return MadeModel(
        data=(folder / report.file).read_bytes(),
        triangles=report.triangles,
        gpu_bytes=report.gpu_bytes,
        bounds=report.bounds,
    )
