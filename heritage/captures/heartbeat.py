"""Hear from every process: each says at most every ten seconds that it is well."""

import os
import socket
import time
from typing import Any

from django.utils import timezone

from .models import Heartbeat

EVERY_S = 10.0
_last_beat: dict[str, float] = {}


def process_name(role: str) -> str:
    """Name this process: part, machine, process id."""
    return f"{role}@{socket.gethostname()[:40]}:{os.getpid()}"


def beat(role: str, name: str, detail: dict[str, Any] | None = None) -> bool:
    """Say that process `name` is well; a beat within ten seconds of the last is dropped."""
    now = time.monotonic()
    if now - _last_beat.get(name, -EVERY_S) < EVERY_S:
        return False
    _last_beat[name] = now
    values = {"role": role, "at": timezone.now(), "detail": detail or {}}
    Heartbeat.objects.update_or_create(name=name, defaults=values)
    return True


def say_goodbye(name: str) -> None:
    """Take the row of a process that ends as it should away."""
    _last_beat.pop(name, None)
    Heartbeat.objects.filter(name=name).delete()
