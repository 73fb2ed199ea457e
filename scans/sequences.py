"""Depth sequences as a run's input: in a folder, or in an archive."""

import zipfile
from pathlib import Path

from scans.inputs import Input, unpacked
from scans.readers import is_scan_file, scans_below
from scans.readers.archive import SUFFIX
from scans.readers.rgbd import DepthSequence, check_none, find_sequence


def given_sequence(source: Path, workspace: Path) -> DepthSequence | None:
    """Find a sequence in a folder or ZIP; None where scans lie there, or no sequence.

    Raises BadSequence, UnreadableArchive.
    """
    if source.suffix.lower() == SUFFIX and source.is_file():
        if not _may_hold_depth(source):
            return None
        return find_sequence(unpacked(source, workspace)[0])
    if not source.is_dir() or any(is_scan_file(entry) for entry in source.iterdir()):
        return None
    sequence = find_sequence(source)
    if sequence is None and not scans_below(source):
        check_none(source)
    return sequence


def sequence_inputs(sequence: DepthSequence) -> list[Input]:
    """Every file of a sequence, as a run's inputs."""
    return [
        Input(
            path=path,
            bytes=path.stat().st_size,
            points=0,
            meshed=False,
            name=path.relative_to(sequence.folder).as_posix(),
        )
        for path in sequence.files
    ]


def _may_hold_depth(archive: Path) -> bool:
    """Look at the names only: unpacking what is none takes as long as the run's first part."""
    try:
        with zipfile.ZipFile(archive) as held:
            return any("depth" in name.lower() for name in held.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return False  # its refusal comes from where archives are unpacked
