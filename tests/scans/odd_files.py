"""Take files through the engine one by one in one process, and tell what became of each.

    python -m tests.scans.odd_files inspect|reconstruct SECONDS FILE ...

One process, for importing Open3D costs more than most files. Each file has an alarm (of processor time) that
ends the process: whoever reads the lines sees which file was the last.
"""

import json
import resource
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

from scans.engine import Order, reconstruct
from scans.errors import ScanError
from scans.events import Event
from scans.imaging import views
from scans.inspection import inspect

# Pictures take most of the time of small files, and their size decides nothing here.
views.SIDE_PX = 64


def main() -> None:
    command, seconds, *files = sys.argv[1:]
    for file in files:
        tell({"file": file, "command": command})
        signal.setitimer(signal.ITIMER_PROF, float(seconds))
        started = time.process_time()
        row = {"file": file, "command": command} | outcome(command, Path(file))
        signal.setitimer(signal.ITIMER_PROF, 0)
        row["cpu_s"] = round(time.process_time() - started, 2)
        row["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        tell(row)


def tell(row: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def outcome(command: str, path: Path) -> dict[str, Any]:
    """What became of one file: `made`, `refused`, or `broken` with its traceback."""
    try:
        return _made(command, path)
    except ScanError as error:
        return {"outcome": "refused", "code": error.code, "message": str(error)}
    except BaseException:  # noqa: BLE001 - any at all is what is looked for
        return {"outcome": "broken", "message": traceback.format_exc(limit=-6)}


def _made(command: str, path: Path) -> dict[str, Any]:
    if command == "inspect":
        (row,) = inspect(path)["files"]
        codes = [warning["code"] for warning in row["warnings"]]
        return {"outcome": "made", "points": row["points"], "codes": codes}
    with tempfile.TemporaryDirectory() as folder:
        heard: list[Event] = []
        report = reconstruct(Order(source=path, out=Path(folder)), heard.append)
        told = json.loads(report.read_text(encoding="utf-8"))
        codes = [e.detail["code"] for e in heard if e.kind == "warning"]
        master = (Path(folder) / "master.ply").read_bytes()
    return {
        "outcome": "made",
        "triangles": _faces(master),
        "codes": codes,
        "dimensions": told["dimensions"],
    }


def _faces(master: bytes) -> int:
    """Faces of a master, as its own header counts them."""
    head = master.partition(b"end_header")[0].decode()
    counts = [line.split() for line in head.splitlines() if line.startswith("element")]
    return next(int(words[2]) for words in counts if words[1] == "face")


if __name__ == "__main__":
    main()
