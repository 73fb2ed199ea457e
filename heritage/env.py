"""Typed readers of `HERITAGE_*` environment variables.

A value may also come from a file whose path is in `NAME_FILE` (for secrets). An empty
value counts as absent. Every name read is remembered in `NAMES`, which a test holds
against docs/reference/settings.md.
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

NAMES: set[str] = set()
TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off"}


def env_str(name: str, default: str = "") -> str:
    NAMES.add(name)
    raw = os.environ.get(name, "")
    if raw:
        return raw
    file = os.environ.get(f"{name}_FILE", "")
    return _read_secret(name, Path(file)) if file else default


def env_int(name: str, default: int) -> int:
    raw = env_str(name)
    try:
        return int(raw) if raw else default
    except ValueError:
        raise ImproperlyConfigured(f"{name}={raw!r} is not a whole number") from None


def env_float(name: str, default: float) -> float:
    raw = env_str(name)
    try:
        return float(raw) if raw else default
    except ValueError:
        raise ImproperlyConfigured(f"{name}={raw!r} is not a number") from None


def env_bool(name: str, *, default: bool) -> bool:
    raw = env_str(name).lower()
    if raw in TRUE_WORDS or raw in FALSE_WORDS:
        return raw in TRUE_WORDS
    if raw:
        raise ImproperlyConfigured(f"{name}={raw!r} is neither yes nor no")
    return default


def env_list(name: str, default: list[str]) -> list[str]:
    raw = env_str(name)
    return [word.strip() for word in raw.split(",") if word.strip()] or default


def env_path(name: str, default: Path) -> Path:
    raw = env_str(name)
    return Path(raw).expanduser().resolve() if raw else default


def env_choice(name: str, default: str, allowed: set[str]) -> str:
    value = env_str(name, default)
    if value not in allowed:
        words = ", ".join(sorted(allowed))
        raise ImproperlyConfigured(f"{name}={value!r} is not one of: {words}")
    return value


def database_from_url(name: str, url: str) -> dict[str, object]:
    """Read `postgresql://user:password@host:port/name` into Django's terms."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"{name} must begin with postgresql://, or be left empty for SQLite"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _read_secret(name: str, path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE: {error}") from error
