"""Where rows lie between hand-in, or being chosen, and the end of the work."""

import re
from pathlib import Path

from django.conf import settings

from .work import Work


def folder_of(work: Work) -> Path:
    return Path(settings.WORK_ROOT) / "loads" / work.key


def staged_path(work: Work) -> Path:
    return folder_of(work) / "rows.jsonl"


def plain_name(name: str) -> str:
    """Give a file's name without what leads elsewhere."""
    last = re.split(r"[/\\]", name)[-1].lstrip(".")
    return last[-120:] or "table"
