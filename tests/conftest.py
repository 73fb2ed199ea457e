"""Fixtures that every test may use."""

from pathlib import Path

import pytest

from tests.gates import SHARED_DATA, Gates


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Gates(), "gates")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real scans and official suites; skips where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(
            "the shared data (real scans, official suites) is not beside the checkout"
        )
    return SHARED_DATA
