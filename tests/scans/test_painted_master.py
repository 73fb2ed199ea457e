"""A master that came with a picture keeps it: what is delivered later is baked from it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scans.delivery.glb import read_glb
from scans.delivery.profiles import Profile
from scans.engine import Order, deliver, reconstruct
from scans.errors import UnreadableScan
from scans.events import Event
from scans.painting_store import painting_beside, painting_files
from scans.stages.delivering import Wanted
from tests.scans.delivery.solids import lumpy, sphere

pytestmark = pytest.mark.slow
SIZE = 256
KIOSK = Profile(
    "kiosk", 300, 500_000, 0, 0, 12, error_share=0.02, colour_px=SIZE,
    colour_codec="png",
)  # fmt: skip
WANTED = Wanted((KIOSK,), looked_at_px=96)


def silent(event: Event) -> None:
    """Nobody watches."""


def _checkered() -> np.ndarray:
    """Fields of many colours, with edges that no vertices follow."""
    shades = np.random.default_rng(3).integers(30, 225, (11, 21, 3), dtype=np.uint8)
    return np.kron(shades, np.ones((24, 24, 1), np.uint8))


def write_painted(folder: Path) -> Path:
    """Write a lumpy ball as OBJ, its picture wrapped round it."""
    mesh = lumpy(sphere(0.1, rings=16, segments=24), 0.005)
    x, y, z = (mesh.vertices / np.linalg.norm(mesh.vertices, axis=1)[:, None]).T
    uvs = np.stack([np.arctan2(x, z) / (2 * np.pi) + 0.5, y / 2 + 0.5], axis=1)
    Image.fromarray(_checkered()).save(folder / "skin.png")
    (folder / "ball.mtl").write_text("newmtl skin\nmap_Kd skin.png\n")
    lines = ["mtllib ball.mtl"]
    lines += [f"v {a:.6f} {b:.6f} {c:.6f}" for a, b, c in mesh.vertices]
    lines += [f"vt {u:.6f} {v:.6f}" for u, v in uvs]
    lines.append("usemtl skin")
    lines += [f"f {a}/{a} {b}/{b} {c}/{c}" for a, b, c in (mesh.triangles + 1).tolist()]
    path = folder / "ball.obj"
    path.write_text("\n".join(lines))
    return path


def colour_map(folder: Path) -> np.ndarray:
    data = read_glb((folder / "kiosk.glb").read_bytes()).images["colour"]
    path = folder / "colour.png"
    path.write_bytes(data)
    with Image.open(path) as picture:
        return np.array(picture.convert("RGB")).astype(float)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first run hands over."""
    folder = tmp_path_factory.mktemp("painted")
    order = Order(write_painted(folder), folder / "out", unit="m", wanted=WANTED)
    reconstruct(order, silent)
    return folder / "out"


def again(master: Path, out: Path) -> np.ndarray:
    """Deliver from a stored master; give the colour map."""
    deliver(Order(master, out, wanted=WANTED, pictures=False), silent)
    return colour_map(out)


def test_a_later_delivery_has_the_maps_of_the_first(made: Path, tmp_path: Path) -> None:
    names = {file.name for file in painting_files(made / "master.ply")}
    assert names == {"master-painting.npz", "master-picture-0.png"}
    first = colour_map(made)
    assert first.std() > 30
    second = again(made / "master.ply", tmp_path / "with")
    assert np.abs(second - first).mean() < 0.5
    bare = tmp_path / "bare" / "master.ply"
    bare.parent.mkdir()
    bare.write_bytes((made / "master.ply").read_bytes())
    third = again(bare, tmp_path / "without")
    assert third.shape != first.shape or np.abs(third - first).mean() > 10


def test_a_picture_that_is_gone_or_of_another_mesh_is_told(
    made: Path, tmp_path: Path
) -> None:
    for file in [made / "master.ply", *painting_files(made / "master.ply")]:
        (tmp_path / file.name).write_bytes(file.read_bytes())
    master = tmp_path / "master.ply"
    with pytest.raises(UnreadableScan, match="missing or damaged"):
        painting_beside(master, triangles=12)
    (tmp_path / "master-picture-0.png").unlink()
    order = Order(master, tmp_path / "out", wanted=WANTED, pictures=False)
    with pytest.raises(UnreadableScan, match="missing or damaged"):
        deliver(order, silent)
