"""A test that lacks something is skipped here and fails where it must not be."""

from pathlib import Path

import pytest

from tests import gates

pytest_plugins = ["pytester"]

SKIPPED_SUITE = """
import pytest

@pytest.mark.conformance
def test_suite():
    pytest.skip("no reason at all")
"""
BROWSER_TEST = """
import pytest

@pytest.mark.browser
def test_page():
    pass
"""
ALONE = ("-p", "no:django", "-p", "no:dash")
INI = """
[pytest]
markers =
    browser: drives Chromium
    servers: needs servers
    conformance: official suites
"""
GROUPED = """
import os, pathlib, pytest

@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(6))
def test_in_turn(number):
    pathlib.Path(f"{number}.worker").write_text(os.environ["PYTEST_XDIST_WORKER"])
"""


@pytest.fixture
def no_chromium(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HERITAGE_TEST_CHROMIUM", raising=False)
    monkeypatch.setattr(gates, "CHROMIUM_NAMES", ("no-such-browser",))


def run(pytester: pytest.Pytester, source: str) -> tuple[int, int, int]:
    pytester.makeini(INI)
    pytester.makepyfile(source)
    done = pytester.inline_run(*ALONE, plugins=[gates.Gates()])
    passed, skipped, failed = done.listoutcomes()
    return len(passed), len(skipped), len(failed)


@pytest.mark.usefixtures("no_chromium")
def test_without_chromium_a_browser_test_is_skipped(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert run(pytester, BROWSER_TEST) == (0, 1, 0)


@pytest.mark.usefixtures("no_chromium")
def test_without_chromium_a_browser_test_fails_under_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    assert run(pytester, BROWSER_TEST) == (0, 0, 1)


@pytest.mark.parametrize("at_hand", [True, False])
def test_a_skipped_suite_fails_where_the_suites_are_at_hand(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    at_hand: bool,
) -> None:
    folder = tmp_path if at_hand else tmp_path / "absent"
    monkeypatch.setattr(gates, "SHARED_DATA", folder)
    assert run(pytester, SKIPPED_SUITE) == ((0, 0, 1) if at_hand else (0, 1, 0))


@pytest.mark.slow
def test_tests_of_one_group_take_turns(pytester: pytest.Pytester) -> None:
    """As pytest and xdist may cease to agree on, without a word."""
    pytester.makepyfile(GROUPED)
    pytester.runpytest_subprocess("-n2", "--dist", "loadgroup", *ALONE)
    workers = [file.read_text() for file in pytester.path.glob("*.worker")]
    assert len(workers) == 6
    assert len(set(workers)) == 1
