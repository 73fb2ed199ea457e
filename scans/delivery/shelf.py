"""Finished files of one master, kept so that what is unchanged is not made again."""

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from scans.delivery.paintings import Painting
from scans.delivery.profiles import Profile
from scans.delivery.provenance import Provenance
from scans.delivery.reporting import LevelReport, copy_files, read_report
from scans.digests import file_digest, key_digest
from scans.geometry.mesh import FloatArray
from scans.versions import versions

MAKING = 9  # raise when the same profile of the same master would come out differently
REPORT = "report.json"


@dataclass(frozen=True)
class Shelf:
    """A folder with a place for each profile of one master; none keeps nothing."""

    folder: Path | None
    basis: str

    @classmethod
    def of(
        cls,
        folder: Path | None,
        provenance: Provenance,
        placed: FloatArray,
        painting: Painting | None,
    ) -> "Shelf":
        """The shelf for a master; one without a digest has none."""
        if folder is None or not provenance.master_sha512:
            return cls(None, "")
        shown = _pictures_digest(painting)
        said = asdict(provenance)
        return cls(folder, key_digest(MAKING, said, placed.tolist(), shown, versions()))

    def find(self, profiles: Iterable[Profile]) -> dict[str, LevelReport]:
        """Reports of those that are there and whole."""
        found = {}
        for profile in profiles:
            report = self._report(profile)
            if report is not None:
                found[profile.name] = report
        return found

    @property
    def dressing(self) -> Path | None:
        """Where what the master's levels wear is kept."""
        if self.folder is None:
            return None
        return self.folder / f"dressed-{self.basis}.npz"

    def hand_out(self, profile: Profile, report: LevelReport, folder: Path) -> None:
        """Copy the files of a profile that was found into a folder."""
        copy_files(report, self._place(profile), folder)

    def keep(self, profile: Profile, folder: Path, report: LevelReport) -> None:
        """Put a profile's files there, whole or not at all."""
        if self.folder is None:
            return
        place = self._place(profile)
        shutil.rmtree(place, ignore_errors=True)
        copy_files(report, folder, place)
        # The report comes last: it vouches for the files.
        told = place / f".tmp-{REPORT}"
        told.write_text(json.dumps(report.as_json()))
        told.replace(place / REPORT)

    def _place(self, profile: Profile) -> Path:
        key = key_digest(self.basis, profile.as_json())
        return (self.folder or Path()) / f"{profile.name}-{key}"

    def _report(self, profile: Profile) -> LevelReport | None:
        if self.folder is None:
            return None
        place = self._place(profile)
        try:
            report = read_report(json.loads((place / REPORT).read_text()))
            whole = file_digest(place / report.file) == report.sha512
            whole &= all((place / name).is_file() for name in report.files)
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return report if whole else None


def _pictures_digest(painting: Painting | None) -> str:
    """A digest of the pictures, which lie outside of a master's own file."""
    total = hashlib.sha512()
    for picture in painting.pictures if painting else ():
        total.update(str(picture.shape).encode() + picture.tobytes())
    return total.hexdigest()
