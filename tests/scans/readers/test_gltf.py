"""Every form in which glTF holds a mesh gives the mesh; what it cannot give is refused."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import DracoPy
import numpy as np
import pytest
import trimesh
from meshoptimizer import encode_index_buffer, encode_vertex_buffer
from PIL import Image

from scans.errors import ScanError, TruncatedScan, UnreadableScan
from scans.geometry.scan import Scan
from scans.inputs import choose_recipe, find_inputs
from scans.readers import read_scan
from scans.readers.gltf import read_gltf
from scans.recipe import SINGLE_CLOUD
from tests.scans.readers.gltf_files import Builder
from tests.scans.readers.pictured import shows_its_picture

BALL = trimesh.creation.icosphere(subdivisions=2, radius=0.1)
PLACES = np.asarray(BALL.vertices, dtype=np.float32)
FACES = np.asarray(BALL.faces, dtype=np.uint32)


def plain(builder: Builder, **more: Any) -> dict[str, Any]:
    attributes = {"POSITION": builder.accessor(PLACES)} | more
    return {"attributes": attributes, "indices": builder.accessor(FACES.ravel())}


def volume(scan: Scan) -> float:
    assert scan.triangles is not None
    a, b, c = (scan.points[scan.triangles[:, k]] for k in range(3))
    return float((np.cross(a, b) * c).sum() / 6)


def same_ball(scan: Scan, *, within: float = 1e-7) -> None:
    assert scan.triangles is not None
    assert (len(scan.points), len(scan.triangles)) == (len(PLACES), len(FACES))
    np.testing.assert_allclose(scan.points.min(axis=0), PLACES.min(axis=0), atol=within)
    assert volume(scan) == pytest.approx(BALL.volume, rel=20 * within / 0.1)
    assert scan.unit == "m"


def test_a_plain_mesh(tmp_path: Path) -> None:
    builder = Builder()
    builder.mesh(plain(builder))
    same_ball(read_gltf(builder.write(tmp_path / "a.glb")))


def test_draco(tmp_path: Path) -> None:
    builder = Builder()
    builder.mesh(plain(builder))
    coded = DracoPy.encode(PLACES, FACES, quantization_bits=16)
    for accessor in builder.json["accessors"]:
        del accessor["bufferView"]
    primitive = builder.json["meshes"][0]["primitives"][0]
    extension = {"bufferView": builder.view(coded), "attributes": {"POSITION": 0}}
    primitive["extensions"] = {"KHR_draco_mesh_compression": extension}
    builder.json["extensionsRequired"] = ["KHR_draco_mesh_compression"]
    same_ball(read_gltf(builder.write(tmp_path / "a.glb")), within=1e-5)
    broken = coded[: len(coded) // 2] + bytes(len(coded) - len(coded) // 2)
    builder.data = builder.data.replace(coded, broken)
    with pytest.raises(UnreadableScan):
        read_gltf(builder.write(tmp_path / "broken.glb"))


def test_meshopt_on_quantised_integers(tmp_path: Path) -> None:
    builder = Builder()
    low, span = PLACES.min(axis=0), float(np.ptp(PLACES, axis=0).max())
    short = np.zeros((len(PLACES), 4), np.uint16)
    short[:, :3] = np.rint((PLACES - low) / span * 65_535)
    coded = {
        "POSITION": (encode_vertex_buffer(short, len(short), 8), len(short), 8),
        "indices": (
            encode_index_buffer(FACES.ravel(), FACES.size, len(short)),
            FACES.size,
            4,
        ),
    }
    views = {}
    for name, (stream, count, stride) in coded.items():
        mode = "TRIANGLES" if name == "indices" else "ATTRIBUTES"
        number = builder.view(bytes(stream))
        told = {
            "buffer": 0,
            "byteOffset": builder.json["bufferViews"][number]["byteOffset"],
        }
        told |= {"byteLength": len(bytes(stream)), "count": count, "byteStride": stride}
        view: dict[str, Any] = {"buffer": 0, "byteLength": count * stride}
        if mode == "ATTRIBUTES":
            view["byteStride"] = stride
        view["extensions"] = {"EXT_meshopt_compression": told | {"mode": mode}}
        builder.json["bufferViews"][number] = view
        views[name] = number
    position = builder.accessor(
        short[:, :3].copy(), bufferView=views["POSITION"], normalized=True
    )
    indices = builder.accessor(FACES.ravel(), bufferView=views["indices"])
    scale = [span] * 3
    primitive = {"attributes": {"POSITION": position}, "indices": indices}
    builder.mesh(primitive, scale=scale, translation=low.tolist())
    builder.json["extensionsRequired"] = [
        "EXT_meshopt_compression",
        "KHR_mesh_quantization",
    ]
    same_ball(read_gltf(builder.write(tmp_path / "a.glb")), within=2e-6)


def test_our_own_levels_come_back(tmp_path: Path) -> None:
    from scans.delivery.levels import build_levels
    from scans.delivery.provenance import Provenance
    from scans.geometry.mesh import Mesh

    colours = np.tile(np.array([200, 100, 50], np.uint8), (len(PLACES), 1))
    master = Mesh(PLACES.astype(np.float64), FACES.astype(np.int32), None, colours)
    build_levels(
        master,
        np.eye(4),
        tmp_path,
        lambda _: None,
        provenance=Provenance(master_sha512="0" * 128),
    )
    scan = read_gltf(tmp_path / "web.glb")
    assert abs(volume(scan)) == pytest.approx(BALL.volume, rel=0.01)
    assert scan.colours is not None
    assert np.abs(scan.colours.astype(int) - [200, 100, 50]).max() <= 2


def test_nodes_place_their_meshes(tmp_path: Path) -> None:
    builder = Builder()
    builder.mesh(plain(builder), translation=[1, 0, 0])
    builder.mesh(dict(builder.json["meshes"][0]["primitives"][0]), scale=[1, 1, -1])
    builder.json["nodes"].append({"children": [0, 1], "translation": [0, 5, 0]})
    builder.json["scenes"] = [{"nodes": [2]}]
    scan = read_gltf(builder.write(tmp_path / "a.glb"))
    assert len(scan.points) == 2 * len(PLACES)
    np.testing.assert_allclose(scan.points.mean(axis=0), [0.5, 5, 0], atol=1e-6)
    # The mirrored one is turned inside in, not out.
    assert volume(scan) == pytest.approx(2 * BALL.volume, rel=1e-4)


@pytest.mark.parametrize("mode", [5, 6])
def test_strips_and_fans(tmp_path: Path, mode: int) -> None:
    corners = {5: [[0, 0], [1, 0], [0, 1], [1, 1]], 6: [[0, 0], [1, 0], [1, 1], [0, 1]]}
    places = np.array([[x, y, 0] for x, y in corners[mode]], np.float32)
    builder = Builder()
    builder.mesh({"attributes": {"POSITION": builder.accessor(places)}, "mode": mode})
    scan = read_gltf(builder.write(tmp_path / "a.glb"))
    assert scan.triangles is not None
    a, b, c = (scan.points[scan.triangles[:, k]] for k in range(3))
    np.testing.assert_allclose(np.cross(b - a, c - a)[:, 2], [1, 1])


def test_sparse_places(tmp_path: Path) -> None:
    builder = Builder()
    where, what = np.array([1, 2], np.uint16), np.eye(3, dtype=np.float32)[:2]
    sparse = {
        "count": 2,
        "indices": {"bufferView": builder.view(where.tobytes()), "componentType": 5123},
        "values": {"bufferView": builder.view(what.tobytes())},
    }
    number = builder.accessor(np.zeros((3, 3), np.float32), sparse=sparse)
    builder.mesh({"attributes": {"POSITION": number}})
    scan = read_gltf(builder.write(tmp_path / "a.glb"))
    np.testing.assert_array_equal(scan.points, [[0, 0, 0], [1, 0, 0], [0, 1, 0]])


def test_colours_of_vertices_are_light(tmp_path: Path) -> None:
    builder = Builder()
    half = np.full((len(PLACES), 3), 0.5, np.float32)
    builder.mesh(plain(builder, COLOR_0=builder.accessor(half)))
    scan = read_gltf(builder.write(tmp_path / "a.glb"))
    assert scan.colours is not None
    np.testing.assert_array_equal(scan.colours, 188)  # half the light, in sRGB


def test_a_picture_becomes_colours_and_its_seam_is_joined(tmp_path: Path) -> None:
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[0, 0], pixels[0, 1] = [255, 0, 0], [0, 255, 0]
    pixels[1, 0], pixels[1, 1] = [0, 0, 255], [250, 240, 230]
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    places = np.array(
        [[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0], [1, 0, 0]], np.float32
    )
    uv = np.array(
        [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75], [0.75, 0.25]],
        np.float32,
    )
    builder = Builder()
    builder.picture(stream.getvalue(), "image/png")
    attributes = {
        "POSITION": builder.accessor(places),
        "TEXCOORD_0": builder.accessor(uv),
    }
    indices = builder.accessor(np.array([0, 1, 2, 2, 4, 3], np.uint16))
    builder.mesh({"attributes": attributes, "indices": indices, "material": 0})
    scan = read_gltf(builder.write(tmp_path / "a.glb"))
    assert scan.colours is not None
    assert len(scan.points) == 4
    np.testing.assert_array_equal(scan.colours, pixels.reshape(4, 3))
    shows_its_picture(scan)


@pytest.mark.parametrize("turn", [[0, 0, 0, 1], [0.5, 0.5, 0.5, 0.5]])
def test_a_mirrored_picture_comes_along_dimmed(
    tmp_path: Path, turn: list[float]
) -> None:
    pixels = np.random.default_rng(5).integers(40, 255, (8, 8, 3)).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    builder = Builder()
    builder.picture(stream.getvalue(), "image/png")
    uv = (np.arange(2 * len(PLACES)).reshape(-1, 2) % 8 + 0.5).astype(np.float32) / 8
    dim = {"baseColorFactor": [0.5, 1, 0.25, 1]}
    builder.json["materials"][0]["pbrMetallicRoughness"] |= dim
    primitive = plain(builder, TEXCOORD_0=builder.accessor(uv)) | {"material": 0}
    builder.mesh(primitive, scale=[-1, 1, 1], rotation=turn)
    shows_its_picture(read_gltf(builder.write(tmp_path / "a.glb")))


def test_colours_of_vertices_change_a_picture_so_it_stays_behind(
    tmp_path: Path,
) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (2, 2), (200, 100, 50)).save(stream, "PNG")
    builder = Builder()
    builder.picture(stream.getvalue(), "image/png")
    half = np.full((len(PLACES), 3), 0.5, np.float32)
    uv = np.zeros((len(PLACES), 2), np.float32)
    more = {"TEXCOORD_0": builder.accessor(uv), "COLOR_0": builder.accessor(half)}
    builder.mesh(plain(builder, **more) | {"material": 0})
    scan = read_gltf(builder.write(tmp_path / "a.glb"))
    assert scan.painting is None
    assert scan.colours is not None


def test_a_picture_of_a_kind_that_is_not_known_is_told(tmp_path: Path) -> None:
    builder = Builder()
    builder.picture(b"\xabKTX 20\xbb\r\n\x1a\n" + bytes(80), "image/ktx2")
    uv = np.zeros((len(PLACES), 2), np.float32)
    builder.mesh(plain(builder, TEXCOORD_0=builder.accessor(uv)) | {"material": 0})
    scan = read_gltf(builder.write(tmp_path / "a.glb"))
    assert scan.colours is None
    assert [finding.code for finding in scan.findings] == ["companion-unreadable"]


def gltf(path: Path, uri: str) -> Path:
    builder = Builder()
    builder.mesh(plain(builder))
    builder.json["buffers"] = [{"uri": uri, "byteLength": len(builder.data)}]
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(builder.json))
    (path.parent.parent / "secret.bin").write_bytes(builder.data)
    (path.parent / "Die Punkte.BIN").write_bytes(builder.data)
    return path


@pytest.mark.parametrize(
    "uri",
    ["../secret.bin", "/etc/hostname", "http://example.org/a.bin", "file:///etc/hostname",
     "C:\\secret.bin", "%2e%2e/secret.bin", "x/../../secret.bin", "..\\secret.bin"],
)  # fmt: skip
def test_buffers_outside_the_folder_are_refused(tmp_path: Path, uri: str) -> None:
    with pytest.raises(UnreadableScan, match="outside its own folder"):
        read_gltf(gltf(tmp_path / "set" / "a.gltf", uri))


def test_buffers_beside_or_inside_are_read(tmp_path: Path) -> None:
    same_ball(read_gltf(gltf(tmp_path / "set" / "a.gltf", "die%20punkte.bin")))
    data = (tmp_path / "secret.bin").read_bytes()
    uri = "data:application/octet-stream;base64," + base64.b64encode(data).decode()
    same_ball(read_gltf(gltf(tmp_path / "set" / "b.gltf", uri)))
    with pytest.raises(UnreadableScan, match="not beside it"):
        read_gltf(gltf(tmp_path / "set" / "c.gltf", "gone.bin"))


def test_claims_larger_than_the_file_are_refused(tmp_path: Path) -> None:
    builder = Builder()
    builder.mesh(plain(builder))
    builder.json["accessors"][0]["count"] = 2_000_000_000
    with pytest.raises(TruncatedScan):
        read_gltf(builder.write(tmp_path / "a.glb"))
    del builder.json["accessors"][0]["bufferView"]
    with pytest.raises(UnreadableScan):
        read_gltf(builder.write(tmp_path / "b.glb"))


def test_nodes_that_contain_each_other_are_refused(tmp_path: Path) -> None:
    builder = Builder()
    builder.mesh(plain(builder), children=[0])
    builder.json["scenes"] = [{"nodes": [0]}]
    with pytest.raises(UnreadableScan, match="contain each other"):
        read_gltf(builder.write(tmp_path / "a.glb"))


def test_an_extension_that_is_needed_and_not_known_is_refused(tmp_path: Path) -> None:
    builder = Builder()
    builder.mesh(plain(builder))
    builder.json["extensionsRequired"] = ["VENDOR_secret_geometry"]
    with pytest.raises(UnreadableScan, match="extension"):
        read_gltf(builder.write(tmp_path / "a.glb"))


def test_the_whale_keeps_its_size(shared_data: Path) -> None:
    folder = shared_data / "meshes" / "heritage" / "whale-mandible-draco"
    scan = read_gltf(folder / "whale_mandible_draco.glb")
    assert scan.triangles is not None
    assert len(scan.triangles) == 100_000
    # What the file's own accessor says of it.
    np.testing.assert_allclose(
        np.ptp(scan.points, axis=0), [0.272766, 0.108454, 0.369375], atol=1e-4
    )


def test_the_validators_corpus_is_read_or_refused(shared_data: Path) -> None:
    counts = {"read": 0, "refused": 0}
    for path in sorted((shared_data / "suites" / "gltf-validator").rglob("*.gl*")):
        if path.suffix not in (".gltf", ".glb"):
            continue
        try:
            counts["read"] += len(read_gltf(path).points) > 0
        except ScanError as error:
            counts["refused"] += path.name in str(error)
    assert counts["read"] >= 5
    assert counts["refused"] >= 100


def test_points_without_faces_keep_their_normals_and_are_a_cloud(
    tmp_path: Path,
) -> None:
    build = Builder()
    places = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    normals = places / np.linalg.norm(places, axis=1, keepdims=True)
    held = {"POSITION": build.accessor(places), "NORMAL": build.accessor(normals)}
    # Mirrored, and a sphere drawn out: its normals lean, and still look outward.
    build.mesh({"attributes": held, "mode": 0}, scale=[-1, 1, 3])
    path = build.write(tmp_path / "a.glb")
    (scan,) = read_scan(path)
    leaning = normals * [-1, 1, 1 / 3]
    leaning /= np.linalg.norm(leaning, axis=1, keepdims=True)
    assert scan.normals is not None
    np.testing.assert_allclose(scan.normals, leaning, atol=1e-6)
    assert scan.triangles is None
    assert choose_recipe(find_inputs(path)) == SINGLE_CLOUD
