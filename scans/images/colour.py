"""Any picture as eight-bit sRGB or grey: what browsers show alike everywhere.

Transparency stays, as a last band; where it shows nothing through it is left out later.
"""

from dataclasses import dataclass

import pyvips

WHITE = 255
PROFILE = "icc-profile-data"
DEEP = {"ushort", "short"}
ODD = {"char", "int", "uint", "float", "double", "complex", "dpcomplex"}


@dataclass(frozen=True)
class Delivered:
    """A picture ready for delivery, and codes of what had to be done to it."""

    image: pyvips.Image
    notes: tuple[str, ...]


def to_delivery(image: pyvips.Image) -> Delivered:
    """Convert through the embedded profile; without one by what the file says it is."""
    notes: list[str] = []
    if image.format in ODD and image.interpretation not in {"lab", "scrgb"}:
        image = _stretched(image)
        notes.append("image-range-stretched")
    image, is_usable = _through_profile(image)
    if not is_usable:
        notes.append("image-profile-unusable")
    image = _plain(image)
    if image.bands > 4:  # more than colours and transparency: inks, masks
        image = image.extract_band(0, n=4)
    return Delivered(image.cast("uchar"), tuple(notes))


def _through_profile(image: pyvips.Image) -> tuple[pyvips.Image, bool]:
    """Apply the picture's own profile, or that of usual inks where CMYK has none."""
    has_profile = bool(image.get_typeof(PROFILE))
    if not has_profile and image.interpretation != "cmyk":
        return image, True
    try:
        turned = image.icc_transform(
            "srgb",
            embedded=has_profile,
            input_profile="cmyk" if image.interpretation == "cmyk" else "srgb",
            intent="relative",
            black_point_compensation=True,
            depth=8,
        )
    except pyvips.Error:
        plain = image.copy()
        plain.remove(PROFILE)
        return (_through_profile(plain)[0] if has_profile else plain), False
    return turned, True


def _plain(image: pyvips.Image) -> pyvips.Image:
    space = image.interpretation
    if space in {"b-w", "grey16", "multiband", "matrix"} and image.bands <= 2:
        if image.format in DEEP:
            return image.copy(interpretation="grey16").colourspace("b-w")
        return image.copy(interpretation="b-w")
    if image.format in DEEP and space not in {"rgb16", "labs"}:
        image = image.copy(interpretation="rgb16")
    elif space in {"multiband", "rgb"}:
        image = image.copy(interpretation="srgb")
    return image.colourspace("srgb")


def _stretched(image: pyvips.Image) -> pyvips.Image:
    """Bring numbers without a known range to 0..255, least to greatest."""
    image = image.copy_memory()
    least, most = image.min(), image.max()
    scale = WHITE / (most - least) if most > least else 0.0
    space = "b-w" if image.bands < 3 else "srgb"
    return ((image - least) * scale).rint().cast("uchar").copy(interpretation=space)
