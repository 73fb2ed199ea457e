"""The maps of a master's levels: dressed once, kept for another time, encoded once each."""

import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from scans.delivery.bake import Master
from scans.delivery.dressing import Dressed, dress
from scans.delivery.losses import Loss, loss_of
from scans.delivery.maps import Maps
from scans.delivery.profiles import Profile
from scans.delivery.settling import settle
from scans.delivery.simplify import Surface, simplify
from scans.delivery.textures import Texture, Texturer, wishes_of

MOST_TRIANGLES = (
    150_000  # of a surface with maps: what it has more, its normal map shows
)
LOST_FROM = 2.0  # times a level's triangles: a master no finer has nothing to lose
BROKEN = (OSError, ValueError, KeyError)  # what numpy says of a file that is not whole

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Wardrobe:
    """What a master's levels wear; none where no level loses what maps give back.

    plain : levels without maps that were made to find that out, by profile
    """

    profiles: frozenset[str]
    dressed: Dressed | None = None
    texturer: Texturer | None = None
    plain: dict[str, Surface] = field(default_factory=dict)

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
    master: Master,
    profiles: Sequence[Profile],
    *,
    kept: Path | None,
    progress: Progress,
    anyhow: Collection[str] = (),
) -> Wardrobe:
    """Dress a master for the profiles that gain by it.

    kept   : a file in which what was dressed stands for another time, or None
    anyhow : profiles that are known to gain by it
    """
    wearing, plain = choose_wearing(master, profiles, anyhow=anyhow)
    if not wearing:
        return Wardrobe(frozenset(), plain=plain)
    triangles = min(MOST_TRIANGLES, max(profile.triangles for profile in wearing))
    size = max(max(p.colour_px, p.normal_px, p.occlusion_px) for p in wearing)
    dressed = read_dressed(kept, triangles=triangles, size=size)
    if dressed is None:
        dressed = dress(master, triangles=triangles, size=size, progress=progress)
        write_dressed(kept, dressed, triangles=triangles, size=size)
    names = frozenset(profile.name for profile in wearing)
    return Wardrobe(names, dressed, Texturer(dressed.maps), plain)


def choose_wearing(
    master: Master, profiles: Sequence[Profile], *, anyhow: Collection[str] = ()
) -> tuple[list[Profile], dict[str, Surface]]:
    """The profiles that lose what their maps give back, and the plain levels of others.

    A picture holds more than any triangles. Without one the levels are made and looked
    at, the finest first: what it loses, coarser ones lose as well.
    """
    wearing: list[Profile] = []
    plain: dict[str, Surface] = {}
    loss = Loss(0.0, 0.0, 0.0)
    for profile in sorted(profiles, key=lambda one: -one.triangles):
        if not _may_wear(master, profile):
            continue
        known = master.painting is not None or profile.name in anyhow
        if not known and not _worn(profile, loss):
            level = make_plain(master, profile.triangles)
            loss = loss_of(master.surface, level)
            if not _worn(profile, loss):
                plain[profile.name] = level
                continue
        wearing.append(profile)
    return wearing, plain


def make_plain(master: Master, triangles: int) -> Surface:
    """A level without maps."""
    level = simplify(master.source(triangles), triangles, harder=False)
    return settle(level, master.surface.positions)


def _may_wear(master: Master, profile: Profile) -> bool:
    if master.painting is not None:
        return profile.has_maps
    finer = len(master.surface.triangles) > LOST_FROM * profile.triangles
    shows = profile.normal_px or (master.is_coloured and profile.colour_px)
    return finer and bool(shows)


def _worn(profile: Profile, loss: Loss) -> bool:
    """Whether a profile has a map for what is lost."""
    shape, colour = profile.normal_px > 0, profile.colour_px > 0
    return (shape and loss.of_shape) or (colour and loss.of_colour)


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
