"""Words of the engine that its facts carry into sentences, in the reader's language."""

from django.utils.translation import gettext_lazy as _

STAGES = {
    "read": _("reading the scans"),
    "register": _("fitting the scans together"),
    "surface": _("making the surface"),
    "orient": _("setting it upright"),
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
    "there are too few points": _("there are too few points"),
    "the points do not form a surface": _("the points do not form a surface"),
    "No space left on device": _("no space is left on the disk"),
    "Permission denied": _("the program has no right to it"),
}
