"""Where tables lie between hand-in and the end of their load."""

import re
from pathlib import Path

from django.conf import settings

from .models import Load


def folder_of(load: Load) -> Path:
    return Path(settings.WORK_ROOT) / "loads" / load.key


def staged_path(load: Load) -> Path:
    return folder_of(load) / "rows.jsonl"


def plain_name(name: str) -> str:
    """Give a file's name without what leads elsewhere."""
    last = re.split(r"[/\\]", name)[-1].lstrip(".")
    return last[-120:] or "table"
