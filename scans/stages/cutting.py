"""What a person cuts away once the scans are placed: it touches no placement."""

import json
from dataclasses import fields, replace
from pathlib import Path

from scans.constraints import Constraints
from scans.errors import BadConstraints
from scans.reconstruction.surface import Cloud
from scans.runner import Bench
from scans.scan_store import save_cloud
from scans.stages.preparing import applied

CLOUD = "cloud.npz"


def cut_in_world(cloud: Cloud, said: Constraints, bench: Bench) -> Cloud:
    """Cut the placed points; what is left is kept beside the surface, and told.

    Raises BadConstraints.
    """
    if not said.in_the_world():
        return cloud
    poses = json.loads((bench.output("register") / "poses.json").read_text())
    kept = said.kept_in_world(cloud.points, poses)
    if not kept.any():
        raise BadConstraints("boxes, planes", "hardly a point is left")
    bench.warn(applied(scans=0, points=int((~kept).sum())))
    held = {entry.name: getattr(cloud, entry.name) for entry in fields(cloud)}
    left = replace(cloud, **{n: v[kept] for n, v in held.items() if v is not None})
    save_cloud(bench.folder / CLOUD, left)
    return left


def placed_cloud(bench: Bench) -> Path:
    """Give the file of the points that the surface was made from."""
    cut = bench.output("surface") / CLOUD
    return cut if cut.is_file() else bench.output("register") / CLOUD
