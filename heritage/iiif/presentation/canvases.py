"""Canvases: one image each, offered in the size that this person may have."""

from collections.abc import Sequence
from typing import Any

from heritage.captures.media import media_address
from heritage.captures.models import Derivative
from heritage.catalogue.policy import Person
from heritage.images.addresses import best_identifier, offered_size, service_address
from heritage.images.models import Image
from heritage.images.shown import ShownImage

from .texts import TextMap, in_both, text_map

Json = dict[str, Any]
THUMB_PX = 256
PICTURE_PX = 768  # of the pictures that a run computes
PANEL_PX = (1200, 800)


def image_canvas(
    canvas_id: str, image: Image, label: TextMap, person: Person, origin: str
) -> Json:
    """Give the canvas of an image; `origin` goes before addresses without one."""
    identifier = best_identifier(image, person) or image.key
    width, height = offered_size(image, identifier)
    service = absolute(service_address(image, person), origin)
    body = {
        "id": f"{service}/full/max/0/default.jpg",
        "type": "Image",
        "format": "image/jpeg",
        "width": width,
        "height": height,
        "service": [{"id": service, "type": "ImageService3", "profile": "level2"}],
    }
    canvas = painted(canvas_id, body, (width, height))
    about = {"label": label, "thumbnail": [thumbnail(image, person, origin)]}
    return canvas | about


def image_label(image: Image, number: int) -> TextMap:
    def speak() -> str:
        view = str(image.get_view_display()) if image.view else ""
        return " · ".join(part for part in (view, image.label) if part) or str(number)

    return in_both(speak)


def thumbnail(image: Image, person: Person, origin: str) -> Json:
    service = absolute(service_address(image, person), origin)
    identifier = best_identifier(image, person) or image.key
    width, height = _within(offered_size(image, identifier), THUMB_PX)
    return {
        "id": f"{service}/full/{width},{height}/0/default.jpg",
        "type": "Image",
        "format": "image/jpeg",
        "width": width,
        "height": height,
        "service": [{"id": service, "type": "ImageService3", "profile": "level2"}],
    }


def picture_canvas(
    canvas_id: str, picture: Derivative, label: TextMap, origin: str
) -> Json:
    """Give the canvas of a picture that was computed from a model: always square."""
    body = {
        "id": absolute(media_address(picture), origin),
        "type": "Image",
        "format": picture.stored_file.media_type,
        "width": PICTURE_PX,
        "height": PICTURE_PX,
    }
    return painted(canvas_id, body, (PICTURE_PX, PICTURE_PX)) | {"label": label}


def panel_canvas(canvas_id: str, label: TextMap, text: TextMap) -> Json:
    """Give the canvas of something that is told and not shown: its text beside it."""
    width, height = PANEL_PX
    page = f"{canvas_id}/text"
    notes = [
        {
            "id": f"{page}/{tag}",
            "type": "Annotation",
            "motivation": "commenting",
            "body": {
                "type": "TextualBody",
                "value": said,
                "language": tag,
                "format": "text/plain",
            },
            "target": canvas_id,
        }
        for tag, values in text.items()
        for said in values
    ]
    canvas: Json = {
        "id": canvas_id,
        "type": "Canvas",
        "label": label,
        "width": width,
        "height": height,
        "items": [],
    }
    if notes:
        canvas["annotations"] = [{"id": page, "type": "AnnotationPage", "items": notes}]
    return canvas


def painted(canvas_id: str, body: Json, size: tuple[int, int]) -> Json:
    page = f"{canvas_id}/page"
    return {
        "id": canvas_id,
        "type": "Canvas",
        "width": size[0],
        "height": size[1],
        "items": [
            {
                "id": page,
                "type": "AnnotationPage",
                "items": [
                    {
                        "id": f"{page}/painting",
                        "type": "Annotation",
                        "motivation": "painting",
                        "body": body,
                        "target": canvas_id,
                    }
                ],
            }
        ],
    }


def ranges(manifest: str, images: Sequence[ShownImage]) -> list[Json]:
    """Give a book's sections: each runs from the page it begins on to the next one."""
    found: list[Json] = []
    for shown in images:
        image = shown.image
        if image.section:
            found.append(
                {
                    "id": f"{manifest}/range/{image.key}",
                    "type": "Range",
                    "label": text_map({}, image.section),
                    "items": [],
                }
            )
        if found:
            canvas = {"id": f"{manifest}/canvas/{image.key}", "type": "Canvas"}
            found[-1]["items"].append(canvas)
    return found


def _within(size: tuple[int, int], side_px: int) -> tuple[int, int]:
    share = min(1.0, side_px / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def absolute(address: str, origin: str) -> str:
    """Put the origin before an address of the web process; media may have their own."""
    return address if "://" in address else f"{origin}{address}"
