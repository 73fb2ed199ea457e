"""What is to be said of a run and what it made, by code: the templates of `messages.py`."""

from django.utils.translation import gettext_lazy

RUN_SENTENCES = {
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
    "wrong-unit": gettext_lazy(
        "The register says {registered_cm} cm, the model measures {measured_cm} cm, as if "
        "it were in another unit (all lengths × {factor} would fit). State the right unit, "
        "or correct the register."
    ),
    "picture-missing": gettext_lazy(
        "{file} names the picture {other}, which is not there: the model would be shown "
        "without its colours. Hand both in together, or export it without pictures."
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
        "{file} holds {stations} stations; each is a scan of its own."
    ),
    "columns-left-out": gettext_lazy(
        "{columns} columns of {file} hold words and were left out."
    ),
    "strays-aside": gettext_lazy(
        "Many points lie by themselves in {files}; they were left aside. Clean these "
        "scans in the scanner's program if something is missing."
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
    "coordinates-rounded": gettext_lazy(
        "The coordinates of {file} come in steps of {step}, and its points lie {apart} "
        "apart (in the file's unit): detail is lost. Export it with more digits, or in "
        "double precision."
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
    "colour-unpaired": gettext_lazy(
        "The colour pictures in {folder} were not used: neither their names nor their "
        "number say which belongs to which depth picture. Name them alike."
    ),
    "colour-unfitting": gettext_lazy(
        "The colour pictures in {folder} have another shape than the depth pictures and "
        "were not used. Record colour that is registered to the depth."
    ),
    "poses-missing": gettext_lazy(
        "{missing} of {frames} frames in {folder} have no pose; where the camera was "
        "then is found from the pictures."
    ),
    "depth-steps-assumed": gettext_lazy(
        "Nothing in {folder} says how deep a step of its depth pictures is; 5000 steps a "
        "metre were taken, as in the TUM benchmark. State depth_scale in "
        "camera_intrinsic.json."
    ),
    "intrinsics-scaled": gettext_lazy(
        "The camera file in {folder} is for pictures of {stated} pixels, and these have "
        "{found}; it was scaled to them."
    ),
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
    "given-poses-unused": gettext_lazy(
        "The poses that the files state do not fit what the scans show; the scans were "
        "placed by what they show. Check the export."
    ),
    "given-pose-unchecked": gettext_lazy(
        "{file} shares no surface with the other scans; its stated pose was taken as "
        "it is."
    ),
    "constraints-applied": gettext_lazy(
        "As asked, {scans} scans were left out and {points} points were cut away."
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
    "picks-stale": gettext_lazy(
        "Places were picked on scans that were replaced since, or that are read in "
        "another unit now. Open the page of the handwork and compute from there."
    ),
}
