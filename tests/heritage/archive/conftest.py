"""Stores of both kinds for the tests that hold for both."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from heritage.lib.keys import new_key

from .buckets import access, make_bucket, s3_server

Choose = Callable[[str], str]


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    with s3_server() as endpoint:
        yield endpoint


@pytest.fixture
def choose(s3_endpoint: str, settings: Any, tmp_path: Path) -> Choose:
    """Give what makes a fresh place of a kind: a folder, or a bucket's address."""
    settings.S3 = {name: access(s3_endpoint) for name in ("archive", "replica")}

    def made(kind: str) -> str:
        name = f"b-{new_key().lower()}"
        if kind == "local":
            return str(tmp_path / name)
        return make_bucket(s3_endpoint, name, keeps_versions=kind == "s3-versions")

    return made


@pytest.fixture(params=["local", "s3"])
def either(request: pytest.FixtureRequest, choose: Choose, settings: Any) -> str:
    """An archive of either kind."""
    if request.param != "local":
        settings.ARCHIVE_S3 = choose(request.param)
    return str(request.param)
