"""Let a fuzzer guided by coverage write files for the readers that are ours.

    python -m tests.fuzz.fuzz_readers SUFFIX CORPUS [-max_total_time=SECONDS ...]

Anything but a ScanError is a find; so is a file that takes more than a few seconds, or
more memory than `-rss_limit_mb` allows. `make fuzz` runs all of them. Not part of the
tests: atheris, the dependency group `fuzz`, is not built for every Python.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["scans.readers", "scans.geometry"]):
    from scans.errors import ScanError
    from scans.geometry.scan import Scan
    from scans.readers import gltf, las_plain, obj, off, pcd, ply, ptx, sniff, stl, text
    from scans.readers.checks import checked

from tests.fuzz.seeds import LIBRARY, write_seeds
from tests.fuzz.seeds import obj as seeds_of_obj


def read_materials(path: Path) -> Scan:
    """Read the mesh that names a library of materials."""
    return obj.read_obj(path.with_suffix(".obj"))


READERS = {
    "ply": ply.read_ply,
    "pcd": pcd.read_pcd,
    "ptx": ptx.read_ptx,
    "pts": text.read_text,
    "xyz": text.read_text,
    "las": las_plain.read_las_plainly,
    "stl": stl.read_stl,
    "off": off.read_off,
    "obj": obj.read_obj,
    "mtl": read_materials,
    "glb": gltf.read_gltf,
}
# What stands beside the file that is made up.
BESIDE = {"obj": ("a.mtl", LIBRARY), "mtl": ("a.obj", next(seeds_of_obj()))}


def main() -> None:
    suffix, corpus = sys.argv[1], Path(sys.argv[2])
    corpus.mkdir(parents=True, exist_ok=True)
    write_seeds(corpus, suffix)
    place = Path(tempfile.mkdtemp()) / f"a.{suffix}"
    reader = READERS[suffix]
    if suffix in BESIDE:
        name, data = BESIDE[suffix]
        place.with_name(name).write_bytes(data)

    def read(data: bytes) -> None:
        place.write_bytes(data)
        try:
            sniff.suffix_by_content(place)
            found = reader(place)
            for scan in found if isinstance(found, tuple) else (found,):
                checked(place, scan)
        except ScanError:
            pass

    atheris.Setup([sys.argv[0], str(corpus), *sys.argv[3:]], read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
