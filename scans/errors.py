"""Everything the scan engine refuses, one class per cause: a code, facts, a sentence.

`sentence` is an English template over `facts`; a caller that speaks another language
looks its own template up by `code` and fills in the same facts.
"""

from pathlib import PurePath

Fact = str | int | float


class ScanError(Exception):
    """Base of everything scans raises on purpose."""

    code = "scan-error"
    sentence = "The scan engine refused the input."

    def __init__(self, **facts: Fact) -> None:
        self.facts: dict[str, Fact] = facts
        super().__init__(self.sentence.format(**facts))


class ScanFileError(ScanError):
    """Base of what is wrong with one file; the fact `file` holds its bare name."""

    sentence = "{file} cannot be used."

    def __init__(self, path: PurePath, **facts: Fact) -> None:
        super().__init__(file=path.name, **facts)


class UnreadableScan(ScanFileError):
    code = "unreadable-scan"
    sentence = (
        "{file} cannot be read: {reason}. Export it again as PLY or E57 and replace it."
    )

    def __init__(self, path: PurePath, reason: str) -> None:
        super().__init__(path, reason=reason)


class UnknownFormat(ScanFileError):
    code = "unknown-format"
    sentence = (
        "{file} is not in a format that can be read here. "
        "Export it as PLY, E57, LAS, PCD, OBJ, STL, XYZ or GLB."
    )


class EmptyScan(ScanFileError):
    code = "empty-scan"
    sentence = (
        "{file} holds no points. Check the export in the scanner's program "
        "and hand it in again."
    )


class TruncatedScan(ScanFileError):
    code = "truncated-scan"
    sentence = (
        "{file} breaks off before its end ({reason}). Copy it again from the source."
    )

    def __init__(self, path: PurePath, reason: str) -> None:
        super().__init__(path, reason=reason)


class OversizedScan(ScanFileError):
    code = "oversized-scan"
    sentence = (
        "{file} claims {found} {what}, and the limit is {limit}. "
        "Thin it in the scanner's program or ask the operator to raise the limit."
    )

    def __init__(self, path: PurePath, *, what: str, found: int, limit: int) -> None:
        super().__init__(path, what=what, found=found, limit=limit)


class NoFinitePoints(ScanFileError):
    code = "no-finite-points"
    sentence = (
        "{file} holds {points} points and none of them has finite coordinates. "
        "Export it again without empty cells."
    )

    def __init__(self, path: PurePath, *, points: int) -> None:
        super().__init__(path, points=points)


class FlatScan(ScanFileError):
    code = "flat-scan"
    sentence = (
        "{file} has no extent: all its {points} points lie in one place. "
        "Check the export."
    )

    def __init__(self, path: PurePath, *, points: int) -> None:
        super().__init__(path, points=points)


class PictureMissing(ScanError):
    code = "picture-missing"
    sentence = (
        "{file} names the picture {other}, which is not there: the model would be shown "
        "without its colours. Hand both in together, or export it without pictures."
    )

    def __init__(self, file: str, other: str) -> None:
        super().__init__(file=file, other=other)


class WrongUnit(ScanError):
    code = "wrong-unit"
    sentence = (
        "The register says {registered_cm} cm, the model measures {measured_cm} cm, as if "
        "it were in another unit (all lengths × {factor} would fit). State the right unit, "
        "or correct the register."
    )

    def __init__(self, *, registered_cm: str, measured_cm: str, factor: float) -> None:
        super().__init__(
            registered_cm=registered_cm, measured_cm=measured_cm, factor=factor
        )


class UnitUnknown(ScanFileError):
    code = "unit-unknown"
    sentence = "{file} does not say in which unit it is measured. State the unit (m, cm, mm or in)."


class UnreadableArchive(ScanFileError):
    code = "unreadable-archive"
    sentence = (
        "{file} cannot be unpacked: {reason}. "
        "Pack it again as an ordinary ZIP without a password."
    )

    def __init__(self, path: PurePath, reason: str) -> None:
        super().__init__(path, reason=reason)


class BadSequence(ScanError):
    code = "bad-sequence"
    sentence = "The depth pictures in {folder} cannot be used: {reason}."

    def __init__(self, folder: PurePath, reason: str) -> None:
        super().__init__(folder=folder.name, reason=reason)


class NoScans(ScanError):
    code = "no-scans"
    sentence = (
        "{folder} holds no scan. Put PLY, E57, LAS, PCD, OBJ, STL or XYZ files there."
    )

    def __init__(self, folder: PurePath) -> None:
        super().__init__(folder=folder.name)


class MissingScan(ScanError):
    code = "missing-scan"
    sentence = "There is no file {file} in {folder}. Check the name."

    def __init__(self, folder: PurePath, name: str) -> None:
        super().__init__(folder=folder.name, file=name)


class NothingFits(ScanError):
    code = "nothing-fits"
    sentence = (
        "No two of the {scans} scans fit together. Add scans that overlap "
        "by a third, or reconstruct one of them alone."
    )

    def __init__(self, *, scans: int) -> None:
        super().__init__(scans=scans)


class NoSurface(ScanError):
    code = "no-surface"
    sentence = (
        "No surface could be made from {points} points: {reason}. "
        "Add scans or check that these show the object."
    )

    def __init__(self, *, points: int, reason: str) -> None:
        super().__init__(points=points, reason=reason)


class UnknownRecipe(ScanError):
    code = "unknown-recipe"
    sentence = "There is no recipe {recipe}. Choose one of: {known}."

    def __init__(self, recipe: str, *, known: str) -> None:
        super().__init__(recipe=recipe, known=known)


class WrongRecipe(ScanError):
    code = "wrong-recipe"
    sentence = "The recipe {recipe} cannot use these files: {reason}."

    def __init__(self, recipe: str, reason: str) -> None:
        super().__init__(recipe=recipe, reason=reason)


class BadParameter(ScanError):
    code = "bad-parameter"
    sentence = "The parameter {parameter} cannot be {value}: {reason}."

    def __init__(self, parameter: str, value: str, reason: str) -> None:
        super().__init__(parameter=parameter, value=value, reason=reason)


class UnknownParameter(ScanError):
    code = "unknown-parameter"
    sentence = "There is no parameter {parameter}. There are: {known}."

    def __init__(self, parameter: str, known: str) -> None:
        super().__init__(parameter=parameter, known=known)


class BadUpright(ScanError):
    code = "bad-upright"
    sentence = (
        "{file} does not hold an upright position: {reason}. "
        "It must be a rigid 4x4 matrix under the name matrix."
    )

    def __init__(self, path: PurePath, reason: str) -> None:
        super().__init__(file=path.name, reason=reason)


class BadConstraints(ScanError):
    code = "bad-constraints"
    sentence = "The constraints cannot be used: {where}: {reason}. Correct them and start again."

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(where=where, reason=reason)


class OutOfMemory(ScanError):
    code = "memory-limit"
    sentence = (
        "The work needed more memory than it may use. Reconstruct fewer scans, choose "
        "a coarser surface (depth), or ask the operator to raise the limit."
    )


class DiskFull(ScanError):
    code = "disk-full"
    sentence = (
        "The result could not be written: {reason}. Make room, or see that its folder "
        "may be written to, and start it again."
    )

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class InvalidDerivative(ScanError):
    code = "invalid-derivative"
    sentence = (
        "{file} did not pass the glTF validator ({errors} errors, first: {first}). "
        "This is a fault of the program: please report it."
    )

    def __init__(self, path: PurePath, *, errors: int, first: str) -> None:
        super().__init__(file=path.name, errors=errors, first=first)


class ToolMissing(ScanError):
    code = "tool-missing"
    sentence = "The program {tool} is not installed. {cure}"

    def __init__(self, tool: str, *, cure: str) -> None:
        super().__init__(tool=tool, cure=cure)


class NothingInCommon(ScanError):
    code = "nothing-in-common"
    sentence = (
        "The two models agree on {percent} % of their surface only, so they cannot be "
        "laid onto each other. Check that both show the same object, in the same unit."
    )

    def __init__(self, percent: int) -> None:
        super().__init__(percent=percent)
