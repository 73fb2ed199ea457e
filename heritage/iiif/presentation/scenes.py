"""Presentation 4, as drafted in May 2026: models in a scene, in real metres.

The draft may change; `HERITAGE_IIIF_PRESENTATION_4` opens it to those who try it.
"""

from collections.abc import Sequence
from math import asin, atan2, degrees

from django.urls import reverse

from heritage.catalogue.models import Record, Relic
from heritage.catalogue.policy import Person
from heritage.exhibits.addresses import Absolute, model_of
from heritage.exhibits.devices import find_device
from heritage.exhibits.models import Exhibit
from heritage.exhibits.scene import build_scene
from heritage.exhibits.schemas import Model, Transform
from heritage.exhibits.shown import shown_for

from .about import head, rights_of
from .canvases import Json

CONTEXT = "http://iiif.io/api/presentation/4/context.json"
DEVICE = "web"


def scene_address(record: Record, origin: str) -> str:
    return f"{origin}{reverse('iiif-scene-manifest', args=[record.kind, record.key])}"


def relic_scene(relic: Relic, person: Person, absolute: Absolute) -> Json | None:
    """Give a relic's model alone in a scene; None where there is none to see."""
    shown = shown_for([relic], person).get(relic.pk)
    levels = shown.levels if shown else []
    unit = shown.unit if shown else ""
    found = (model_of(level, absolute, person, unit=unit) for level in levels)
    models = [model for model in found if model]
    if not models:
        return None
    origin = absolute("/").rstrip("/")
    document = _manifest(relic, origin) | rights_of(relic)
    scene = f"{document['id']}/scene"
    painting = _painting(
        f"{scene}/page/model", _choice(f"{scene}/page/models", models), scene, None
    )
    document["items"] = [_scene(scene, document["label"], [painting])]
    return document


def exhibit_scene(exhibit: Exhibit, person: Person, absolute: Absolute) -> Json:
    """Give an exhibit's room: each model where it stands."""
    origin = absolute("/").rstrip("/")
    document = _manifest(exhibit, origin)
    scene = f"{document['id']}/scene"
    room = build_scene(exhibit, find_device(DEVICE), person, absolute=absolute)
    paintings = [
        _painting(
            f"{scene}/page/{thing.key}",
            _moved(
                f"{scene}/page/{thing.key}/body", _model(thing.model), thing.transform
            ),
            scene,
            thing.transform.position,
        )
        for thing in room.objects
        if thing.model
    ]
    document["items"] = [_scene(scene, document["label"], paintings)]
    return document


def _manifest(record: Record, origin: str) -> Json:
    return head(record, scene_address(record, origin), origin) | {"@context": CONTEXT}


def _scene(address: str, label: Json, paintings: Sequence[Json]) -> Json:
    return {
        "id": address,
        "type": "Scene",
        "label": label,
        # The only place where the draft tells the real size.
        "spatialScale": {"type": "Quantity", "quantityValue": 1.0, "unit": "m"},
        "items": [
            {"id": f"{address}/page", "type": "AnnotationPage", "items": [*paintings]}
        ],
    }


def _painting(
    address: str, body: Json, scene: str, at: tuple[float, float, float] | None
) -> Json:
    target: Json = {"id": scene, "type": "Scene"}
    if at is not None:
        x, y, z = at
        target = {
            "id": f"{address}/place",
            "type": "SpecificResource",
            "source": {"id": scene, "type": "Scene"},
            "selector": [{"type": "PointSelector", "x": x, "y": y, "z": z}],
        }
    return {
        "id": address,
        "type": "Annotation",
        "motivation": ["painting"],
        "body": body,
        "target": target,
    }


def _model(model: Model) -> Json:
    return {
        "id": model.url,
        "type": "Model",
        "format": model.media_type,
        "fileSize": model.bytes,
    }


def _choice(address: str, models: Sequence[Model]) -> Json:
    """Let the client choose the level, the finest first."""
    if len(models) == 1:
        return _model(models[0])
    return {
        "id": address,
        "type": "Choice",
        "items": [_model(model) for model in reversed(models)],
    }


def _moved(address: str, body: Json, transform: Transform) -> Json:
    """Scale, then turn: degrees about x, y, z, in the draft's order."""
    scale = transform.scale
    x, y, z = _euler(transform.rotation)
    return {
        "id": address,
        "type": "SpecificResource",
        "source": body,
        "transform": [
            {"type": "ScaleTransform", "x": scale, "y": scale, "z": scale},
            {"type": "RotateTransform", "x": x, "y": y, "z": z},
        ],
    }


def _euler(rotation: tuple[float, float, float, float]) -> tuple[float, float, float]:
    """Give the turns about x, then y, then z (fixed axes) of a unit quaternion x, y, z, w."""
    x, y, z, w = rotation
    about_x = atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y))
    about_y = asin(max(-1.0, min(1.0, 2 * (w * y - z * x))))
    about_z = atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
    return degrees(about_x), degrees(about_y), degrees(about_z)
