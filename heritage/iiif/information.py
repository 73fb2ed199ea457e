"""The image information document, info.json: section 5 of the Image API 3.0."""

from typing import Any

from scans.images.pyramid_file import TILE_PX

from .offered import Offered
from .parameters import Limits

CONTEXT = "http://iiif.io/api/image/3/context.json"
PROTOCOL = "http://iiif.io/api/image"
PROFILE = "http://iiif.io/api/image/3/level2.json"
# Beyond what level 2 asks for.
FEATURES = [
    "canonicalLinkHeader",
    "mirroring",
    "profileLinkHeader",
    "rotationArbitrary",
    "sizeUpscaling",
]


def build_information(offered: Offered, address: str, limits: Limits) -> dict[str, Any]:
    """Describe an image; sizes and scale factors are those that lie in the pyramid."""
    width, height = offered.size
    within = [
        level for level in offered.levels if limits.allows((level.width, level.height))
    ]
    document: dict[str, Any] = {
        "@context": CONTEXT,
        "id": address,
        "type": "ImageService3",
        "protocol": PROTOCOL,
        "profile": "level2",
        "width": width,
        "height": height,
        "maxWidth": limits.side_px,
        "maxHeight": limits.side_px,
        "maxArea": limits.pixels,
        "sizes": [
            {"width": level.width, "height": level.height} for level in reversed(within)
        ],
        "tiles": [
            {
                "width": TILE_PX,
                "height": TILE_PX,
                "scaleFactors": [1 << number for number in range(len(offered.levels))],
            }
        ],
        "preferredFormats": ["jpg"],
        "extraFormats": ["webp"],
        "extraQualities": ["color", "gray", "bitonal"],
        "extraFeatures": FEATURES,
    }
    rights = offered.image.image_set.relic.rights
    return document | ({"rights": rights} if rights else {})
