"""What is wrong with a file or a set of files, by code: the templates of `messages.py`."""

from django.utils.translation import gettext_lazy

FILE_SENTENCES = {
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
        "The recipe {recipe} is not there, or no longer. Start again with another "
        "recipe, or let the computer choose."
    ),
    "wrong-recipe": gettext_lazy(
        "The recipe {recipe} cannot use these files: {reason}."
    ),
    "bad-parameter": gettext_lazy(
        "The parameter {parameter} cannot be {value}: {reason}."
    ),
    "unknown-parameter": gettext_lazy(
        "The parameter {parameter} is not there, or no longer. Start again without it."
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
        "The result could not be written: {reason}. Make room, or see that its folder "
        "may be written to, and start it again."
    ),
    "invalid-derivative": gettext_lazy(
        "{file} did not pass the glTF validator ({errors} errors, first: {first}). "
        "This is a fault of the program: please report it."
    ),
    "tool-missing": gettext_lazy(
        "The program {tool} is not installed. Ask the operator: `manage.py doctor` "
        "names the cure."
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
}
