"""A page names in its head what its script will ask for: nothing missing, nothing too much."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.utils import matches_patterns
from django.test import Client

from heritage.operations.processes import NOT_SERVED
from heritage.pages.bundle.modules import needed_by
from tests.heritage.exhibits.made import make_run
from tests.heritage.factories import make_collection, make_relic

pytestmark = pytest.mark.django_db
IMPORTED = re.compile(
    r"""^\s*import\s*["']([^"']+)["']|^\s*(?:import|export)\b[^;"'()]*?\bfrom\s*["']([^"']+)["']""",
    re.MULTILINE,
)
LINK = re.compile(r'<link rel="(modulepreload|preload)"[^>]*? href="([^"]+)"')


def address(imported: str, importer: str) -> str:
    """Resolve as the browser does with the page's import map."""
    three = f"{settings.STATIC_URL}three/"
    if imported == "three":
        return f"{three}three.module.min.js"
    if imported.startswith("three/addons/"):
        return three + imported.removeprefix("three/")
    folder = Path(importer).parent
    return str(Path("/", folder, imported).resolve())


def reached(entry: str) -> set[str]:
    found, waiting = set(), [settings.STATIC_URL + entry]
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        found.add(one)
        path = finders.find(one.removeprefix(settings.STATIC_URL))
        assert isinstance(path, str), one
        text = Path(path).read_text("utf-8")
        waiting += [address(a or b, one) for a, b in IMPORTED.findall(text)]
    return found


def links(client: Client, kind: str) -> tuple[set[str], set[str]]:
    collection = make_collection()
    relic = make_relic(collection, state="released")
    make_run(relic)
    text = client.get(f"/{kind}/{relic.key}").content.decode()
    told = LINK.findall(text)
    assert text.index('type="importmap"') < text.index("modulepreload")
    modules = {href for rel, href in told if rel == "modulepreload"}
    return modules, {href for rel, href in told if rel == "preload"}


def test_a_relics_page_names_every_module_and_the_coarse_model(client: Client) -> None:
    modules, data = links(client, "relics")
    assert modules == reached("pages/viewer.js")
    models = {one for one in data if ".glb" in one}
    assert len(models) == 1
    assert {one.rsplit("/")[-1] for one in data - models} == {
        "light.bin",
        "basis_transcoder.js",
        "basis_transcoder.wasm",
    }


@pytest.mark.parametrize("entry", ["pages/viewer.js", "pages/room.js"])
def test_what_scripts_need_is_among_the_files_a_museum_serves(entry: str) -> None:
    """A museum leaves out of three.js what no page loads: not the decoder of its maps."""
    left_out = {
        name
        for name in needed_by(entry)
        if matches_patterns(name, list(NOT_SERVED))
        or any(matches_patterns(part, list(NOT_SERVED)) for part in Path(name).parts)
    }
    assert left_out == set()


def test_no_model_is_named_where_none_may_be_seen(client: Client) -> None:
    relic = make_relic(make_collection(), state="released")
    assert "preload" not in client.get(f"/relics/{relic.key}").content.decode()
