"""What is tried when a finished file breaks a promise of its profile."""

from dataclasses import dataclass, replace

from scans.delivery.errors import OverBudget, OverErrorLimit, OverGpuBudget
from scans.delivery.profiles import Profile
from scans.errors import ScanError

ATTEMPTS = 6
SHAPE_ONLY_FROM = 3  # attempt; earlier ones keep shading and colour edges
LEAST_STEP, MOST_STEP = (
    0.4,
    0.9,
)  # shares of the triangles kept from one try to the next
MARGIN = 0.97
# Bytes go as about this power of the triangles: fewer lie farther apart. Measured on real
# scans 0.76 to 0.89; a guess that is too high costs one more try, for shape only.
BYTES_POWER = 0.8

Breach = str


@dataclass(frozen=True)
class Effort:
    """How hard a level is tried.

    share      : of the triangle budget
    shape_only : only shape counts, and small loose parts may go
    thrift     : steps down in size and quality of maps
    """

    share: float = 1.0
    shape_only: bool = False
    thrift: int = 0
    attempt: int = 1


@dataclass(frozen=True)
class Measured:
    """What a finished file costs, and how far it lies from its master.

    bytes of which texture_bytes are maps
    """

    triangles: int
    bytes: int
    texture_bytes: int
    gpu_bytes: int
    texture_gpu_bytes: int
    draws: int
    mean_m: float


def find_breach(found: Measured, profile: Profile, error_limit_m: float) -> Breach:
    """Name the first promise that is broken, or give ""."""
    if profile.triangles and found.triangles > profile.triangles:
        return "triangles"
    if profile.bytes and found.bytes > profile.bytes:
        return "bytes"
    if (profile.gpu_bytes and found.gpu_bytes > profile.gpu_bytes) or found.draws > 1:
        return "gpu_bytes"
    if error_limit_m and found.mean_m > error_limit_m:
        return "error"
    return ""


def harder(
    effort: Effort, breach: Breach, found: Measured, profile: Profile
) -> Effort | None:
    """What to try next, or None when nothing is left."""
    if effort.attempt >= ATTEMPTS:
        return None
    following = replace(effort, attempt=effort.attempt + 1)
    if breach == "error":
        # What takes triangles away for size cannot give them back for shape.
        return None if effort.shape_only else replace(following, shape_only=True)
    if breach == "triangles":
        share = effort.share * _step(profile.triangles, found.triangles)
        return replace(following, share=share, shape_only=True)
    maps, rest, limit = _parts(breach, found, profile)
    if maps > rest:
        return replace(following, thrift=effort.thrift + 1)
    power = BYTES_POWER if breach == "bytes" else 1.0
    return replace(
        following,
        share=effort.share * _step(limit - maps, rest, power=power),
        shape_only=following.attempt >= SHAPE_ONLY_FROM,
    )


def refusal(
    breach: Breach, found: Measured, profile: Profile, *, limit_m: float, attempts: int
) -> ScanError:
    """The error that names the broken promise and its figures."""
    if breach == "error":
        return OverErrorLimit(
            profile.name, mean_m=found.mean_m, limit_m=limit_m, attempts=attempts
        )
    if breach == "gpu_bytes":
        return OverGpuBudget(
            profile.name,
            gpu_bytes=found.gpu_bytes,
            draws=found.draws,
            gpu_limit=profile.gpu_bytes,
            attempts=attempts,
        )
    return OverBudget(
        profile.name,
        triangles=found.triangles,
        size_bytes=found.bytes,
        attempts=attempts,
        triangle_limit=profile.triangles,
        byte_limit=profile.bytes,
    )


def _parts(breach: Breach, found: Measured, profile: Profile) -> tuple[int, int, int]:
    """What maps take, what the rest takes, and the limit of both."""
    if breach == "bytes":
        maps, rest = found.texture_bytes, found.bytes - found.texture_bytes
        return maps, rest, profile.bytes
    maps = found.texture_gpu_bytes
    return maps, found.gpu_bytes - maps, profile.gpu_bytes


def _step(allowed: int, found: int, *, power: float = 1.0) -> float:
    share = max(MARGIN * allowed / max(found, 1), 0.0)
    return min(MOST_STEP, max(LEAST_STEP, float(share ** (1 / power))))
