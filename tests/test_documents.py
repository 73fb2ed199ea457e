"""Documents: links lead somewhere, commands exist, and nothing tells on one machine."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LOCKS = ["requirements.txt", "requirements-dev.txt", ".ci/uv.txt", "package-lock.json"]
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"```.*?```", re.DOTALL)
HOMES = re.compile(r"(?<![\w.*-])/(?:root|home/\w+|Users/\w+)/")
BINARY = {".png", ".jpg", ".glb", ".ico", ".woff2", ".ply", ".gz", ".sqlite3"}

pages = pytest.mark.parametrize(
    "page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES]
)


def links_of(page: Path) -> Iterator[str]:
    for link in LINK.findall(FENCED.sub("", page.read_text())):
        if not re.match(r"[a-z]+:", link):
            yield link


def anchors_of(page: Path) -> set[str]:
    """The anchors that the usual renderers give to a page's headings."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    kept = [re.sub(r"[^\w\- ]", "", title.strip().lower()) for title in titles]
    return {title.replace(" ", "-") for title in kept}


def committed_files() -> list[Path]:
    """What the project holds: what git knows, or the folder itself without git."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    names = listed.stdout.split("\0") if listed.returncode == 0 else []
    files = [ROOT / name for name in names if name]
    return [file for file in files or PAGES if file.is_file() and not file.is_symlink()]


@pages
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in links_of(page):
        name, _, anchor = link.partition("#")
        target = (page.parent / name) if name else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            broken.append(link)
    assert broken == []


@pages
def test_commands_named_exist(page: Path) -> None:
    text = page.read_text()
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    typed = re.findall(r"(?:`|^    |\| `)make ([a-z-]+)", text, re.MULTILINE)
    assert set(typed) <= targets
    managed = set(re.findall(r"manage\.py ([a-z_]+)", text))
    assert managed <= set(get_commands())


def test_every_decision_is_listed_and_complete() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text()
    decisions = sorted(folder.glob("[0-9]*.md"))
    assert decisions
    for number, page in enumerate(decisions, start=1):
        text = page.read_text()
        assert page.name.startswith(f"{number:04}-")
        assert f"({page.name})" in index
        for part in ("**Context.**", "**Decision.**", "**Consequences.**"):
            assert part in text, f"{page.name} lacks {part}"


@pytest.mark.parametrize("name", LOCKS)
def test_locks_name_no_registry_address(name: str) -> None:
    lock = (ROOT / name).read_text()
    assert '"resolved"' not in lock
    assert re.findall(r".*(?:registry\.|/simple|index-url|find-links).*", lock) == []
    if name.endswith(".txt"):
        assert "://" not in lock


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_pinned_package_has_a_hash(name: str) -> None:
    pins = re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text())
    bare = [
        pin.split()[0] for pin in pins if "==" in pin and "--hash=sha256:" not in pin
    ]
    assert bare == []


def test_development_lock_is_a_superset_of_the_museums() -> None:
    def pins(name: str) -> set[str]:
        lock = (ROOT / name).read_text()
        return set(re.findall(r"^[a-z0-9][\w.-]*==\S+", lock, re.MULTILINE))

    museum = pins("requirements.txt")
    assert museum
    assert museum <= pins("requirements-dev.txt")


def test_no_file_names_a_place_on_one_machine() -> None:
    told = []
    for file in committed_files():
        if file.suffix in BINARY:
            continue
        text = file.read_text(errors="replace")
        if HOMES.search(text) or f"{ROOT}/" in text:
            told.append(str(file.relative_to(ROOT)))
    assert told == []
