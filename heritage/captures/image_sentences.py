"""Sentences for what is refused or noted of picture files, by code."""

from django.utils.translation import gettext_lazy

IMAGE_SENTENCES = {
    # scans/images/errors.py
    "unknown-image": gettext_lazy(
        "{file} is not a picture that can be read here. "
        "Export it as TIFF, PNG or JPEG and add it again."
    ),
    "camera-raw": gettext_lazy(
        "{file} is a camera maker's own raw file. Convert it to DNG, or export it as "
        "TIFF, and add that."
    ),
    "unreadable-image": gettext_lazy(
        "{file} cannot be read as a picture: {reason}. Copy it again from the source, "
        "or save it again as TIFF or PNG."
    ),
    "oversized-image": gettext_lazy(
        "{file} claims {width} × {height} pixels, and the limit is {limit} million. "
        "Make it smaller, or ask the operator to raise the limit."
    ),
    "too-many-pages": gettext_lazy(
        "{file} claims {pages} pages, and the limit is {limit}. "
        "Split it into several files."
    ),
    "no-preview": gettext_lazy(
        "{file} is a DNG without a preview that can be shown. Export a TIFF or JPEG "
        "from it and add that too."
    ),
    # The child that read it was stopped, or broke off.
    "image-too-heavy": gettext_lazy(
        "{file} could not be read within the limits of memory and time. Save it as a "
        "tiled TIFF, or ask the operator to raise the limits."
    ),
    "image-breaks-reader": gettext_lazy(
        "{file} makes the reading program break off. It may be damaged: copy it again "
        "from the source, or save it again as TIFF or PNG."
    ),
    # What was done to an image for delivery: scans/images/colour.py
    "image-made-opaque": gettext_lazy("Transparent parts are shown on white."),
    "image-see-through": gettext_lazy(
        "Transparent parts stay so in PNG and WebP; a JPEG shows them on white."
    ),
    "image-profile-unusable": gettext_lazy(
        "Its colour profile cannot be used; the colours are shown as if it had none."
    ),
    "image-range-stretched": gettext_lazy(
        "Its numbers have no stated range; they are shown from the least to the greatest."
    ),
}
