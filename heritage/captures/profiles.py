"""The delivery profiles as the museum has them: the engine's, and what curators changed.

The engine's are read from its own file, never copied. A profile's digest goes into the
record of every file made by it, so that a later change shows which files it touches.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from scans.delivery.profiles import PROFILES_FILE

from .models import DeliveryProfile

Values = dict[str, Any]
ALWAYS = "always"


@dataclass(frozen=True)
class MuseumProfile:
    """One profile, whole: budgets by the engine's names and units."""

    name: str
    values: Values = field(default_factory=dict)
    is_changed: bool = False

    @property
    def digest(self) -> str:
        text = json.dumps([self.name, self.values], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def is_always(self) -> bool:
        return bool(self.values.get("on", ALWAYS) == ALWAYS)

    @property
    def has_twin(self) -> bool:
        """Whether a USDZ file is made beside the GLB."""
        return bool(self.values.get("usdz", False))


def museum_profiles() -> dict[str, MuseumProfile]:
    """Give all profiles by name: the engine's in its order, then the museum's own."""
    found = {name: MuseumProfile(name, values) for name, values in built_in().items()}
    for row in DeliveryProfile.objects.all():
        base = built_in().get(row.base, {})
        found[row.name] = MuseumProfile(
            row.name, base | row.changes, is_changed=base != base | row.changes
        )
    return found


@cache
def built_in() -> Mapping[str, Values]:
    """Give the engine's own profiles, by name."""
    tables = tomllib.loads(PROFILES_FILE.read_text(encoding="utf-8"))
    return MappingProxyType(tables)


def made_always(profiles: Mapping[str, MuseumProfile]) -> dict[str, MuseumProfile]:
    """Keep those that every model is delivered in."""
    return {name: one for name, one in profiles.items() if one.is_always}
