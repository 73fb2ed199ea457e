"""System checks of what types alone cannot tell."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

NODE_MODULES = Path(settings.BASE_DIR) / "node_modules"


@register(Tags.security, deploy=True)
def check_secret_key(**_kwargs: Any) -> list[CheckMessage]:
    if settings.SECRET_KEY != settings.DEVELOPMENT_KEY:
        return []
    return [
        Error(
            "HERITAGE_SECRET_KEY is the development key.",
            hint="Start with `make serve`, which makes one, or set 50 random characters.",
            id="heritage.E001",
        )
    ]


@register()
def check_base_iri(**_kwargs: Any) -> list[CheckMessage]:
    parts = urlsplit(settings.BASE_IRI)
    if parts.scheme in {"http", "https"} and parts.netloc and not parts.query:
        return []
    return [
        Error(
            f"HERITAGE_BASE_IRI={settings.BASE_IRI!r} is not a web address.",
            hint="Set it to the address of the museum, as https://museum.example.",
            id="heritage.E002",
        )
    ]


@register()
def check_limits(**_kwargs: Any) -> list[CheckMessage]:
    names = (
        "UPLOAD_LIMIT_BYTES", "UPLOADS_OPEN_BYTES", "UPLOADS_OPEN_FILES", "UPLOAD_DAYS",
        "RUN_MEMORY_BYTES", "RUN_TIME_S", "RUN_STAGE_TIME_S", "QUERY_TIME_S",
        "QUERY_ROWS", "QUERY_READERS", "LEASE_S", "SWEEP_S", "TICK_S",
    )  # fmt: skip
    return [
        Error(f"HERITAGE_{name} must be more than zero.", id="heritage.E003")
        for name in names
        if getattr(settings, name) <= 0
    ]


@register()
def check_front_end(**_kwargs: Any) -> list[CheckMessage]:
    if (NODE_MODULES / "three").is_dir():
        return []
    return [
        Warning(
            "The viewer's libraries are not installed.",
            hint="Run `make demo` or `make serve`, which install them.",
            id="heritage.W001",
        )
    ]
