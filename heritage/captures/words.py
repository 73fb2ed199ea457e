"""Words of the engine that its facts carry into sentences, in the reader's language."""

from django.utils.translation import gettext_lazy as _

STAGES = {
    "read": _("reading the scans"),
    "register": _("fitting the scans together"),
    "surface": _("making the surface"),
    "orient": _("setting it upright"),
    "measure": _("measuring the quality"),
    "levels": _("making the levels of detail"),
    "pictures": _("making the pictures"),
    "report": _("writing the report"),
}
THINGS = {"points": _("points"), "bytes": _("bytes"), "": _("none")}
# Reasons as the engine writes them, each number replaced by its place.
REASONS = {
    "it cannot be opened": _("it cannot be opened"),
    "it is broken or of another kind": _("it is broken or of another kind"),
    "it does not begin like a PLY file": _("it does not begin like a PLY file"),
    "it does not begin like a PCD file": _("it does not begin like a PCD file"),
    # The engine's own name of the format holds a number.
    "it does not begin like an E{0} file": _("it does not begin like an E{0} file"),
    "its header has no end": _("its header has no end"),
    "its header is damaged": _("its header is damaged"),
    "its header is malformed": _("its header is malformed"),
    "its header does not count its points": _("its header does not count its points"),
    "its header claims {0} points": _("its header claims {0} points"),
    "its body does not match its header": _("its body does not match its header"),
    "its structure is damaged": _("its structure is damaged"),
    "its points cannot be decoded": _("its points cannot be decoded"),
    "its triangles name points that are not there": _(
        "its triangles name points that are not there"
    ),
    "its last row is cut off": _("its last row is cut off"),
    "its rows have {0} columns, not x, y and z": _(
        "its rows have {0} columns, not x, y and z"
    ),
    "a row does not hold numbers only": _("a row does not hold numbers only"),
    "one of its stations is damaged": _("one of its stations is damaged"),
    "Open{0}D could not read it to its end": _("Open{0}D could not read it to its end"),
    "{0} of {1} points are there": _("{0} of {1} points are there"),
    "it holds no triangles": _("it holds no triangles"),
    "the file holds no triangles": _("the file holds no triangles"),
    "it takes one file that holds triangles": _(
        "it takes one file that holds triangles"
    ),
    "it takes one file, and there are {0}": _("it takes one file, and there are {0}"),
    "it is not a number of that kind": _("it is not a number of that kind"),
    "it must lie between {0} and {1}": _("it must lie between {0} and {1}"),
    "it holds no matrix of numbers": _("it holds no matrix of numbers"),
    "its matrix scales, shears, mirrors or is not {0}x{1}": _(
        "its matrix scales, shears, mirrors or is not {0}x{1}"
    ),
    "it is not a {0}x{1} matrix of numbers": _("it is not a {0}x{1} matrix of numbers"),
    "its last row is not {0} {1} {2} {3}": _("its last row is not {0} {1} {2} {3}"),
    "it scales or shears": _("it scales or shears"),
    "it mirrors": _("it mirrors"),
    "it has no triangles": _("it has no triangles"),
    "some of its coordinates are not finite numbers": _(
        "some of its coordinates are not finite numbers"
    ),
    "a triangle names a vertex that does not exist": _(
        "a triangle names a vertex that does not exist"
    ),
    "all its triangles are without area": _("all its triangles are without area"),
    "no answer within {0} s": _("no answer within {0} s"),
    "there are too few points": _("there are too few points"),
    "the points do not form a surface": _("the points do not form a surface"),
    "Input/output error": _("the disk reports a fault"),
    "No such file or directory": _("it is not there"),
    "Read-only file system": _("the disk takes no writing"),
    "No space left on device": _("no space is left on the disk"),
    "Permission denied": _("the program has no right to it"),
}
