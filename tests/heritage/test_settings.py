"""Every setting is documented, with its true default, and read by its type."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from heritage import env

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"HERITAGE_[A-Z_]+")
ROW = re.compile(r"^\| `(HERITAGE_[A-Z_]+)` \| ([^|]*) \| ([^|]+) \|$", re.MULTILINE)
SPEC = "HERITAGE_TEST_VALUE"
# Settings whose default stands in the page as it is in the code.
PLAIN = {
    "HERITAGE_WEB_PORT": "WEB_PORT",
    "HERITAGE_MEDIA_PORT": "MEDIA_PORT",
    "HERITAGE_WEB_THREADS": "WEB_THREADS",
    "HERITAGE_INSPECT_TIME_S": "INSPECT_TIME_S",
    "HERITAGE_RUN_TIME_S": "RUN_TIME_S",
    "HERITAGE_RUN_STAGE_TIME_S": "RUN_STAGE_TIME_S",
    "HERITAGE_QUERY_TIME_S": "QUERY_TIME_S",
    "HERITAGE_QUERY_ROWS": "QUERY_ROWS",
    "HERITAGE_QUERY_READERS": "QUERY_READERS",
    "HERITAGE_LEASE_S": "LEASE_S",
    "HERITAGE_SWEEP_S": "SWEEP_S",
    "HERITAGE_TICK_S": "TICK_S",
    "HERITAGE_BIND": "BIND",
    "HERITAGE_LANGUAGE": "LANGUAGE_CODE",
    "HERITAGE_TIME_ZONE": "TIME_ZONE",
    "HERITAGE_MUSEUM_NAME_ZH": "MUSEUM_NAME_ZH",
    "HERITAGE_MUSEUM_NAME_EN": "MUSEUM_NAME_EN",
}


def names_read() -> set[str]:
    """Every name of a setting that stands in the museum's code as a string."""
    strings = (
        node.value
        for file in ROOT.glob("heritage/**/*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return {text.removesuffix("_FILE") for text in strings if NAME.fullmatch(text)}


def documented() -> dict[str, str]:
    page = (ROOT / "docs" / "reference" / "settings.md").read_text()
    return {name: default for name, default, _ in ROW.findall(page)}


def test_every_setting_is_documented_and_nothing_else() -> None:
    assert set(documented()) == names_read()


def test_the_processes_read_no_other_variable() -> None:
    procfile = (ROOT / "Procfile").read_text()
    assert set(NAME.findall(procfile)) <= set(documented())


def test_defaults_are_as_documented() -> None:
    code = "import json; from heritage import settings as s; print(json.dumps("
    code += "{key: getattr(s, name) for key, name in " + repr(PLAIN) + ".items()}))"
    bare = {key: value for key, value in os.environ.items() if not NAME.match(key)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=bare,
        capture_output=True,
        text=True,
        check=True,
    )
    true = {
        key: f"{value}".removesuffix(".0")
        for key, value in json.loads(done.stdout).items()
    }
    assert {key: documented()[key].strip("`") for key in PLAIN} == true


@pytest.mark.parametrize(("raw", "value"), [("yes", True), ("0", False), ("ON", True)])
def test_yes_and_no(monkeypatch: pytest.MonkeyPatch, raw: str, value: bool) -> None:
    monkeypatch.setenv(SPEC, raw)
    assert env.env_bool(SPEC, default=not value) is value


def test_empty_counts_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SPEC, "")
    assert env.env_int(SPEC, 7) == 7
    assert env.env_bool(SPEC, default=True) is True
    assert env.env_list(SPEC, ["a"]) == ["a"]


def test_wrong_type_names_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SPEC, "many")
    for read in (
        lambda: env.env_int(SPEC, 1),
        lambda: env.env_float(SPEC, 1.0),
        lambda: env.env_bool(SPEC, default=True),
        lambda: env.env_choice(SPEC, "few", {"few"}),
    ):
        with pytest.raises(ImproperlyConfigured, match=f"{SPEC}='many'"):
            read()


def test_secret_comes_from_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush\n")
    monkeypatch.setenv(f"{SPEC}_FILE", str(secret))
    assert env.env_str(SPEC) == "hush"
    secret.unlink()
    with pytest.raises(ImproperlyConfigured, match=f"{SPEC}_FILE"):
        env.env_str(SPEC)


def test_database_address_is_taken_apart() -> None:
    url = "postgresql://museum:p%40ss@db.example:5433/heritage"
    database = env.database_from_url("HERITAGE_DATABASE_URL", url)
    parts = [database[part] for part in ("USER", "PASSWORD", "HOST", "PORT", "NAME")]
    assert parts == ["museum", "p@ss", "db.example", "5433", "heritage"]
    with pytest.raises(ImproperlyConfigured, match="postgresql://"):
        env.database_from_url("HERITAGE_DATABASE_URL", "mysql://x/y")
