"""A stand-in for the scan engine: its command line and events, and next to no work.

Run as a script in the engine's place. Its "scans" are text files whose first word tells
what it makes of them: `points`, `unitless`, `stations`, `empty`, `broken` or `deadly`.

STANDIN_GATES names a folder: at the start of each stage the stand-in writes
`<stage>.reached` there and waits for as long as `<stage>.hold` exists.
`--set=kill_in=STAGE`, `refuse_in=`, `break_in=` and `swell_in=` make it end badly; `--set=steps=N` lets each stage
report N times, a hundred times a second. STANDIN_REFUSAL names a file with the error
that the levels end with. `--set=painted=1` gives the master pictures of its own.
"""

import hashlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

STAGES = (
    "read", "register", "surface", "orient", "measure", "levels", "pictures", "report",
)  # fmt: skip
DELIVERY = ("read", "levels", "pictures", "report")
QUALITY = {
    "format": 1,
    "points": {"count": 100},
    "pictures": [{"file": "quality/heat-map.png", "kind": "heat-map"}],
}
VIEWS = (
    "front", "back", "left", "right", "top", "bottom", "three-quarter", "turntable",
)  # fmt: skip
OTHERS = {
    "print": ("print.stl", "print.3mf"),
    "study": ("study.ply",),
    "sides": tuple(f"pictures/{n}.{form}" for n in VIEWS for form in ("png", "webp")),
}
WORKBENCH = ("thin", "snap", "propose")
PAINTING = ("master-painting.npz", "master-picture-0.png", "master-picture-1.png")
PROPOSED: list[list[float]] = [
    [1.0, 0, 0, 0],
    [0, 1.0, 0, 0.5],
    [0, 0, 1.0, 0],
    [0, 0, 0, 1.0],
]


def main(words: list[str]) -> int:
    values = [word for word in words if not word.startswith("--")]
    if words[0] == "inspect":
        return inspect(Path(values[1]))
    if words[0] in WORKBENCH:
        return workbench(words[0], [Path(value) for value in values[1:]], words)
    if words[0] == "exif":
        return exif(Path(values[1]))
    out = Path(words[words.index("--out") + 1])
    if words[0] == "compare":
        return compare([Path(value) for value in values[1:3]], out, words)
    settings = dict(w[6:].split("=", 1) for w in words if w.startswith("--set="))
    upright = None
    if "--upright" in words:
        path = Path(words[words.index("--upright") + 1])
        upright = json.loads(path.read_text())["matrix"]
    stages = STAGES if words[0] == "reconstruct" else DELIVERY
    return compute(
        Path(values[1]), out, stages, settings, upright, wanted=wanted_of(words)
    )


def wanted_of(words: list[str]) -> dict[str, Any]:
    """Read what is to be made: profiles with their values, other products, pictures."""
    told = dict(
        word[2:].split("=", 1) for word in words if word.startswith("--profile")
    )
    profiles: dict[str, Any] = {name: {} for name in ("thumb", "headset", "web")}
    if "profiles" in told:
        known = json.loads(Path(told["profile-file"]).read_text())
        profiles = {name: known[name] for name in told["profiles"].split(",")}
    if "--no-levels" in words:
        profiles = {}
    return {
        "profiles": profiles,
        "also": [word[7:] for word in words if word.startswith("--also=")],
        "pictures": "--no-pictures" not in words,
    }


def inspect(place: Path) -> int:
    paths = sorted(place.iterdir()) if place.is_dir() else [place]
    if any(path.read_text().startswith("deadly") for path in paths):
        os.kill(os.getpid(), signal.SIGSEGV)
    suffixes = {".ply"} if place.is_dir() else {".ply", ".txt", ".csv"}
    entries = [entry_of(path) for path in paths if path.suffix in suffixes]
    emit("done", fraction=1.0, detail={"files": entries})
    return 0


def workbench(command: str, places: list[Path], words: list[str]) -> int:
    """Thin clouds of one point each; a snap that changes nothing; one table."""
    if command == "thin":
        out = Path(words[words.index("--out") + 1])
        out.mkdir()
        paths = sorted(places[0].glob("*.ply"))
        told = [{"name": p.name, "number": n, "points": 1} for n, p in enumerate(paths)]
        for done, one in enumerate(told, start=1):
            (out / f"{one['number']}.bin").write_bytes(bytes(16))
            (out / f"{one['number']}.png").write_bytes(b"png")
            emit("progress", fraction=done / len(told))
        (out / "clouds.json").write_text(json.dumps({"scans": told}))
        emit("done", fraction=1.0, detail={"scans": told})
    elif command == "snap":
        pair = json.loads(Path(words[words.index("--pair") + 1]).read_text())
        detail = {"motion": PROPOSED, "is_refined": True, "points": pair["points"]}
        emit("done", fraction=1.0, detail=detail)
    else:
        plane = {"scan": "back.ply", "point": [0, 0, 0], "normal": [0, 1, 0]}
        emit("done", fraction=1.0, detail={"planes": [plane], "box": None})
    return 0


def exif(place: Path) -> int:
    """A photograph of the stand-in's tells of its camera in JSON, or nothing."""
    told = []
    for path in sorted(place.iterdir()):
        text = path.read_bytes()
        found = json.loads(text) if text.startswith(b"{") else {}
        told.append({"file": path.name, "exif": found})
    emit("done", fraction=1.0, detail={"files": told})
    return 0


def compare(masters: list[Path], out: Path, words: list[str]) -> int:
    """Find one loss, whatever the masters are."""
    stated = next(w for w in words if w.startswith("--uncertainty-mm="))
    first, second = (float(word) for word in stated.partition("=")[2].split(","))
    emit("plan", detail={"stages": ["align"], "estimate_s": 1.0})
    out.mkdir(parents=True)
    region = {
        "kind": "loss", "area_mm2": 400.0, "area_error_mm2": 20.0, "depth_mm": 0.5,
        "depth_error_mm": 0.05, "mean_mm": 0.48, "volume_mm3": 192.0,
        "centre_m": [0, 0, 0],
    }  # fmt: skip
    change = {
        "limit_of_detection_mm": 0.1, "regions": [region],
        "motion": PROPOSED, "agreeing_share": 0.9,
        "uncertainty": {"first_mm": first, "second_mm": second, "alignment_mm": 0.001},
        "scale": {
            "is_certified": "--free-scale" not in words, "factor": 1.0012, "error": 1e-5,
        },
    }  # fmt: skip
    told = {
        "change": change,
        "limit_mm": 0.5,
        "masters": [m.read_text() for m in masters],
    }
    (out / "report.json").write_text(json.dumps(told))
    for name in ("change", "deviation", "histogram"):
        (out / f"{name}.png").write_text(name)
    emit("done", fraction=1.0)
    return 0


def entry_of(path: Path) -> dict[str, Any]:
    word = (path.read_text().split() or ["empty"])[0]
    facts: dict[str, Any] = {"file": path.name}
    if word == "empty":
        return {"file": path.name, "error": {"code": "empty-scan", "facts": facts}}
    if word == "broken":
        facts["reason"] = "its header is damaged"
        return {"file": path.name, "error": {"code": "unreadable-scan", "facts": facts}}
    unit = "" if word == "unitless" else "m"
    told = {"file": path.name, "format": "PLY", "points": 100, "unit": unit}
    if word == "stations":
        count = int(path.read_text().split()[1])
        told["scans"] = [{"name": f"{path.name}#{n + 1}"} for n in range(count)]
    return told


def compute(
    source: Path,
    out: Path,
    stages: tuple[str, ...],
    settings: dict[str, str],
    upright: Any,
    *,
    wanted: dict[str, Any],
) -> int:
    emit("plan", detail={"stages": stages, "estimate_s": 3.0})
    digest = digest_of(source, upright)
    for number, name in enumerate(stages):
        begin, end = number / len(stages), (number + 1) / len(stages)
        emit("stage-started", stage=name, fraction=begin, eta_s=len(stages) - number)
        own = settings.get("closed_share", "") if name == "surface" else ""
        kept = out / "stages" / f"{number:02}-{name}-{own}"
        resumed = kept.is_dir()
        if not resumed:
            pass_gate(name)
            end_badly(name, settings)
            kept.with_name(".tmp").mkdir(parents=True, exist_ok=True)
            record = json.dumps({"digest": digest[:16]})
            kept.with_name(".tmp").joinpath("stage.json").write_text(record)
            kept.with_name(".tmp").rename(kept)
        for step in range(steps := int(settings.get("steps", "1"))):
            share = begin + (end - begin) * (step + 0.5) / steps
            emit("progress", stage=name, fraction=share)
            time.sleep(0.01 if steps > 1 else 0)
        detail = {"seconds": 0.1, "peak_bytes": 10, "digest": digest[:16]}
        detail["resumed"] = resumed
        emit("stage-finished", stage=name, fraction=end, detail=detail)
    is_delivery = len(stages) < len(STAGES)
    write_outputs(
        out, digest, upright, wanted=wanted, is_delivery=is_delivery,
        is_painted="painted" in settings,
    )  # fmt: skip
    emit("done", fraction=1.0)
    return 0


def digest_of(source: Path, upright: Any) -> str:
    paths = sorted(source.iterdir()) if source.is_dir() else [source]
    contents = [path.name.encode() + path.read_bytes() for path in paths]
    return hashlib.sha512(b"".join(contents) + repr(upright).encode()).hexdigest()


def pass_gate(stage: str) -> None:
    gates = os.environ.get("STANDIN_GATES")
    if not gates:
        return
    Path(gates, f"{stage}.reached").write_text(str(os.getpid()))
    while Path(gates, f"{stage}.hold").exists():
        time.sleep(0.01)


def end_badly(stage: str, settings: dict[str, str]) -> None:
    refusal = Path(os.environ.get("STANDIN_REFUSAL", "-"))
    if stage == "levels" and refusal.is_file():
        emit("error", stage=stage, detail=json.loads(refusal.read_text()))
        sys.exit(2)
    if settings.get("kill_in") == stage:
        os.kill(os.getpid(), signal.SIGKILL)
    if settings.get("break_in") == stage:
        sys.exit("the stand-in breaks")
    if settings.get("swell_in") == stage:
        sys.exit("MemoryError: the stand-in swells")
    if settings.get("refuse_in") == stage:
        detail = {"code": "nothing-fits", "facts": {"scans": 2}, "message": "No."}
        emit("error", stage=stage, detail=detail)
        sys.exit(2)


def write_outputs(
    out: Path,
    digest: str,
    upright: Any,
    *,
    wanted: dict[str, Any],
    is_delivery: bool,
    is_painted: bool,
) -> None:
    (out / "pictures").mkdir(exist_ok=True)
    models = [f"{name}.glb" for name in wanted["profiles"]]
    twins = [f"{n}.usdz" for n, v in wanted["profiles"].items() if v.get("usdz")]
    others = [f for name in wanted["also"] for f in OTHERS[name]]
    pictures = [f"pictures/view-{number}.png" for number in range(8)]
    pictures = [*pictures, "pictures/thumb.png"] if wanted["pictures"] else []
    for name in [*models, *twins, *others, *pictures]:
        (out / name).write_text(f"{name} {digest}")
    if not is_delivery:
        (out / "master.ply").write_text(f"master {digest}")
        (out / "poses.json").write_text("{}")
        if is_painted:
            for name in PAINTING:
                (out / name).write_text(f"{name} {digest}")
        (out / "quality").mkdir(exist_ok=True)
        (out / "quality" / "heat-map.png").write_text(f"heat map {digest}")
        (out / "quality.json").write_text(json.dumps(QUALITY))
    report = {
        "format": 1,
        "seconds": time.time(),
        "upright": {"proposed": PROPOSED, "used": upright or PROPOSED},
        "dimensions": {
            "height_m": 0.25,
            "width_m": 0.1,
            "depth_m": 0.12,
            "uncertainty_m": 0.0001,
        },
        "derivatives": [
            {"file": name, "triangles": 100, "gpu_bytes": 2000, "draws": 1}
            for name in models
        ],
        "warnings": [],
    }
    if not is_delivery:
        report["quality"] = QUALITY
    (out / "report.json").write_text(json.dumps(report))
    if forgotten := os.environ.get("STANDIN_FORGETS"):
        (out / forgotten).unlink()


def emit(kind: str, **values: Any) -> None:
    blank = {"stage": "", "fraction": 0.0, "eta_s": None, "peak_bytes": 0, "detail": {}}
    sys.stdout.write(json.dumps(blank | values | {"kind": kind}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
