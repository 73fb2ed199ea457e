"""The three standing people, and a museum folder of their own for each test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.utils import translation

from heritage.archive import institution
from heritage.catalogue.models import Collection

from .factories import make_collection, make_user


@pytest.fixture(autouse=True)
def museum_folder(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Keep archive, media, work and graph in the test's own folder."""
    for name in (
        "ARCHIVE_ROOT",
        "MEDIA_ROOT",
        "WORK_ROOT",
        "GRAPH_ROOT",
        "SEARCH_ROOT",
        "STATIC_ROOT",
    ):
        folder = tmp_path / name.lower()
        folder.mkdir()
        setattr(settings, name, folder)
    # The real hasher is slow on purpose; no test here is about it.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.REPLICA_ROOT = ""
    # A test before may have named the museum, in rows that are gone by now.
    institution.forget()
    monkeypatch.setattr(institution, "KEPT_S", 3600.0)
    settings.QUERY_SOCKET = tmp_path / "query.sock"
    return tmp_path


@pytest.fixture(autouse=True, scope="session")
def pages_of_the_admin() -> None:
    """Have them loaded, as in the web process, whatever test asks for one first."""
    admin.autodiscover()


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """Begin in the museum's language: a request before may have left another."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def collection(db: None) -> Collection:
    return make_collection()


@pytest.fixture
def curator(collection: Collection) -> User:
    return make_user(collection, "curator")


@pytest.fixture
def volunteer(collection: Collection) -> User:
    return make_user(collection, "volunteer")


@pytest.fixture
def stranger(db: None) -> User:
    """Somebody with an account and no part in any collection."""
    return make_user()
