"""Accepted runs with small real models and pictures, kept through the archive."""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import trimesh
from django.utils import timezone
from PIL import Image

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.models import Deposit
from heritage.captures.models import Capture, Derivative, Run, Upright
from heritage.catalogue.models import Relic

IDENTITY = np.eye(4).tolist()
# Subdivisions of an icosphere: 80, 320 and 1280 triangles.
LEVELS = {"thumb": 1, "headset": 2, "web": 3}
PICTURES = (*(f"view-{number}" for number in range(8)), "thumb")


def make_ball(subdivisions: int, *, radius: float = 0.1) -> trimesh.Trimesh:
    """A coloured ball on y = 0, as models are delivered: metres, Y up, centred."""
    ball: trimesh.Trimesh = trimesh.creation.icosphere(
        subdivisions=subdivisions, radius=radius
    )
    ball.apply_translation([0, radius, 0])
    shades = np.full((len(ball.vertices), 4), [70, 120, 100, 255], np.uint8)
    ball.visual = trimesh.visual.ColorVisuals(ball, vertex_colors=shades)
    return ball


def make_run(
    relic: Relic,
    *,
    levels: Mapping[str, int] = LEVELS,
    is_accepted: bool = True,
    radius: float = 0.1,
    **values: Any,
) -> Run:
    """A finished run of a new capture, with models at these levels and all pictures."""
    capture = Capture.objects.create(relic=relic, unit=Capture.Unit.METRE)
    balls = {name: make_ball(level, radius=radius) for name, level in levels.items()}
    files = {f"{name}.glb": _glb(ball) for name, ball in balls.items()}
    files |= {f"{name}.png": _png(name) for name in PICTURES}
    files["master.ply"] = b"ply\n" + relic.key.encode()
    deposit = deposit_files(
        [(name, io.BytesIO(data)) for name, data in files.items()],
        kind=Deposit.Kind.DERIVED,
        by=None,
    )
    run = Run.objects.create(
        **{
            "capture": capture,
            "state": Run.State.SUCCEEDED,
            "is_accepted": is_accepted,
            "outputs": deposit,
            "report": _report(),
            "finished_at": timezone.now(),
        }
        | values
    )
    Upright.objects.create(run=run, matrix=IDENTITY)
    for file in deposit.files.all():
        _keep(run, file, balls)
    return run


def model_of(run: Run, profile: str = "web") -> Derivative:
    return run.derivatives.get(role=Derivative.Role.MODEL, profile=profile)


def picture_of(run: Run, profile: str = "view-0") -> Derivative:
    return run.derivatives.get(role=Derivative.Role.PICTURE, profile=profile)


def _keep(run: Run, file: Any, balls: Mapping[str, trimesh.Trimesh]) -> None:
    profile, _, ending = file.name.rpartition(".")
    roles = {
        "glb": Derivative.Role.MODEL,
        "png": Derivative.Role.PICTURE,
        "ply": Derivative.Role.MASTER,
    }
    figures: dict[str, Any] = {}
    if ending == "glb":
        low, high = balls[profile].bounds
        figures = {"bounds": {"min": low.tolist(), "max": high.tolist()}}
    Derivative.objects.create(
        run=run,
        role=roles[ending],
        profile=profile,
        stored_file=file,
        triangles=len(balls[profile].faces) if ending == "glb" else None,
        gpu_bytes=_gpu_bytes(balls[profile]) if ending == "glb" else None,
        draws=1 if ending == "glb" else None,
        figures=figures,
    )


def _gpu_bytes(ball: trimesh.Trimesh) -> int:
    return len(ball.vertices) * (12 + 12 + 4) + len(ball.faces) * 12


def _glb(ball: trimesh.Trimesh) -> bytes:
    data: bytes = trimesh.exchange.gltf.export_glb(  # type: ignore[no-untyped-call]
        trimesh.Scene(ball)
    )
    return data


def _png(name: str) -> bytes:
    # Each its own shade: equal content is kept once within a deposit.
    shade = 40 + 20 * PICTURES.index(name)
    out = io.BytesIO()
    Image.new("RGB", (32, 32), (shade, shade, 90)).save(out, "PNG")
    return out.getvalue()


def _report() -> dict[str, Any]:
    return {
        "format": 1,
        "inputs": [
            {"name": "scan-0.ply", "points": 60_000},
            {"name": "scan-1.ply", "points": 40_000},
        ],
        "placed": ["scan-0.ply", "scan-1.ply"],
        "figures": {"registration_rmse_m": 0.00012, "master_triangles": 250_000},
        "upright": {"proposed": IDENTITY, "used": IDENTITY, "confirmed": False},
    }
