"""Fixtures that every test may use."""

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real scans and official suites; skips where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(
            "the shared data (real scans, official suites) is not beside the checkout"
        )
    return SHARED_DATA
