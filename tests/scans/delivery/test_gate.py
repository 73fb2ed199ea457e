"""The gate before a file leaves: broken ones are refused, also where only decoding shows it."""

import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scans.delivery.errors import PackFailed
from scans.delivery.glb import MESHOPT, read_glb, split_chunks
from scans.delivery.levels import build_levels
from scans.delivery.pack import Order, check_files, pack, run_node
from scans.delivery.profiles import read_profiles
from scans.delivery.quantise import Level, quantise
from scans.delivery.simplify import weld
from scans.errors import InvalidDerivative
from tests.scans.delivery.solids import UP_IS_Y, box, sphere


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("gate")
    build_levels(
        sphere(0.1, rings=20, segments=30), UP_IS_Y, out, lambda fraction: None
    )
    return out / "thumb.glb"


def rewritten(source: Path, target: Path, **changes: object) -> Path:
    """Copy a GLB with some top members of its JSON replaced."""
    document, binary = split_chunks(source.read_bytes())
    text = json.dumps(document | changes).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    chunks += struct.pack("<II", len(binary), 0x004E4942) + binary
    target.write_bytes(struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks)
    return target


def test_a_sound_file_passes(finished: Path) -> None:
    assert [verdict.errors for verdict in check_files([finished])] == [0]


def test_a_rewritten_but_unchanged_file_passes(finished: Path, tmp_path: Path) -> None:
    same = rewritten(finished, tmp_path / "same.glb")
    assert [verdict.errors for verdict in check_files([same])] == [0]


def test_a_missing_version_is_refused(finished: Path, tmp_path: Path) -> None:
    broken = rewritten(finished, tmp_path / "broken.glb", asset={"generator": "x"})
    with pytest.raises(InvalidDerivative, match=r"broken\.glb"):
        check_files([broken])


def test_a_wrong_bounding_box_is_refused_though_only_decoding_shows_it(
    finished: Path, tmp_path: Path
) -> None:
    document, _ = split_chunks(finished.read_bytes())
    number = document["meshes"][0]["primitives"][0]["attributes"]["POSITION"]
    document["accessors"][number]["max"] = [7, 7, 7]
    broken = rewritten(finished, tmp_path / "box.glb", accessors=document["accessors"])
    (answer,) = run_node(["--check", str(broken)])
    assert answer["finished"]["errors"] == 0
    with pytest.raises(InvalidDerivative, match="ACCESSOR_M"):
        check_files([broken])


def test_overwritten_streams_are_refused(finished: Path, tmp_path: Path) -> None:
    data = bytearray(finished.read_bytes())
    document, binary = split_chunks(bytes(data))
    stream = document["bufferViews"][0]["extensions"][MESHOPT]
    start = len(data) - len(binary) + stream["byteOffset"]
    data[start : start + stream["byteLength"]] = bytes(stream["byteLength"])
    broken = tmp_path / "streams.glb"
    broken.write_bytes(data)
    with pytest.raises(PackFailed):
        check_files([broken])
    with pytest.raises(ValueError, match="stream broken"):
        read_glb(bytes(data))


def test_a_level_with_a_wild_index_never_leaves_the_packer(tmp_path: Path) -> None:
    profile = read_profiles()[0]
    sound = quantise(weld(box(1, 1, 1)), profile)
    triangles = sound.triangles.copy()
    triangles[3, 1] = 4000
    wild = Level(
        profile,
        sound.positions,
        sound.normals,
        None,
        triangles,
        sound.step_m,
        sound.origin_m,
    )
    with pytest.raises(InvalidDerivative, match="INDEX"):
        pack([Order(wild, {})], tmp_path, copyright_notice="")


def test_a_level_with_a_normal_of_no_length_never_leaves_the_packer(
    tmp_path: Path,
) -> None:
    profile = replace(read_profiles()[0], normal_bits=10)
    sound = quantise(weld(box(1, 1, 1)), profile)
    normals = np.zeros_like(sound.normals)
    flat = Level(
        profile,
        sound.positions,
        normals,
        None,
        sound.triangles,
        sound.step_m,
        sound.origin_m,
    )
    with pytest.raises(InvalidDerivative):
        pack([Order(flat, {})], tmp_path, copyright_notice="")


def test_a_truncated_file_is_a_value_error(finished: Path) -> None:
    with pytest.raises(ValueError, match="whole GLB"):
        read_glb(finished.read_bytes()[:-4])
