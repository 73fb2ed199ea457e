"""The maps of a master's levels: dressed once, kept for another time, encoded once each."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scans.delivery.dressing import Dressed, dress, worth
from scans.delivery.maps import Maps
from scans.delivery.paintings import Painting
from scans.delivery.profiles import Profile
from scans.delivery.simplify import Surface
from scans.delivery.textures import Texture, Texturer, wishes_of

MOST_TRIANGLES = (
    150_000  # of a surface with maps: what it has more, its normal map shows
)
BROKEN = (OSError, ValueError, KeyError)  # what numpy says of a file that is not whole

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Wardrobe:
    """What a master's levels wear; none where no level loses what maps give back."""

    profiles: frozenset[str]
    dressed: Dressed | None = None
    texturer: Texturer | None = None

    def surface(self, profile: Profile, master: Surface) -> Surface:
        """What a level is made from."""
        if self.dressed is None or profile.name not in self.profiles:
            return master
        return self.dressed.surface(normal_map=profile.normal_px > 0)

    def textures(self, profile: Profile, *, thrift: int) -> tuple[Texture, ...]:
        """The maps that a level carries."""
        if self.texturer is None or profile.name not in self.profiles:
            return ()
        wishes = wishes_of(profile, thrift=thrift)
        return tuple(self.texturer.textures(wishes, profile.file))


def open_wardrobe(
    master: Surface,
    painting: Painting | None,
    profiles: Sequence[Profile],
    *,
    kept: Path | None,
    progress: Progress,
) -> Wardrobe:
    """Dress a master for the profiles that gain by it.

    kept : a file in which what was dressed stands for another time, or None
    """
    wearing = [
        profile
        for profile in profiles
        if profile.has_maps and worth(master, profile, painting=painting)
    ]
    if not wearing:
        return Wardrobe(frozenset())
    triangles = min(MOST_TRIANGLES, max(profile.triangles for profile in wearing))
    size = max(max(p.colour_px, p.normal_px, p.occlusion_px) for p in wearing)
    dressed = read_dressed(kept, triangles=triangles, size=size)
    if dressed is None:
        dressed = dress(
            master, painting, triangles=triangles, size=size, progress=progress
        )
        write_dressed(kept, dressed, triangles=triangles, size=size)
    names = frozenset(profile.name for profile in wearing)
    return Wardrobe(names, dressed, Texturer(dressed.maps))


def write_dressed(
    path: Path | None, dressed: Dressed, *, triangles: int, size: int
) -> None:
    """Keep what was dressed, whole or not at all."""
    if path is None:
        return
    base, maps = dressed.base, dressed.maps
    arrays = {
        "asked": np.array([triangles, size]),
        "positions": base.positions,
        "normals": base.normals,
        "triangles": base.triangles,
        "uvs": base.on_map(),
        "relief": dressed.relief,
    }
    arrays |= {
        f"map_{slot}": picture
        for slot in ("colour", "normal", "occlusion")
        if (picture := getattr(maps, slot)) is not None
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".tmp-", dir=path.parent) as name:
        work = Path(name) / "dressed.npz"
        np.savez(work, **arrays)  # type: ignore[arg-type]
        work.replace(path)


def read_dressed(path: Path | None, *, triangles: int, size: int) -> Dressed | None:
    """What was kept, if it is as fine as asked for and no finer in triangles."""
    if path is None or not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as held:
            asked = held["asked"].tolist()
            if asked[0] != triangles or asked[1] < size:
                return None
            return _dressed({name: held[name] for name in held.files})
    except BROKEN:
        return None


def _dressed(held: dict[str, np.ndarray]) -> Dressed:
    base = Surface(
        positions=held["positions"],
        normals=held["normals"],
        colours=None,
        triangles=held["triangles"],
        uvs=held["uvs"],
    )
    slots = ("colour", "normal", "occlusion")
    maps = Maps(**{slot: held.get(f"map_{slot}") for slot in slots})
    return Dressed(base, held["relief"], maps)
