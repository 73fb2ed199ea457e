"""What the museum knows of the file formats it keeps: PRONOM id, risk, what to do.

Found by the name's ending. A PRONOM id (nationalarchives.gov.uk/PRONOM) stands only
where the ending leaves no doubt which one it is: JPEG, PNG, LAS and STL have several.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Risk(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


RISK_WORDS: dict[Risk, Promise] = {
    Risk.LOW: _("low risk"),
    Risk.MEDIUM: _("medium risk"),
    Risk.HIGH: _("high risk"),
}


@dataclass(frozen=True)
class Format:
    name: str
    suffixes: tuple[str, ...]
    risk: Risk
    note: Promise
    puid: str = ""


_OPEN = _("Openly described and widely read. Nothing to do.")
_UNIT = _("Openly described, but it states no unit: keep the unit with the capture.")
_PARTS = _("One of several files that only work together: hand in all of them.")
_LOSSY = _("Compressed with loss: keep the camera's raw file or a TIFF beside it.")
_MAKER = _("A camera maker's own raw format: keep a DNG or TIFF beside it.")
_DELIVERY = _("Made for showing. The master it was computed from is what lasts.")
_CLOUD = _("Openly described and widely read by surveying programs. Nothing to do.")
_LAZ = _("Compressed without loss by an open program; keep a LAS or E57 beside it.")
_TEXT = _("Plain text: note the character set if it is not UTF-8.")
_PACKED = _("A container: hand in what is inside rather than the container.")
_UNKNOWN = _(
    "Not in the museum's list of formats. The bytes are kept; add an open format beside "
    "them, so that they can still be read later."
)

FORMATS = (
    Format("PLY (Polygon File Format)", (".ply",), Risk.LOW, _UNIT, "fmt/831"),
    Format("Wavefront OBJ", (".obj",), Risk.MEDIUM, _PARTS, "fmt/1210"),
    Format("Wavefront MTL", (".mtl",), Risk.MEDIUM, _PARTS, "fmt/1211"),
    Format("STL", (".stl",), Risk.MEDIUM, _UNIT),
    Format("OFF", (".off",), Risk.MEDIUM, _UNIT),
    Format("glTF 2.0", (".gltf",), Risk.MEDIUM, _PARTS, "fmt/1315"),
    Format("glTF 2.0, binary", (".glb",), Risk.LOW, _DELIVERY, "fmt/1316"),
    Format("USDZ", (".usdz",), Risk.MEDIUM, _DELIVERY),
    Format("KTX 2", (".ktx2",), Risk.MEDIUM, _DELIVERY),
    Format("ASTM E57", (".e57",), Risk.LOW, _CLOUD, "fmt/643"),
    Format("LAS", (".las",), Risk.LOW, _CLOUD),
    Format("LAZ", (".laz",), Risk.MEDIUM, _LAZ),
    Format("PCD", (".pcd",), Risk.MEDIUM, _UNIT),
    Format("PTS, PTX, XYZ", (".pts", ".ptx", ".xyz"), Risk.MEDIUM, _UNIT),
    Format("TIFF", (".tif", ".tiff"), Risk.LOW, _OPEN, "fmt/353"),
    Format("DNG", (".dng",), Risk.LOW, _OPEN),
    Format("PNG", (".png",), Risk.LOW, _OPEN),
    Format("JPEG", (".jpg", ".jpeg"), Risk.MEDIUM, _LOSSY),
    Format("HEIC", (".heic", ".heif"), Risk.MEDIUM, _LOSSY),
    Format(
        "Camera raw",
        (".nef", ".cr2", ".cr3", ".arw", ".orf", ".rw2", ".raf"),
        Risk.HIGH,
        _MAKER,
    ),
    Format("JSON", (".json",), Risk.LOW, _OPEN, "fmt/817"),
    Format("XML", (".xml",), Risk.LOW, _OPEN, "fmt/101"),
    Format("CSV", (".csv",), Risk.LOW, _TEXT, "x-fmt/18"),
    Format("Text", (".txt", ".md", ".log", ".conf"), Risk.LOW, _TEXT, "x-fmt/111"),
    Format("PDF", (".pdf",), Risk.LOW, _OPEN),
    Format("ZIP", (".zip",), Risk.MEDIUM, _PACKED, "x-fmt/263"),
)
UNKNOWN = Format("?", (), Risk.HIGH, _UNKNOWN)
_BY_SUFFIX = {suffix: form for form in FORMATS for suffix in form.suffixes}


def format_of(name: str) -> Format:
    """Give a file's entry by its name; `UNKNOWN` where there is none."""
    return _BY_SUFFIX.get(PurePosixPath(name).suffix.lower(), UNKNOWN)
