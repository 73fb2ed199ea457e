"""`manage.py serve` refuses what is not fit; test_scans_to_answer.py opens it."""

from pathlib import Path

import pytest

from .processes import Started

pytestmark = pytest.mark.slow


def test_refuses_development_defaults_and_names_each(tmp_path: Path) -> None:
    museum = Started(tmp_path / "museum")
    museum.environment |= {
        "HERITAGE_DEBUG": "yes",
        "HERITAGE_SECRET_KEY": "development-only",
    }
    refused = museum.manage("serve")
    assert refused.returncode != 0
    for name in ("DEBUG", "ALLOWED_HOSTS", "BASE_IRI", "SECRET_KEY"):
        assert f"HERITAGE_{name}:" in refused.stderr
    assert not (tmp_path / "museum" / "museum.sqlite3").exists()


def test_refuses_to_open_without_an_administrator(tmp_path: Path) -> None:
    museum = Started(tmp_path / "museum")
    museum.environment |= {
        "HERITAGE_ALLOWED_HOSTS": "localhost",
        "HERITAGE_BASE_IRI": "http://localhost",
    }
    refused = museum.manage("serve")
    assert refused.returncode != 0
    assert "HERITAGE_ADMIN_USER and HERITAGE_ADMIN_PASSWORD" in refused.stderr
    assert museum.survivors() == []
