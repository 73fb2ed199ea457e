"""The levels of detail as data: what each may cost and how finely it is stored."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

PROFILES_FILE = Path(__file__).with_name("profiles.toml")


@dataclass(frozen=True)
class Profile:
    """One level of detail.

    triangles, bytes : budgets of the finished file
    position_bits    : steps along the longest side, at most 16
    normal_bits      : 8 is stored in bytes, more in 16-bit integers
    colour_bits      : of linear light; 8 loses the darkest tones, 12 keeps all of sRGB's
    """

    name: str
    triangles: int
    bytes: int
    position_bits: int
    normal_bits: int
    colour_bits: int

    @property
    def file(self) -> str:
        """Name of the finished file."""
        return f"{self.name}.glb"


def read_profiles(path: Path = PROFILES_FILE) -> tuple[Profile, ...]:
    """Read the profiles in the file's order."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(Profile(name=name, **values) for name, values in tables.items())
