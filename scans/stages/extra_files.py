"""Files that a run makes only where it is asked, as the report and the folder have them."""

import json
from pathlib import Path
from typing import Any

from scans.digests import file_digest
from scans.runner import RECORD, StageRecord, publish

PRINT, STUDY, SIDES, TWINS = "print", "study", "sides", "twins"
ALSO = (PRINT, STUDY, SIDES)  # what may be asked for by name
TOLD = "told.json"


def told_of_extras(finished: dict[str, StageRecord]) -> dict[str, Any]:
    """What the report says of each, by stage."""
    return {
        name: json.loads((finished[name].folder / TOLD).read_text())
        for name in (PRINT, STUDY)
        if name in finished
    }


def with_twins(
    derivatives: list[dict[str, Any]], finished: dict[str, StageRecord]
) -> list[dict[str, Any]]:
    """Tell of each derivative's USDZ beside it."""
    if TWINS not in finished:
        return derivatives
    twins = json.loads((finished[TWINS].folder / TOLD).read_text())
    return [
        entry | ({"twin": twins[entry["profile"]]} if entry["profile"] in twins else {})
        for entry in derivatives
    ]


def pictures_in(folders: dict[str, Path]) -> list[dict[str, str]]:
    """Name every picture, with its digest."""
    return [
        {"file": path.relative_to(folder).as_posix(), "sha512": file_digest(path)}
        for folder in folders.values()
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".png", ".webp")
    ]


def publish_extras(folders: dict[str, Path], out: Path) -> None:
    """Hand over the files of these stages."""
    for name in (TWINS, *ALSO):
        if name in folders:
            for path in sorted(folders[name].rglob("*")):
                if path.is_file() and path.name not in (TOLD, RECORD):
                    publish(path, out / path.relative_to(folders[name]))
