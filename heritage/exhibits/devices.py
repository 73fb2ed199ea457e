"""The device classes that scenes are made for; the figures are in `devices.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .errors import UnknownDevice

FILE = Path(__file__).with_name("devices.toml")
DEFAULT = "web"
MIB = 1024**2


@dataclass(frozen=True)
class Cost:
    """What is drawn in one frame, and what it takes in the GPU's memory."""

    triangles: int = 0
    draws: int = 0
    gpu_bytes: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.triangles + other.triangles,
            self.draws + other.draws,
            self.gpu_bytes + other.gpu_bytes,
        )

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(
            self.triangles - other.triangles,
            self.draws - other.draws,
            self.gpu_bytes - other.gpu_bytes,
        )

    def breaks(self, budget: "Cost") -> str:
        """Name the first figure that passes the budget, or give ""."""
        for name in ("triangles", "draws", "gpu_bytes"):
            if getattr(self, name) > getattr(budget, name):
                return name
        return ""


@dataclass(frozen=True)
class Device:
    name: str
    titles: Mapping[str, str]
    budget: Cost
    levels: tuple[str, ...]


@cache
def devices() -> Mapping[str, Device]:
    table = tomllib.loads(FILE.read_text("utf-8"))
    return MappingProxyType({name: _device(name, row) for name, row in table.items()})


def find_device(name: str) -> Device:
    """Give the device class, or raise `UnknownDevice` with those there are."""
    device = devices().get(name)
    if device is None:
        raise UnknownDevice(name, list(devices()))
    return device


def _device(name: str, row: dict[str, Any]) -> Device:
    return Device(
        name=name,
        titles=MappingProxyType({"zh-Hans": row["title_zh"], "en": row["title_en"]}),
        budget=Cost(row["triangles"], row["draws"], row["gpu_mib"] * MIB),
        levels=tuple(row["levels"]),
    )
