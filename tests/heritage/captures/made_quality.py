"""A measured run: what the engine says of quality, and pictures that can be opened."""

import io
from copy import deepcopy
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw

from heritage.archive.actions.deposit import deposit_files
from heritage.captures.models import Capture, Derivative, Run
from tests.heritage.captures.standin import PROPOSED

NAMES = ("鼎-正面.ply", "鼎-背面.ply", "bottom.ply", "lid.ply")
PICTURES = ("heat-map", "histogram")
QUALITY: dict[str, Any] = {
    "format": 1,
    "points": {
        "count": 1_234_567,
        "spacing_mm": {"mean": 0.2468, "p95": 0.5123},
        "noise_mm": 0.0314,
        "scans": [
            {
                "name": name, "points": 300_000 + number, "noise_mm": 0.03,
                "spacing_mm": {"mean": 0.24, "p95": 0.5},
            }
            for number, name in enumerate(NAMES)
        ],
    },
    "registration": {
        "rms_mm": 0.0731,
        "pairs": [
            {"first": NAMES[0], "second": NAMES[1], "overlap": 0.41, "residual_mm": 0.07},
            {"first": NAMES[1], "second": NAMES[2], "overlap": 0.32, "residual_mm": 0.09},
        ],
        "scans": [
            {"name": NAMES[0], "confidence": 0.98, "residual_mm": 0.07, "undetermined": []},
            {"name": NAMES[1], "confidence": 0.91, "residual_mm": 0.08, "undetermined": []},
            {
                "name": NAMES[2], "confidence": None, "residual_mm": 0.09,
                "undetermined": ["rotation about an axis"],
            },
        ],
        "groups": [[*NAMES[:3]], [NAMES[3]]],
        "not_placed": [NAMES[3]],
        "undetermined": True,
    },
    "completeness": {
        "share": 0.934, "holes": 3, "hole_area_mm2": 812.5, "filled_area_mm2": 12_345.6,
        "filled_faces": 4021,
    },
    "deviation": {
        "mean_mm": -0.0021, "sigma_mm": 0.0612, "rms_mm": 0.0613, "p95_mm": 0.12,
        "max_mm": 1.84, "histogram": {"edges_mm": [-1, 0, 1], "counts": [4, 5]},
    },
    "mesh": {
        "vertices": 250_113, "triangles": 500_222, "non_manifold_edges": 0,
        "boundary_loops": 3, "degenerate": 0, "self_intersecting": 17, "components": 1,
        "euler": -4, "watertight": False,
    },
    "size": {"oriented_mm": [36.7, 24.1, 30.02], "area_mm2": 1_204_000.0, "volume_mm3": None},
    "scale": {
        "evidence": "chosen", "unit": "mm", "registered_cm": [36.7, 24.1, 30.0],
        "proposal": {"unit": "cm", "factor": 10.0}, "matches": False,
    },
    "acceptance": [
        {
            "profile": profile,
            "passed": passed,
            "lines": [
                {"measure": "points.spacing_mm.mean", "value": 0.2468, "limit": 0.3,
                 "unit": "mm", "passed": True},
                {"measure": "completeness.share", "value": 0.934, "limit": share,
                 "unit": "", "passed": share < 0.934},
                {"measure": "scale.rmse_mm", "value": None, "limit": 0.2, "unit": "mm",
                 "passed": None},
            ],
        }
        for profile, share, passed in (
            ("grade-1", 0.98, False), ("grade-2-3", 0.95, False), ("other", 0.9, None),
        )
    ],
    "findings": [
        {
            "code": "scan-not-placed",
            "facts": {"file": NAMES[3], "nearest": NAMES[0]},
            "message": "lid.ply fits nowhere.",
        }
    ],
    "pictures": [
        {"file": f"quality/{name}.png", "kind": name, "limit_mm": 0.25,
         "caption_code": f"deviation-{name}"}
        for name in PICTURES
    ],
}  # fmt: skip
REPORT: dict[str, Any] = {
    "format": 1,
    "recipe": {
        "name": "range-scans", "version": 1,
        "parameters": {"depth": 9, "support": 5.0, "exact": True},
    },
    "inputs": [
        {"name": name, "sha512": "ab" * 64, "bytes": 9_000_000, "points": 300_000, "unit": "mm"}
        for name in NAMES
    ],
    "stages": [
        {"name": "read", "seconds": 1.5, "peak_bytes": 300 * 1024**2},
        {"name": "measure", "seconds": 12.25, "peak_bytes": 900 * 1024**2},
    ],
    "libraries": {"open3d-cpu": "0.20.0", "numpy": "2.3.0"},
    "seed": 20261121,
    "upright": {"proposed": PROPOSED, "used": PROPOSED, "confirmed": False},
    "warnings": [],
}  # fmt: skip


DELIVERED: dict[str, Any] = {
    "file": "web.glb", "profile": "web", "triangles": 149_998,
    "deviation": {"mean_m": 1.41e-5, "p95_m": 4e-5, "max_m": 2.1e-4},
    "likeness": {"ssim_mean": 0.97, "ssim_worst": 0.96, "de00_mean": 1.2},
    "pictures": [
        {"file": "quality/web-deviation.png", "kind": "deviation", "limit_mm": 0.08},
        {"file": "quality/web-likeness.png", "kind": "likeness", "limit_de00": 10.0},
    ],
}  # fmt: skip


def add_delivered(run: Run, *, pictures: bool = True) -> None:
    """Give a run a file for the web, and pictures of what it differs by."""
    drawn = DELIVERED["pictures"] if pictures else []
    names = [one["file"] for one in drawn]
    parts = [(name, io.BytesIO(_png(name))) for name in names]
    deposit = deposit_files(
        [("web.glb", io.BytesIO(run.key.encode())), *parts], kind="derived", by=None
    )
    for file in deposit.files.all():
        is_model = file.name == "web.glb"
        Derivative.objects.create(
            run=run,
            role=Derivative.Role.MODEL if is_model else Derivative.Role.QUALITY,
            profile=file.name.removeprefix("quality/").partition(".")[0],
            triangles=DELIVERED["triangles"] if is_model else None,
            figures=DELIVERED | {"pictures": drawn} if is_model else {},
            stored_file=file,
        )


def make_measured_run(capture: Capture, **quality: Any) -> Run:
    """A run that succeeded, with these parts of its quality changed."""
    figures = deepcopy(QUALITY) | quality
    deposit = deposit_files(
        [(f"quality/{name}.png", io.BytesIO(_png(name))) for name in PICTURES],
        kind="derived",
        by=None,
    )
    run: Run = Run.objects.create(
        capture=capture,
        state=Run.State.SUCCEEDED,
        fraction=1.0,
        report=deepcopy(REPORT) | {"quality": figures},
        outputs=deposit,
        finished_at=timezone.now(),
    )
    for file in deposit.files.all():
        Derivative.objects.create(
            run=run,
            role=Derivative.Role.QUALITY,
            profile=file.name.removeprefix("quality/").removesuffix(".png"),
            stored_file=file,
        )
    return run


def _png(text: str) -> bytes:
    image = Image.new("RGB", (320, 200), "white")
    ImageDraw.Draw(image).text((10, 10), text, fill="black")
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()
