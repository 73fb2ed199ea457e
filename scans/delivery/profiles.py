"""The profiles as data: what a file for each kind of device may cost and how it is stored."""

import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from scans.delivery.errors import BadProfile

PROFILES_FILE = Path(__file__).with_name("profiles.toml")
ALWAYS, DEMAND = "always", "demand"
ETC1S, UASTC, JPEG, PNG = "etc1s", "uastc", "jpeg", "png"
CODECS = (ETC1S, UASTC, JPEG, PNG)
MOST_BITS = 16
LARGEST_MAP_PX = 8192
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Profile:
    """What a file for one kind of device may cost, and how finely it is stored.

    triangles, bytes, gpu_bytes : budgets of the finished file, 0 for none
    position_bits : steps along the longest side, at most 16; 0 stores plain floats. More
                    are taken where the master's accuracy needs them
    normal_bits   : 8 is stored as an octahedron, more in 16-bit integers, 0 as floats
    colour_bits   : of linear light; 8 loses the darkest tones, 12 keeps all of sRGB's
    colour_px, normal_px, occlusion_px : edge of each map, 0 for none
    colour_codec, normal_codec : etc1s, uastc, jpeg or png
    error_share   : limit of the mean deviation, as a share of the diagonal; 0 for none
    on            : "always" or "demand"
    usdz          : whether a USDZ twin is made
    """

    name: str
    triangles: int
    bytes: int
    position_bits: int
    normal_bits: int
    colour_bits: int
    colour_px: int = 0
    normal_px: int = 0
    occlusion_px: int = 0
    colour_codec: str = ETC1S
    normal_codec: str = UASTC
    gpu_bytes: int = 0
    error_share: float = 0.0
    on: str = DEMAND
    usdz: bool = False

    @property
    def file(self) -> str:
        """Name of the finished file."""
        return f"{self.name}.glb"

    @property
    def is_packed(self) -> bool:
        """Whether readers need extensions for it."""
        return self.position_bits > 0

    @property
    def has_maps(self) -> bool:
        """Whether it takes any map."""
        return max(self.colour_px, self.normal_px, self.occlusion_px) > 0

    def as_json(self) -> dict[str, Any]:
        """All that a file of this profile depends on, to name it by."""
        return asdict(self)


def read_profiles(more: Path | None = None) -> tuple[Profile, ...]:
    """The profiles, smallest first, and those of a museum's own file, TOML or JSON.

    One of the same name replaces ours. Raises `BadProfile`.
    """
    known = {profile.name: profile for profile in _parsed(PROFILES_FILE)}
    if more is not None:
        known |= {profile.name: profile for profile in _parsed(more)}
    return tuple(known.values())


def choose_profiles(
    profiles: Sequence[Profile], names: Iterable[str] = ()
) -> tuple[Profile, ...]:
    """Those of the given names, or those that are always made; in the file's order.

    Raises `BadProfile` for a name that is not there.
    """
    wanted = set(names)
    unknown = sorted(wanted - {profile.name for profile in profiles})
    if unknown:
        there = ", ".join(profile.name for profile in profiles)
        raise BadProfile(unknown[0], f"there is none of that name (known: {there})")
    return tuple(
        profile
        for profile in profiles
        if (profile.name in wanted if wanted else profile.on == ALWAYS)
    )


def parse_profile(name: str, row: Any) -> Profile:
    """Check one profile's values. Raises `BadProfile`."""
    if not NAME.fullmatch(name):
        raise BadProfile(name, "a name is small letters, digits and hyphens")
    if not isinstance(row, dict):
        raise BadProfile(name, "it holds no values")
    kinds = {
        field.name: field.type for field in fields(Profile) if field.name != "name"
    }
    for key in row:
        if key not in kinds:
            raise BadProfile(name, f"it says {key}, which means nothing here")
    try:
        profile = Profile(name=name, **row)
    except TypeError as missing:
        lacks = str(missing).rpartition(":")[2].strip()
        raise BadProfile(name, f"it lacks {lacks}") from missing
    for key, kind in kinds.items():
        _check_kind(name, key, getattr(profile, key), kind)
    _check_values(profile)
    return profile


def _parsed(path: Path) -> list[Profile]:
    try:
        text = path.read_text(encoding="utf-8")
        table = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:  # both parsers raise kinds of ValueError
        raise BadProfile(
            path.name, "the file is not readable as TOML or JSON"
        ) from error
    if not isinstance(table, dict):
        raise BadProfile(path.name, "the file holds no table of profiles")
    return [parse_profile(name, row) for name, row in table.items()]


def _check_kind(name: str, key: str, value: Any, kind: Any) -> None:
    fits = isinstance(value, (int, float) if kind is float else kind)
    if not fits or (isinstance(value, bool) and kind is not bool):
        raise BadProfile(name, f"{key} cannot be {value!r}")


def _check_values(profile: Profile) -> None:
    for key in ("triangles", "bytes", "gpu_bytes", "error_share"):
        if not 0 <= getattr(profile, key) < 2**40:
            raise BadProfile(profile.name, f"{key} cannot be {getattr(profile, key)}")
    for key in ("position_bits", "normal_bits", "colour_bits"):
        if not 0 <= getattr(profile, key) <= MOST_BITS:
            raise BadProfile(profile.name, f"{key} must lie between 0 and {MOST_BITS}")
    if profile.colour_bits == 0:
        raise BadProfile(profile.name, "colour_bits cannot be 0")
    if bool(profile.position_bits) != bool(profile.normal_bits):
        raise BadProfile(profile.name, "position_bits and normal_bits are 0 together")
    for key in ("colour_px", "normal_px", "occlusion_px"):
        if not _is_map_size(getattr(profile, key)):
            reason = f"{key} must be a power of two up to {LARGEST_MAP_PX}, or 0"
            raise BadProfile(profile.name, reason)
    _check_codecs(profile)
    if profile.on not in (ALWAYS, DEMAND):
        raise BadProfile(profile.name, 'on must be "always" or "demand"')


def _check_codecs(profile: Profile) -> None:
    for key in ("colour_codec", "normal_codec"):
        if getattr(profile, key) not in CODECS:
            reason = f"{key} must be one of {', '.join(CODECS)}"
            raise BadProfile(profile.name, reason)
    if profile.is_packed:
        return
    for px, codec in ((profile.colour_px, profile.colour_codec),
                      (profile.normal_px, profile.normal_codec)):  # fmt: skip
        if px and codec not in (JPEG, PNG):
            reason = "a file without extensions takes its maps as jpeg or png"
            raise BadProfile(profile.name, reason)


def _is_map_size(px: int) -> bool:
    return px == 0 or (64 <= px <= LARGEST_MAP_PX and px & (px - 1) == 0)
