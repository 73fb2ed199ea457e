"""USDZ: the twin of a finished GLB for Apple devices, its maps as PNG or JPEG.

Metres, Y up, as the GLB. What cannot be drawn from maps is drawn from colours at the
vertices, through the shader's own reader of them. Terms are those of OpenUSD.
"""

import struct
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, UsdValidation, Vt

from scans.delivery.errors import InvalidTwin, TwinTooLarge
from scans.delivery.maps import Maps
from scans.delivery.profiles import Profile
from scans.delivery.provenance import Provenance
from scans.delivery.quantise import srgb_to_linear
from scans.delivery.simplify import Surface
from scans.digests import file_digest

ROUGHNESS = 0.75  # that of the GLB
LAYER = "model.usdc"
PRIMVAR = "displayColor"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same bytes for the same model
ALIGNED, HEADER_BYTES = 64, 30  # of a file's data, and of what a ZIP has before a name
EXTRA, EXTRA_ID = struct.Struct("<HH"), 0x1986  # the field that OpenUSD pads with


@dataclass(frozen=True)
class Pressing:
    """How far maps are pressed together: `halvings` of their size, quality of JPEG.

    normal : quality of the normal map's JPEG, 0 for PNG
    """

    colour: int
    normal: int
    halvings: int = 0


# From as good as it goes to what still looks like the thing.
PRESSINGS = (Pressing(92, 0), Pressing(88, 92), Pressing(78, 85), Pressing(80, 85, 1))


@dataclass(frozen=True)
class Shown:
    """What a finished GLB shows: its surface, and its maps decoded."""

    surface: Surface
    maps: Maps


def make_twin(
    look: Shown, profile: Profile, out: Path, *, provenance: Provenance
) -> dict[str, Any]:
    """Write NAME.usdz beside the GLB and tell of it; it keeps the profile's bytes too.

    Raises `TwinTooLarge`, `InvalidTwin`; then nothing is left.
    """
    path = out / f"{profile.name}.usdz"
    for attempt, pressing in enumerate(PRESSINGS, start=1):
        write_usdz(path, look, pressing, provenance=provenance)
        size = path.stat().st_size
        if not profile.bytes or size <= profile.bytes:
            break
        if attempt == len(PRESSINGS) or not _has_any(look.maps):
            path.unlink()
            raise TwinTooLarge(path.name, size_bytes=size, limit=profile.bytes)
    faults = check_usdz(path)
    if faults:
        path.unlink()
        raise InvalidTwin(path.name, faults=len(faults), first=faults[0])
    return {
        "file": path.name,
        "bytes": size,
        "sha512": file_digest(path),
        "triangles": len(look.surface.triangles),
        "draws": 1,
    }


def write_usdz(
    path: Path, look: Shown, pressing: Pressing, *, provenance: Provenance
) -> None:
    """Write one mesh with its material as a USDZ package."""
    path.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix=".tmp-usdz-", dir=path.parent) as name:
        folder = Path(name)
        files = dict(_write_maps(look.maps, pressing, folder))
        _write_layer(folder / LAYER, look.surface, files, provenance=provenance)
        # The first file is what is opened; maps lie beside it, by the names it has.
        write_package(path, [folder / part for part in (LAYER, *files.values())])


def write_package(path: Path, parts: list[Path]) -> None:
    """Write a ZIP of files as they are, each from a multiple of 64 bytes on.

    OpenUSD's own writer gives every file the time of day: no two packages are the same.
    Source: USDZ File Format Specification, "Zip Constraints".
    """
    with path.open("wb") as file, zipfile.ZipFile(file, "w") as package:
        for part in parts:
            entry = zipfile.ZipInfo(part.name, EPOCH)
            pad = -(file.tell() + HEADER_BYTES + len(part.name) + EXTRA.size) % ALIGNED
            entry.extra = EXTRA.pack(EXTRA_ID, pad) + bytes(pad)
            package.writestr(entry, part.read_bytes())


def _write_layer(
    path: Path, surface: Surface, files: dict[str, str], *, provenance: Provenance
) -> None:
    stage = Usd.Stage.CreateNew(str(path))
    _describe(stage, provenance)
    mesh = _add_mesh(stage, surface)
    _bind_material(stage, mesh, surface, files)
    stage.GetRootLayer().Save()


def check_usdz(path: Path) -> list[str]:
    """Give what OpenUSD's own validators, all of them, find wrong with a file."""
    registry = UsdValidation.ValidationRegistry()
    context = UsdValidation.ValidationContext(registry.GetOrLoadAllValidators())
    stage = Usd.Stage.Open(str(path))
    if stage is None:
        return ["it cannot be opened"]
    return [
        f"{error.GetName()}: {error.GetMessage()}" for error in context.Validate(stage)
    ]


def _has_any(maps: Maps) -> bool:
    return any(part is not None for part in (maps.colour, maps.normal, maps.occlusion))


def _describe(stage: Any, provenance: Provenance) -> None:
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    root = UsdGeom.Xform.Define(stage, "/model").GetPrim()
    stage.SetDefaultPrim(root)
    Usd.ModelAPI(root).SetKind("component")
    told = {
        "relic": provenance.relic,
        "rights": provenance.rights or provenance.notice(),
        "masterSha512": provenance.master_sha512,
    }
    told = {name: value for name, value in told.items() if value}
    if told:
        stage.GetRootLayer().customLayerData = told
    if provenance.notice():
        stage.GetRootLayer().comment = provenance.notice()


def _add_mesh(stage: Any, surface: Surface) -> Any:
    mesh = UsdGeom.Mesh.Define(stage, "/model/mesh")
    points = np.ascontiguousarray(surface.positions, np.float32)
    corners = np.ascontiguousarray(surface.triangles.ravel(), np.int32)
    mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(points))
    mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(corners))
    counts = np.full(len(surface.triangles), 3, np.int32)
    mesh.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(counts))
    normals = np.ascontiguousarray(surface.normals, np.float32)
    mesh.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(normals))
    mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    extent = np.stack([points.min(axis=0), points.max(axis=0)])
    mesh.CreateExtentAttr(Vt.Vec3fArray.FromNumpy(extent))
    variables = UsdGeom.PrimvarsAPI(mesh)
    if surface.uvs is not None:
        # OpenUSD counts from the lower left, glTF from the upper.
        places = np.ascontiguousarray(surface.uvs * [1, -1] + [0, 1], np.float32)
        kind = Sdf.ValueTypeNames.TexCoord2fArray
        made = variables.CreatePrimvar("st", kind, UsdGeom.Tokens.vertex)
        made.Set(Vt.Vec2fArray.FromNumpy(places))
    if surface.colours is not None:
        light = srgb_to_linear(surface.colours.astype(np.float64) / 255)
        made = mesh.CreateDisplayColorPrimvar(UsdGeom.Tokens.vertex)
        made.Set(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(light, np.float32)))
    return mesh


def _write_maps(
    maps: Maps, pressing: Pressing, folder: Path
) -> Iterator[tuple[str, str]]:
    """Write the pictures; give slot and file."""
    sizes = {
        slot: len(picture) >> pressing.halvings
        for slot in ("colour", "normal", "occlusion")
        if (picture := getattr(maps, slot)) is not None
    }
    smaller = maps.at(**sizes)
    for slot in sizes:
        quality = pressing.normal if slot == "normal" else pressing.colour
        name = f"{slot}.{'jpg' if quality else 'png'}"
        # Four normals in one colour look smeared, as do edges of paint.
        how: dict[str, Any] = {"quality": quality, "subsampling": 0} if quality else {}
        Image.fromarray(getattr(smaller, slot)).save(folder / name, **how)
        yield slot, name


def _bind_material(
    stage: Any, mesh: Any, surface: Surface, files: dict[str, str]
) -> None:
    material = UsdShade.Material.Define(stage, "/model/material")
    shader = _shader(stage, "surface", "UsdPreviewSurface")
    shader.CreateInput("roughness", Sdf.ValueTypeNames.Float).Set(ROUGHNESS)
    shader.CreateInput("metallic", Sdf.ValueTypeNames.Float).Set(0.0)
    made = shader.CreateOutput("surface", Sdf.ValueTypeNames.Token)
    material.CreateSurfaceOutput().ConnectToSource(made)
    if files:
        _connect_maps(stage, shader, files)
    if "colour" not in files and surface.colours is not None:
        reader = _reader(stage, "paint", "UsdPrimvarReader_float3", PRIMVAR)
        colour = reader.CreateOutput("result", Sdf.ValueTypeNames.Float3)
        _input(shader, "diffuseColor", Sdf.ValueTypeNames.Color3f, colour)
    UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(material)


def _connect_maps(stage: Any, shader: Any, files: dict[str, str]) -> None:
    types = Sdf.ValueTypeNames
    places = _reader(stage, "places", "UsdPrimvarReader_float2", "st")
    st = places.CreateOutput("result", types.Float2)
    uses = {
        "colour": ("diffuseColor", types.Color3f, "rgb", types.Float3, "sRGB"),
        "normal": ("normal", types.Normal3f, "rgb", types.Float3, "raw"),
        "occlusion": ("occlusion", types.Float, "r", types.Float, "raw"),
    }
    for slot, file in files.items():
        target, kind, output, output_kind, space = uses[slot]
        texture = _shader(stage, slot, "UsdUVTexture")
        texture.CreateInput("file", types.Asset).Set(Sdf.AssetPath(file))
        texture.CreateInput("sourceColorSpace", types.Token).Set(space)
        for edge in ("wrapS", "wrapT"):
            texture.CreateInput(edge, types.Token).Set("clamp")
        _input(texture, "st", types.Float2, st)
        if slot == "normal":  # from 0..1 to -1..1
            texture.CreateInput("scale", types.Float4).Set(Gf.Vec4f(2, 2, 2, 1))
            texture.CreateInput("bias", types.Float4).Set(Gf.Vec4f(-1, -1, -1, 0))
        _input(shader, target, kind, texture.CreateOutput(output, output_kind))


def _shader(stage: Any, name: str, kind: str) -> Any:
    shader = UsdShade.Shader.Define(stage, f"/model/material/{name}")
    shader.CreateIdAttr(kind)
    return shader


def _reader(stage: Any, name: str, kind: str, variable: str) -> Any:
    reader = _shader(stage, name, kind)
    reader.CreateInput("varname", Sdf.ValueTypeNames.String).Set(variable)
    return reader


def _input(shader: Any, name: str, kind: Any, source: Any) -> None:
    shader.CreateInput(name, kind).ConnectToSource(source)
