"""System checks of what types alone cannot tell."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from heritage.archive import stores
from heritage.archive.errors import StoreAbsent

ADDRESS = re.compile(r"s3://[A-Za-z0-9][A-Za-z0-9._-]+(/.*)?$")
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


@register()
def check_stores(**_kwargs: Any) -> list[CheckMessage]:
    """Ask each bucket that is set whether it is there; folders are asked at work."""
    told = {"HERITAGE_ARCHIVE_S3": settings.ARCHIVE_S3}
    if stores.S3 in settings.REPLICA_ROOT:
        told["HERITAGE_REPLICA"] = settings.REPLICA_ROOT
    wrong = [name for name, value in told.items() if value and not ADDRESS.match(value)]
    if wrong:
        return [
            Error(
                f"{name}={told[name]!r} is not the address of a bucket.",
                hint="Write it as s3://bucket/prefix.",
                id="heritage.E004",
            )
            for name in wrong
        ]
    return [_unreached(error) for error in _unreached_stores()]


def _unreached_stores() -> Iterator[StoreAbsent]:
    for store in (stores.archive(), stores.replica()):
        try:
            if store is not None:
                store.check_reached()
        except StoreAbsent as absent:
            yield absent


def _unreached(absent: StoreAbsent) -> CheckMessage:
    """Warn and no more: the museum shows what it can, and deposits are refused."""
    return Warning(str(absent), id="heritage.W002")
