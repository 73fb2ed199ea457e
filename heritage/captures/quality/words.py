"""The words of the quality sheet: each figure's name, unit and plain meaning."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = Promise | str


class Word(NamedTuple):
    """How a figure is told."""

    label: Text
    unit: str
    about: Text


# By the figure's place in quality.json.
MEASURES = {
    "points.count": Word(
        _("Points"), "", _("How many measured points the model was made from.")
    ),
    "points.spacing_mm.mean": Word(
        _("Point spacing, mean"), "mm",
        _("Typical distance between neighbouring points. Detail smaller than about "
          "twice this cannot be seen in the model."),
    ),
    "points.spacing_mm.p95": Word(
        _("Point spacing, sparse places"), "mm",
        _("Nineteen of twenty points have a neighbour nearer than this."),
    ),
    "points.noise_mm": Word(
        _("Noise of the scanner"), "mm",
        _("How far points lie off the smooth surface around them."),
    ),
    "registration.rms_mm": Word(
        _("Scans agree within"), "mm",
        _("Typical distance between the surfaces of two scans where they overlap."),
    ),
    "completeness.share": Word(
        _("Completeness of the surface"), "%",
        _("Share of the surface that was really measured; the rest is holes and "
          "places that were closed by calculation."),
    ),
    "completeness.holes": Word(
        _("Holes"), "", _("Openings in the surface where no scan looked.")
    ),
    "completeness.hole_area_mm2": Word(
        _("Area of the holes"), "mm²",
        _("What it would take to cover the openings."),
    ),
    "completeness.filled_area_mm2": Word(
        _("Closed by calculation"), "mm²",
        _("Surface that nobody measured: it was drawn between measured places and is "
          "marked in the master."),
    ),
    "completeness.filled_faces": Word(
        _("Triangles closed by calculation"), "",
        _("How many triangles of the master are marked as not measured."),
    ),
    "deviation.mean_mm": Word(
        _("Deviation, mean"), "mm",
        _("Above zero the measured points lie outside the model on the whole, below "
          "zero inside it."),
    ),
    "deviation.sigma_mm": Word(
        _("Deviation, σ"), "mm", _("How much the distances scatter about their mean.")
    ),
    "deviation.rms_mm": Word(
        _("Deviation, RMS"), "mm",
        _("Typical distance between measured points and model, outside and inside "
          "alike."),
    ),
    "deviation.p95_mm": Word(
        _("Deviation, 95 %"), "mm",
        _("Nineteen of twenty points lie nearer to the model than this."),
    ),
    "deviation.max_mm": Word(
        _("Deviation, greatest"), "mm",
        _("The farthest point; a single stray point is enough."),
    ),
    "deviation.beyond": Word(
        _("Points off the model"), "",
        _("Points too far from the surface to have shaped it: strays, or something "
          "that is not in the model."),
    ),
    "mesh.vertices": Word(_("Vertices"), "", _("Corner points of the master.")),
    "mesh.triangles": Word(_("Triangles"), "", _("Facets of the master.")),
    "mesh.non_manifold_edges": Word(
        _("Edges shared by more than two triangles"), "",
        _("Faults that 3D printing and volume calculation stumble over. Should be 0."),
    ),
    "mesh.boundary_loops": Word(
        _("Open rims"), "", _("Closed lines along which the surface simply ends.")
    ),
    "mesh.degenerate": Word(
        _("Triangles without area"), "", _("Useless triangles. Should be 0.")
    ),
    "mesh.self_intersecting": Word(
        _("Triangles that cut through others"), "",
        _("Places where the surface passes through itself. Should be 0."),
    ),
    "mesh.components": Word(
        _("Separate parts"), "",
        _("1 where the object is of one piece; more may be crumbs or a second object."),
    ),
    "mesh.euler": Word(
        _("Euler number"), "",
        _("2 for a closed body without handles; each handle takes 2 away."),
    ),
    "mesh.watertight": Word(
        _("Closed"), "", _("Only a closed surface has a volume.")
    ),
    "size.oriented_mm": Word(
        _("Length × width × height"), "mm",
        _("The smallest box around the object as it stands."),
    ),
    "size.area_mm2": Word(_("Surface area"), "mm²", _("Of the master.")),
    "size.volume_mm3": Word(
        _("Volume"), "mm³", _("Of the closed surface; none while it has openings.")
    ),
    "scale.rmse_mm": Word(
        _("Error of scale"), "mm",
        _("How far certified lengths in the scans come out wrong."),
    ),
    "texture.density_px_mm": Word(
        _("Fineness of the texture"), "px/mm",
        _("Dots of colour on each millimetre of the surface."),
    ),
    "colour.mean_delta_e": Word(
        _("Error of colour, mean ΔE"), "",
        _("How far the patches of a colour chart come out wrong; 2 is just seen."),
    ),
}  # fmt: skip

# Where more is better; of everything else less is.
AT_LEAST = frozenset({"completeness.share", "texture.density_px_mm"})

# The sections of figures, in order: heading, what it is about, the figures it shows.
SECTIONS: dict[str, tuple[Text, Text, tuple[str, ...]]] = {
    "deviation": (
        _("Deviation of the model from the scans"),
        _("Each measured point is compared with the model that was made from all of "
          "them. Coloured places are off; a spot with a clear edge is worth a look at "
          "the object itself."),
        ("deviation.mean_mm", "deviation.sigma_mm", "deviation.rms_mm",
         "deviation.p95_mm", "deviation.max_mm", "deviation.beyond"),
    ),
    "points": (
        _("Density and noise"),
        _("How fine the scans are. What is smaller than the spacing was never seen."),
        ("points.count", "points.spacing_mm.mean", "points.spacing_mm.p95",
         "points.noise_mm"),
    ),
    "completeness": (
        _("Completeness of the surface"),
        _("How much of the object was seen. Scan again towards the holes to close "
          "them truly."),
        ("completeness.share", "completeness.holes", "completeness.hole_area_mm2",
         "completeness.filled_area_mm2", "completeness.filled_faces"),
    ),
    "mesh": (
        _("Health of the mesh"),
        _("Faults of the surface that get in the way of printing, measuring and "
          "showing it."),
        ("mesh.vertices", "mesh.triangles", "mesh.watertight", "mesh.components",
         "mesh.boundary_loops", "mesh.non_manifold_edges", "mesh.degenerate",
         "mesh.self_intersecting", "mesh.euler"),
    ),
    "size": (
        _("Size and scale"),
        _("The size of the object as the model has it, and how far it can be trusted."),
        ("size.oriented_mm", "size.area_mm2", "size.volume_mm3"),
    ),
}  # fmt: skip

EVIDENCE = {
    "stated": _("The files state their unit themselves."),
    "measured": _("The size was measured on a scale bar in the scans."),
    "chosen": _("The unit was chosen by a person; nothing in the files confirms it."),
    "unknown": _("Nothing says how large the object is."),
}
UNITS = {
    "m": _("metre"),
    "cm": _("centimetre"),
    "mm": _("millimetre"),
    "in": _("inch"),
}
CAPTIONS = {
    "deviation-heat-map": _(
        "Deviation as colours on the model. Red: the measured points lie outside it. "
        "Blue: inside. White: they agree. Dark grey: no points there. "
        "The full colour stands for %(limit)s mm."
    ),
    "deviation-histogram": _(
        "How many of the points lie how far off the model: to the left inside, to the "
        "right outside. The full colour stands for %(limit)s mm."
    ),
    "delivery-deviation": _(
        "%(file)s: where it lies off the model. Red: outside it. Blue: inside. "
        "The full colour stands for %(limit)s mm."
    ),
    "delivery-likeness": _(
        "%(file)s from the side where it is least like the model: left the model, in "
        "the middle the file, right where they differ. The full colour stands for a "
        "colour difference (ΔE00) of %(limit)s."
    ),
}
PROFILES = {
    "grade-1": _("project default, grade 1"),
    "grade-2-3": _("project default, grades 2 and 3"),
    "other": _("project default, other objects"),
}
# By which of them a relic of this grade (catalogue, vocabulary "grade") is judged.
PROFILE_OF_GRADE = {"first": "grade-1", "second": "grade-2-3", "third": "grade-2-3"}
PROFILE_OF_OTHERS = "other"
UNDETERMINED = {
    "rotation about an axis": _("its rotation about an axis"),
    "shift along the surface": _("its shift along the surface"),
    "one of several positions": _("which of several positions alike it has"),
}
