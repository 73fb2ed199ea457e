"""Tell a format by how a file begins, for when its name is wrong."""

from pathlib import Path

from scans.readers.layout import Layout, read_layout
from scans.readers.rows import SAMPLE, open_text

MAGICS = (
    (b"ply\n", ".ply"),
    (b"ply\r", ".ply"),
    (b"LASF", ".las"),
    (b"ASTM-E57", ".e57"),
    (b"glTF", ".glb"),
    (b"# .PCD", ".pcd"),
    (b"OFF\n", ".off"),
    (b"OFF\r", ".off"),
)
PCD_WORDS = (b"VERSION", b"FIELDS", b"POINTS", b"DATA")


def suffix_by_content(path: Path) -> str:
    """The suffix that the content deserves, or ""."""
    with path.open("rb") as file:
        start = file.read(SAMPLE)
    for magic, suffix in MAGICS:
        if start.startswith(magic):
            return suffix
    return ".pcd" if all(word in start for word in PCD_WORDS) else ""


def holds_rows(path: Path) -> bool:
    """Whether it is a text of rows of numbers from its first line on."""
    layout = _layout(path)
    return layout is not None and layout.lead <= 1


def rows_of_points(path: Path) -> int:
    """How many rows of a text's beginning could be points; 0 if it is none."""
    layout = _layout(path)
    return 0 if layout is None else layout.rows


def _layout(path: Path) -> Layout | None:
    with open_text(path) as file:
        if b"\0" in file.read(SAMPLE):
            return None
        file.seek(0)
        return read_layout(file)
