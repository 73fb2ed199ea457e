"""Say in the reader's language what the engine found: by code, with its facts.

The engine speaks English and sends along a code and facts with every refusal. Here the
code chooses a sentence of the same meaning, and the facts fill it. A test holds this
list against all codes that `scans` can send.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .image_sentences import IMAGE_SENTENCES
from .models import Run
from .words import REASONS, STAGES, THINGS

Facts = Mapping[str, Any]
SENTENCE_END = re.compile(r"(?<=\.)\s+|(?<=。)")
NUMBER = re.compile(r"\d+(?:\.\d+)?")

SENTENCES = IMAGE_SENTENCES | {
    # One file: scans/errors.py, ScanFileError.
    "unreadable-scan": gettext_lazy(
        "{file} cannot be read: {reason}. Export it again as PLY or E57 and add it again."
    ),
    "unknown-format": gettext_lazy(
        "{file} is not in a format that can be read here. "
        "Export it as PLY, E57, LAS, PCD, OBJ, STL, XYZ or GLB."
    ),
    "empty-scan": gettext_lazy(
        "{file} holds no points. Check the export in the scanner's program and add the "
        "file again."
    ),
    "truncated-scan": gettext_lazy(
        "{file} breaks off before its end ({reason}). Copy it again from the source."
    ),
    "oversized-scan": gettext_lazy(
        "{file} claims {found} {what}, and the limit is {limit}. Thin it in the "
        "scanner's program or ask the operator to raise the limit."
    ),
    "no-finite-points": gettext_lazy(
        "{file} holds {points} points and none of them has finite coordinates. "
        "Export it again without empty cells."
    ),
    "flat-scan": gettext_lazy(
        "{file} has no extent: all its {points} points lie in one place. "
        "Check the export."
    ),
    "unit-unknown": gettext_lazy(
        "{file} does not say in which unit it is measured. "
        "State the unit of the capture (m, cm, mm or in)."
    ),
    "scan-file-error": gettext_lazy("{file} cannot be used."),
    "unreadable-archive": gettext_lazy(
        "{file} cannot be unpacked: {reason}. Pack it again as an ordinary ZIP "
        "without a password."
    ),
    # A set of files, a recipe, a result: scans/errors.py.
    "bad-sequence": gettext_lazy(
        "The depth pictures in {folder} cannot be used: {reason}."
    ),
    "scan-error": gettext_lazy("The scan engine refused the input."),
    "no-scans": gettext_lazy(
        "There is no scan to work on. Add PLY, E57, LAS, PCD, OBJ, STL or XYZ files."
    ),
    "missing-scan": gettext_lazy("There is no file {file}. Check the name."),
    "nothing-fits": gettext_lazy(
        "No two of the {scans} scans fit together. Add scans that overlap by a third, "
        "or reconstruct one of them alone."
    ),
    "no-surface": gettext_lazy(
        "No surface could be made from {points} points: {reason}. "
        "Add scans or check that these show the object."
    ),
    "nothing-in-common": gettext_lazy(
        "The two models agree on {percent} % of their surface only, so they cannot be "
        "laid onto each other. Check that both show the same object, in the same unit."
    ),
    "unknown-recipe": gettext_lazy(
        "There is no recipe {recipe}. Choose one of: {known}."
    ),
    "wrong-recipe": gettext_lazy(
        "The recipe {recipe} cannot use these files: {reason}."
    ),
    "bad-parameter": gettext_lazy(
        "The parameter {parameter} cannot be {value}: {reason}."
    ),
    "bad-upright": gettext_lazy(
        "The upright position cannot be used: {reason}. Set the model upright again."
    ),
    "bad-constraints": gettext_lazy(
        "The constraints cannot be used: {where}: {reason}. "
        "Correct them and start again."
    ),
    "memory-limit": gettext_lazy(
        "The stage “{stage}” needed more memory than the {memory_gb} GB it may use. "
        "Reconstruct fewer scans, choose a coarser surface (depth), or ask the "
        "operator to raise the limit."
    ),
    "time-limit": gettext_lazy(
        "The stage “{stage}” was stopped: a run may take {minutes} minutes, and one "
        "stage {stage_minutes}. Reconstruct fewer scans or ask the operator to raise "
        "the limit."
    ),
    "scale-off": gettext_lazy(
        "The scale bars come out {percent} % longer than they are certified, in the "
        "unit that the files state. Check the scanner's calibration."
    ),
    "disk-full": gettext_lazy(
        "The result could not be written: {reason}. Make room and start it again."
    ),
    "invalid-derivative": gettext_lazy(
        "{file} did not pass the glTF validator ({errors} errors, first: {first}). "
        "This is a fault of the program: please report it."
    ),
    "tool-missing": gettext_lazy(
        "The program {tool} is not installed. Ask the operator: `manage.py doctor` "
        "names the cure."
    ),
    # scans/delivery/errors.py
    "degenerate-master": gettext_lazy(
        "The model cannot be delivered: {reason}. Reconstruct it again from the scans."
    ),
    "upright-not-rigid": gettext_lazy(
        "The upright position is not a rigid motion: {reason}. "
        "Set the object upright again."
    ),
    "over-budget": gettext_lazy(
        "The level {profile} could not be made small enough: {triangles} triangles and "
        "{bytes} bytes after {attempts} attempts, and the limits are {triangle_limit} "
        "and {byte_limit}. Close or remove loose fragments in the model."
    ),
    "pack-failed": gettext_lazy(
        "The levels could not be written as glTF: {reason}. "
        "This is a fault of the program: please report it."
    ),
    "bad-profile": gettext_lazy(
        "The profile {profile} cannot be used: {reason}. Correct it and start again."
    ),
    "inside-out": gettext_lazy(
        "The model is inside out: {percent} percent of its surface looks inwards. Turn its "
        "faces round (flip normals) and hand it in again."
    ),
    "over-error-limit": gettext_lazy(
        "The level {profile} departs from the model by {mean_mm} mm on average, and its"
        " limit is {limit_mm} mm, after {attempts} attempts. Allow it more triangles or"
        " a larger deviation in its profile."
    ),
    "over-gpu-budget": gettext_lazy(
        "The level {profile} would take {gpu_bytes} bytes of graphics memory in {draws}"
        " draw calls after {attempts} attempts, and its limit is {gpu_limit} bytes in "
        "one. Allow it smaller maps or more memory in its profile."
    ),
    "untrue-file": gettext_lazy(
        "{file} does not show the model: {what} differs by {figure}, and at most "
        "{limit} is allowed. It was not published. This is a fault of the program: "
        "please report it."
    ),
    "not-printable": gettext_lazy(
        "No closed body can be made of the model: {tangled} of its {triangles} triangles "
        "meet in edges that belong to more than two, or are turned against each other. "
        "Reconstruct it again from the scans, or mend it in a modelling program."
    ),
    "twin-too-large": gettext_lazy(
        "{file} could not be made small enough: {bytes} bytes with its maps pressed as "
        "far as they may be, and the limit is {limit}. Allow the profile more bytes or "
        "smaller maps."
    ),
    "invalid-twin": gettext_lazy(
        "{file} did not pass OpenUSD's checks ({faults} faults, first: {first}). It was "
        "not published. This is a fault of the program: please report it."
    ),
    # Findings that do not stop the work.
    "several-stations": gettext_lazy(
        "{file} holds {stations} stations; their stored poses were used."
    ),
    "points-dropped": gettext_lazy(
        "{dropped} points of {file} have no finite coordinates and were left out."
    ),
    "points-too-far": gettext_lazy(
        "{dropped} points of {file} lie too far away to be places and were left out."
    ),
    "points-doubled": gettext_lazy(
        "{dropped} points of {file} lie where another one does and were left out."
    ),
    "station-left-out": gettext_lazy(
        "Station {station} of {file} was left out: it holds nothing that can be used."
    ),
    "pose-not-rigid": gettext_lazy(
        "{file} states a pose that is no rigid motion; it was not used."
    ),
    "embedded-pictures": gettext_lazy(
        "{file} holds {count} pictures: {names}. They stay in the file."
    ),
    "format-by-content": gettext_lazy(
        "{file} is not what its name says; it was read as {format}."
    ),
    "unit-converted": gettext_lazy(
        "{file} is in feet; its lengths were converted to metres."
    ),
    "geographic-coordinates": gettext_lazy(
        "{file} gives degrees of longitude and latitude, not lengths. Export it again "
        "in a projected system."
    ),
    "far-from-origin": gettext_lazy(
        "The coordinates lie far from their origin. {x}, {y}, {z} m were taken off all "
        "of them, so that nothing is lost to rounding."
    ),
    "reader-fallback": gettext_lazy(
        "{file} was read by a second program ({reader}), because the first could not "
        "read all of it."
    ),
    "companion-case": gettext_lazy(
        "{file} names {other}, which is written with other capitals; it was used here, "
        "and other programs will not find it. Rename it."
    ),
    "companion-missing": gettext_lazy(
        "{file} names {other}, which is not there; the colours in it are missing. "
        "Hand both in together, in one ZIP."
    ),
    "companion-outside": gettext_lazy(
        "{file} names {other} outside its own folder; it was not opened. "
        "Hand both in together, in one ZIP."
    ),
    "companion-unreadable": gettext_lazy(
        "{file} names {other}, which cannot be read as what it should be; the colours "
        "in it are missing."
    ),
    "stl-colours": gettext_lazy(
        "{file} holds colours in a private extension of STL; they were left out."
    ),
    "lines-skipped": gettext_lazy(
        "{file} holds {sets} sets of lines; they were left out."
    ),
    "nested-archive": gettext_lazy(
        "{file} lies packed in another archive; it was not opened. Unpack it first."
    ),
    "frame-left-out": gettext_lazy("{file} was left out: {reason}."),
    "pose-left-out": gettext_lazy("The pose of {file} was not used: {reason}."),
    "intrinsics-assumed": gettext_lazy(
        "Nothing in {folder} says how the camera sees; the values of a PrimeSense "
        "camera were taken. Add camera-intrinsics.txt."
    ),
    "unit-stated": gettext_lazy(
        "{file} states its unit as {stated}; {asked} was not used for it."
    ),
    "scan-not-placed": gettext_lazy(
        "{file} fits nowhere and was left out; it came nearest to {nearest}. "
        "Add scans between them, or leave it out."
    ),
    # Of the quality sheet: scans/quality/findings.py.
    "surface-incomplete": gettext_lazy(
        "Only {percent} % of the surface was measured. Add scans of what is missing."
    ),
    "seen-from-inside": gettext_lazy(
        "The surface was seen from inside, as a room is. It ends where the view ended: "
        "holes and completeness say nothing of it and are not judged, and how it stands "
        "is a guess that only a person can confirm."
    ),
    "hole": gettext_lazy(
        "The surface has holes ({holes}), the largest about {width_mm} mm wide. Scan "
        "that place again unless the object is open there."
    ),
    "hole-filled": gettext_lazy(
        "Places without points were closed ({holes}), the largest about {width_mm} mm "
        "wide: that surface is a guess. Scan it again if it matters."
    ),
    "noisy": gettext_lazy(
        "The points scatter by {noise_mm} mm and lie {spacing_mm} mm apart: fine relief "
        "is lost. Check the scanner's distance, exposure and calibration."
    ),
    "noisy-scan": gettext_lazy(
        "{file} scatters by {noise_mm} mm, more than the other scans. Scan that side "
        "again, or leave the file out."
    ),
    "unit-differs": gettext_lazy(
        "{file} is {factor} times as large as the other scans, as if in another unit. "
        "Export it again in the unit of the others."
    ),
    "unit-doubtful": gettext_lazy(
        "The model measures {longest_m} m in its longest direction. Check the unit in "
        "which the scans were exported."
    ),
    "unit-proposed": gettext_lazy(
        "The register says {registered_cm} cm, the model measures {measured_cm} cm: the "
        "scans seem to be in {unit}."
    ),
    "size-disagrees": gettext_lazy(
        "The register says {registered_cm} cm, the model measures {measured_cm} cm, and "
        "no unit explains it: is it the right object?"
    ),
    "fixture-masked": gettext_lazy(
        "{points} points ({percent} %) stand still while the object turns (a table, a "
        "stand, a clamp) and were left aside. Set mask_fixture to 0 to keep them."
    ),
    "groups-apart": gettext_lazy(
        "The scans fall into {groups} groups that do not connect: {files}. "
        "The first was reconstructed. Add scans between them, or reconstruct each by "
        "itself if they show different objects."
    ),
    "rotation-undetermined": gettext_lazy(
        "Neither shape nor colour tells how these scans lie to the others: {files}. "
        "The object looks alike from several sides. Scan it again with marks beside it, "
        "or give points that two scans have in common."
    ),
    "doubled-scan": gettext_lazy(
        "{file} and {other} hold the same points: a scan was handed in twice. "
        "Leave one of them out."
    ),
    "moved-fixture": gettext_lazy(
        "The object was moved against its table or clamp between {first} and {second}. "
        "The scans were placed by the object."
    ),
    "given-pose-off": gettext_lazy(
        "The pose that {file} states is off by {mm} mm and {degrees} degrees from "
        "where its points fit. Check the export."
    ),
    "given-pose-unchecked": gettext_lazy(
        "{file} shares no surface with the other scans; its stated pose was taken as "
        "it is."
    ),
    "constraints-applied": gettext_lazy(
        "As asked, {scans} scans were left out and {points} points were cut away."
    ),
    # What is wrong with an archive: scans/readers/archive_survey.py.
    "archive-unreadable": gettext_lazy(
        "{file} is no ZIP, or it is damaged. Pack it again."
    ),
    "archive-members": gettext_lazy(
        "{file} holds {found} files, and the limit is {limit}. Pack it in parts."
    ),
    "archive-bomb": gettext_lazy(
        "{file} would grow from {packed} to {found} bytes; such archives are not "
        "unpacked. Hand in the files themselves."
    ),
    "member-encrypted": gettext_lazy(
        "{file}: {member} is locked with a password. Pack it again without one."
    ),
    "member-deflate64": gettext_lazy(
        "{file}: {member} is packed with Deflate64, as Windows does with large files. "
        "Pack it again with another program (ordinary Deflate), or hand in the files."
    ),
    "member-method": gettext_lazy(
        "{file}: {member} is packed in a way that is not known here. "
        "Pack it again as an ordinary ZIP."
    ),
    "member-link": gettext_lazy(
        "{file}: {member} is a link to another file. Pack the file itself instead."
    ),
    "member-outside": gettext_lazy(
        "{file}: the name {member} leads out of the archive. "
        "Pack the folder again from within."
    ),
    "member-twice": gettext_lazy(
        "{file}: {member} is there twice. Rename one of the two."
    ),
    "member-damaged": gettext_lazy(
        "{file}: {member} is damaged and cannot be unpacked. Pack it again."
    ),
    "member-decoded": gettext_lazy(
        "{file}: the name {member} was not written in Unicode and was read as "
        "{encoding}: {name}. Check that it is right; the archive itself stays as it is."
    ),
    "members-more": gettext_lazy(
        "{file}: {count} more things are wrong with it. Put the first ones right."
    ),
    # Of a set of files: set_check.py.
    "name-decoded": gettext_lazy(
        "{file}: the name on the disk ({raw}) was not written in Unicode and was read "
        "so. Check that it is right; the name as it was is kept beside it."
    ),
    "name-unsafe": gettext_lazy(
        "{file} has a name that leads out of its folder, is too long or holds control "
        "characters. Rename the file."
    ),
    "name-twice": gettext_lazy(
        "{file} has the name of another file, {other}. Rename one of the two."
    ),
    "name-alike": gettext_lazy(
        "{file} and {other} differ in capitals only: on many computers one would "
        "replace the other. Rename one of the two."
    ),
    "same-content": gettext_lazy(
        "{file} holds the very bytes of {other}. Leave one of them out unless both "
        "names matter; the bytes are kept once."
    ),
    "file-empty": gettext_lazy("{file} is empty. Copy it again from the source."),
    "file-link": gettext_lazy(
        "{file} is a link, and what it leads to is not in the folder. "
        "Put the file itself there."
    ),
    "file-special": gettext_lazy(
        "{file} is no file but a pipe or a device. Take it out of the folder."
    ),
    "file-unreadable": gettext_lazy(
        "{file} cannot be read: {reason}. See to its rights, or copy it again."
    ),
    "scale-absurd": gettext_lazy(
        "{file} measures {longest_m} m in its longest direction if it is in {unit}. "
        "Check the unit of the capture, or export the file again."
    ),
    # Our own, about a file.
    "already-there": gettext_lazy(
        "{file} is in this capture already, byte for byte, and was left out."
    ),
    "scan-too-heavy": gettext_lazy(
        "{file} could not be looked at within the limits of memory and time. Thin it "
        "in the scanner's program or ask the operator to raise the limits."
    ),
    "scan-breaks-reader": gettext_lazy(
        "{file} makes the reading program break off. It may be damaged: export it "
        "again as PLY or E57 and add it again."
    ),
    # Our own, about a run.
    "lapsed-too-often": gettext_lazy(
        "The work broke off {times} times in the stage “{stage}”, probably for want of "
        "memory on the server. Reconstruct fewer scans, or ask the operator to look "
        "into the log."
    ),
    "engine-crashed": gettext_lazy(
        "The scan engine ended unexpectedly (exit code {exit_code}). Leave out scans "
        "one by one to find the one it stumbles over, and report it to the operator."
    ),
    "results-missing": gettext_lazy(
        "The scan engine ended without writing {file}. "
        "This is a fault of the program: please report it."
    ),
    "archive-refused": gettext_lazy("The results could not be archived: {reason}"),
    "disk-error": gettext_lazy(
        "A file could not be read or written: {reason}. Ask the operator to check the "
        "disk, then start again."
    ),
    "file-missing": gettext_lazy(
        "The archive no longer holds the bytes of {file}. Ask the operator to restore "
        "the archive from a backup."
    ),
}


def sentence(code: str, facts: Facts, *, message: str = "") -> str:
    """Give the sentence of a code; of an unknown one, what the engine said itself."""
    template = SENTENCES.get(code)
    if template is None:
        return message or _("The scan engine reports “%(code)s”.") % {"code": code}
    try:
        return str(template).format(
            **{name: _word(fact) for name, fact in facts.items()}
        )
    except (KeyError, IndexError):
        return message or str(template)


def run_error_sentence(run: Run) -> str:
    """Tell why the run failed; empty if it did not."""
    if not run.error_code:
        return ""
    return sentence(run.error_code, _named_stage(run.error_facts))


def finding_sentence(finding: Mapping[str, Any]) -> str:
    """Tell one finding of a file or one warning of a report."""
    facts = finding.get("facts", {})
    return sentence(finding["code"], facts, message=finding.get("message", ""))


def reason_and_cure(finding: Mapping[str, Any]) -> tuple[str, str]:
    """Tell one finding in two parts: what is so, and what to do about it.

    Each sentence above begins with the one and goes on with the other, if anything can be
    done. It is cut before the facts are put in: these hold dots of their own.
    """
    template = SENTENCES.get(finding["code"])
    if template is None:
        return finding_sentence(finding), ""
    reason, *cure = SENTENCE_END.split(str(template), maxsplit=1)
    facts = {name: _word(fact) for name, fact in finding.get("facts", {}).items()}
    parts = (reason, *cure, "")[:2]
    try:
        told = [part.strip().format(**facts) for part in parts]
    except (KeyError, IndexError):
        return finding_sentence(finding), ""
    return told[0], told[1]


def stage_label(name: str) -> str:
    """Name a stage of the engine."""
    label = STAGES.get(name)
    return str(label) if label else name


def _named_stage(facts: Facts) -> dict[str, Any]:
    named = dict(facts)
    if "stage" in named:
        named["stage"] = stage_label(str(named["stage"])) or _("start")
    return named


def _word(fact: Any) -> Any:
    """Translate what the engine says in words: a known reason, with its numbers."""
    if not isinstance(fact, str):
        return fact
    if fact in THINGS:
        return str(THINGS[fact])
    numbers = NUMBER.findall(fact)
    places = iter(range(len(numbers)))
    pattern = NUMBER.sub(lambda _match: f"{{{next(places)}}}", fact)
    reason = REASONS.get(pattern)
    return str(reason).format(*numbers) if reason else fact
