"""What a test needs from the machine, and when its absence is a failure.

On a person's machine a test that lacks Chromium or a database server is skipped, with
the reason. Under CI, and for official suites that lie beside the checkout, a skipped
test is a failed one: nothing may quietly stop being tested.
"""

import hashlib
import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
LONGEST_NAME = 200  # of a case, in characters
SERVER_VARIABLES = ("HERITAGE_TEST_POSTGRES_URL", "HERITAGE_TEST_REDIS_URL")


def find_chromium() -> str | None:
    """Give the path of the machine's Chromium, or of the one that the tests are told."""
    told = os.environ.get("HERITAGE_TEST_CHROMIUM")
    return told or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def missing_for(mark: str) -> str:
    """Say what the machine lacks for tests with this mark; empty if nothing."""
    if mark == "browser" and find_chromium() is None:
        return "Chromium is not installed (or name it in HERITAGE_TEST_CHROMIUM)"
    lacking = [name for name in SERVER_VARIABLES if not os.environ.get(name)]
    if mark == "servers" and lacking:
        return f"no real servers: set {' and '.join(lacking)}"
    return ""


def is_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


class Gates:
    """The hooks; `tests/conftest.py` registers them."""

    def pytest_configure(self) -> None:
        # On a machine that computes other tests meanwhile no example has a deadline.
        # In CI the examples are the same each time; what people run draws new ones.
        settings.register_profile("heritage", deadline=None, derandomize=is_ci())
        settings.load_profile("heritage")

    def pytest_make_parametrize_id(self, val: object, argname: str) -> str | None:
        """Name a long text by its digest: the name is put into the environment."""
        if not isinstance(val, str | bytes) or len(val) <= LONGEST_NAME:
            return None
        data = val.encode("utf-8", "surrogatepass") if isinstance(val, str) else val
        return f"{argname}-{len(val)}-{hashlib.sha256(data).hexdigest()[:8]}"

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            for mark in ("browser", "servers"):
                if item.get_closest_marker(mark):
                    # One browser, one database server: their tests take turns.
                    item.add_marker(pytest.mark.xdist_group(mark))

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        for mark in ("browser", "servers"):
            reason = missing_for(mark) if item.get_closest_marker(mark) else ""
            if reason and is_ci():
                pytest.fail(reason, pytrace=False)
            if reason:
                pytest.skip(reason)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if item.get_closest_marker("conformance"):
            self._judge_conformance(report)
        return report

    def _judge_conformance(self, report: pytest.TestReport) -> None:
        skipped = report.outcome == "skipped" and not hasattr(report, "wasxfail")
        if skipped and SHARED_DATA.is_dir():
            report.outcome = "failed"
            report.longrepr = f"skipped with the suites at hand: {report.longrepr}"
