"""Words of the engine that its facts carry into sentences, in the reader's language."""

from django.utils.translation import gettext_lazy as _

STAGES = {
    "align": _("laying one model onto the other"),
    "measure-change": _("measuring the distance"),
    "mark": _("marking what changed"),
    "read": _("reading the scans"),
    "register": _("fitting the scans together"),
    "surface": _("making the surface"),
    "orient": _("setting it upright"),
    "measure": _("measuring the quality"),
    "levels": _("making the levels of detail"),
    "pictures": _("making the pictures"),
    "twins": _("making the files for Apple devices"),
    "print": _("making the files for 3D printing"),
    "study": _("making the files for study"),
    "sides": _("making pictures of all sides"),
    "report": _("writing the report"),
}
THINGS = {
    "points": _("points"),
    "bytes": _("bytes"),
    "": _("none"),
    # scans/delivery/promises.py: what of a finished file is not as it was to be.
    "the number of vertices and triangles": _("the number of vertices and triangles"),
    "the place of a vertex": _("the place of a vertex"),
    "the direction of normals": _("the direction of normals"),
    "the side that faces show": _("the side that faces show"),
    "the colour": _("the colour"),
    "the colour map": _("the colour map"),
    "the normal map": _("the normal map"),
    "the occlusion map": _("the occlusion map"),
    "another file": _("another file"),
    "no byte": _("no byte"),
}
# Reasons as the engine writes them, each number replaced by its place.
REASONS = {
    # scans/delivery: profiles and maps.
    "a map cannot be transcoded": _("a map cannot be transcoded"),
    "a map was not encoded": _("a map was not encoded"),
    "a name is small letters, digits and hyphens": _(
        "a name is small letters, digits and hyphens"
    ),
    "colour_bits cannot be {0}": _("colour_bits cannot be {0}"),
    "it holds no values": _("it holds no values"),
    'on must be "always" or "demand"': _('on must be "always" or "demand"'),
    "position_bits and normal_bits are {0} together": _(
        "position_bits and normal_bits are {0} together"
    ),
    "the file holds no table of profiles": _("the file holds no table of profiles"),
    "the file is not readable as TOML or JSON": _(
        "the file is not readable as TOML or JSON"
    ),
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
    "what it is painted with is missing or damaged": _(
        "what it is painted with is missing or damaged"
    ),
    "its header names no x, y and z": _("its header names no x, y and z"),
    "its rows do not hold x, y and z": _("its rows do not hold x, y and z"),
    "its coordinates are too large to be places": _(
        "its coordinates are too large to be places"
    ),
    "it holds {0} pictures and no points": _("it holds {0} pictures and no points"),
    "it takes depth pictures, and there are none": _(
        "it takes depth pictures, and there are none"
    ),
    "its last row is cut off": _("its last row is cut off"),
    "it does not begin like an OFF file": _("it does not begin like an OFF file"),
    "it has more than three dimensions": _("it has more than three dimensions"),
    "a face names fewer points than it claims": _(
        "a face names fewer points than it claims"
    ),
    "{0} of {1} triangles are there": _("{0} of {1} triangles are there"),
    "its last solid has no end": _("its last solid has no end"),
    "one of its triangles has no three corners": _(
        "one of its triangles has no three corners"
    ),
    "one of its faces is no list of numbers": _(
        "one of its faces is no list of numbers"
    ),
    "its compressed data cannot be decoded": _("its compressed data cannot be decoded"),
    "its buffers are shorter than it says": _("its buffers are shorter than it says"),
    "its buffers are not there": _("its buffers are not there"),
    "a file that holds its points is not beside it": _(
        "a file that holds its points is not beside it"
    ),
    "it names a file outside its own folder": _(
        "it names a file outside its own folder"
    ),
    "it is of another version than glTF {0}": _(
        "it is of another version than glTF {0}"
    ),
    "it needs an extension that is not known here": _(
        "it needs an extension that is not known here"
    ),
    "its parts contain each other": _("its parts contain each other"),
    "it holds no page": _("it holds no page"),
    "one of its tags holds too many values": _("one of its tags holds too many values"),
    "one of its tags points behind the end": _("one of its tags points behind the end"),
    "it has no TIFF header": _("it has no TIFF header"),
    "one of its directories holds too many tags": _(
        "one of its directories holds too many tags"
    ),
    "it is no ZIP, or it is damaged": _("it is no ZIP, or it is damaged"),
    "one of its files is encrypted": _("one of its files is encrypted"),
    "one of its files is packed in a way that is not known here": _(
        "one of its files is packed in a way that is not known here"
    ),
    "one of its files has a name that leads out of it": _(
        "one of its files has a name that leads out of it"
    ),
    "one of its files is a link": _("one of its files is a link"),
    "two of its files have one name": _("two of its files have one name"),
    "one of its files is damaged": _("one of its files is damaged"),
    "no depth pictures can be read": _("no depth pictures can be read"),
    "none of its frames has depth": _("none of its frames has depth"),
    "no frame fits to another": _("no frame fits to another"),
    "its camera file cannot be read": _("its camera file cannot be read"),
    "its camera does not fit its pictures": _("its camera does not fit its pictures"),
    "nothing says how the camera sees": _("nothing says how the camera sees"),
    "it holds no depth": _("it holds no depth"),
    "it holds {0} bits, too few for depth": _("it holds {0} bits, too few for depth"),
    "it holds one depth picture, and two are needed": _(
        "it holds one depth picture, and two are needed"
    ),
    "its depth is not in PNG or TIFF pictures": _(
        "its depth is not in PNG or TIFF pictures"
    ),
    "its size differs from the others": _("its size differs from the others"),
    "its colour picture is missing": _("its colour picture is missing"),
    "it cannot be read": _("it cannot be read"),
    "it is no rigid motion": _("it is no rigid motion"),
    "it names accessors that are not there": _("it names parts that are not there"),
    "it names bufferViews that are not there": _("it names parts that are not there"),
    "it names buffers that are not there": _("it names parts that are not there"),
    "it names images that are not there": _("it names parts that are not there"),
    "it names materials that are not there": _("it names parts that are not there"),
    "it names meshes that are not there": _("it names parts that are not there"),
    "it names nodes that are not there": _("it names parts that are not there"),
    "it names samplers that are not there": _("it names parts that are not there"),
    "it names scenes that are not there": _("it names parts that are not there"),
    "it names textures that are not there": _("it names parts that are not there"),
    "its rows have {0} columns, not x, y and z": _(
        "its rows have {0} columns, not x, y and z"
    ),
    "a row does not hold numbers only": _("a row does not hold numbers only"),
    "one of its stations is damaged": _("one of its stations is damaged"),
    "Open{0}D could not read it to its end": _("Open{0}D could not read it to its end"),
    "{0} of {1} points are there": _("{0} of {1} points are there"),
    "{0} of {1} bytes are there": _("{0} of {1} bytes are there"),
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
    "it must be an object": _("it must be an object"),
    "it is not known here": _("it is not known here"),
    "it must be a list": _("it must be a list"),
    "it must name a scan": _("it must name a scan"),
    "it names one scan twice": _("it names one scan twice"),
    "it holds fewer than three pairs of points": _(
        "it holds fewer than three pairs of points"
    ),
    "its points do not fit onto one another": _(
        "its points do not fit onto one another"
    ),
    "its points lie on a line": _("its points lie on a line"),
    "its bar has no length": _("its bar has no length"),
    "its min must lie below its max": _("its min must lie below its max"),
    "keep must be true or false": _("keep must be true or false"),
    "its matrix is not a rigid motion": _("its matrix is not a rigid motion"),
    "its normal has no length": _("its normal has no length"),
    "cut must be above or below": _("cut must be above or below"),
    "when must be read or placed": _("when must be read or placed"),
    "it is missing": _("it is missing"),
    "its numbers are too few, too many or not finite": _(
        "its numbers are too few, too many or not finite"
    ),
    "there is no such scan": _("there is no such scan"),
    "no scan is left": _("no scan is left"),
    "it is not JSON that can be read": _("it is not JSON that can be read"),
    "its numbers cannot be read": _("its numbers cannot be read"),
    "hardly a point of it is left": _("hardly a point of it is left"),
    "hardly a point is left": _("hardly a point is left"),
    "there are too few points": _("there are too few points"),
    "the points do not form a surface": _("the points do not form a surface"),
    "Input/output error": _("the disk reports a fault"),
    "No such file or directory": _("it is not there"),
    "Read-only file system": _("the disk takes no writing"),
    "No space left on device": _("no space is left on the disk"),
    "Permission denied": _("the program has no right to it"),
}
