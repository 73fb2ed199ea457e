"""Accepted runs with small real models and pictures, kept through the archive."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class MadeModel:
    """A GLB with what a run would say of it."""

    data: bytes
    triangles: int
    gpu_bytes: int
    bounds: dict[str, list[float]]


def make_ball(subdivisions: int, *, radius: float = 0.1) -> trimesh.Trimesh:
    """A coloured ball on y = 0, as models are delivered: metres, Y up, centred."""
    ball: trimesh.Trimesh = trimesh.creation.icosphere(
        subdivisions=subdivisions, radius=radius
    )
    ball.apply_translation([0, radius, 0])
    shades = np.full((len(ball.vertices), 4), [70, 120, 100, 255], np.uint8)
    ball.visual = trimesh.visual.ColorVisuals(ball, vertex_colors=shades)
    return ball


def plain_models() -> dict[str, MadeModel]:
    """The three levels as small GLBs without compression."""
    balls = {name: make_ball(level) for name, level in LEVELS.items()}
    return {name: _plain_model(ball) for name, ball in balls.items()}


def make_run(
    relic: Relic,
    *,
    models: Mapping[str, MadeModel] | None = None,
    is_accepted: bool = True,
    **values: Any,
) -> Run:
    """A finished run of a new capture, with these models and all pictures."""
    models = plain_models() if models is None else models
    capture = Capture.objects.create(relic=relic, unit=Capture.Unit.METRE)
    files = {f"{name}.glb": model.data for name, model in models.items()}
    files |= {f"{name}.png": _png(name) for name in PICTURES}
    files["master.ply"] = b"ply\n" + relic.key.encode()
    deposit = deposit_files(
        [(name, io.BytesIO(data)) for name, data in files.items()],
        kind=Deposit.Kind.DERIVED,
        by=None,
    )
    defaults = {
        "capture": capture,
        "state": Run.State.SUCCEEDED,
        "is_accepted": is_accepted,
        "outputs": deposit,
        "report": _report(),
        "finished_at": timezone.now(),
    }
    run: Run = Run.objects.create(**defaults | values)
    Upright.objects.create(run=run, matrix=IDENTITY)
    for file in deposit.files.all():
        _keep(run, file, models)
    return run


def model_of(run: Run, profile: str = "web") -> Derivative:
    return run.derivatives.get(role=Derivative.Role.MODEL, profile=profile)


def picture_of(run: Run, profile: str = "view-0") -> Derivative:
    return run.derivatives.get(role=Derivative.Role.PICTURE, profile=profile)


def _keep(run: Run, file: Any, models: Mapping[str, MadeModel]) -> None:
    profile, _, ending = file.name.rpartition(".")
    roles = {
        "glb": Derivative.Role.MODEL,
        "png": Derivative.Role.PICTURE,
        "ply": Derivative.Role.MASTER,
    }
    model = models[profile] if ending == "glb" else None
    Derivative.objects.create(
        run=run,
        role=roles[ending],
        profile=profile,
        stored_file=file,
        triangles=model.triangles if model else None,
        gpu_bytes=model.gpu_bytes if model else None,
        draws=1 if model else None,
        figures={"bounds": model.bounds} if model else {},
    )


def _plain_model(ball: trimesh.Trimesh) -> MadeModel:
    low, high = ball.bounds
    data: bytes = trimesh.exchange.gltf.export_glb(  # type: ignore[no-untyped-call]
        trimesh.Scene(ball)
    )
    return MadeModel(
        data=data,
        triangles=len(ball.faces),
        gpu_bytes=len(ball.vertices) * 28 + len(ball.faces) * 12,
        bounds={"min": low.tolist(), "max": high.tolist()},
    )


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
        "figures": {"registration_rms_m": 0.00012, "triangles": 250_000},
        "upright": {"proposed": IDENTITY, "used": IDENTITY, "confirmed": False},
    }
