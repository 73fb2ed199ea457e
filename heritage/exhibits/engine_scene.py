"""An exhibit as one GLB, for engines that load glTF and know nothing of us.

One node for each thing, named, where it stands, in metres; what our scene says of it is
in the node's `extras`. The same choice, budget and visibility as in the scene's JSON.
"""

from dataclasses import replace

from django.utils.translation import gettext as _

from heritage.archive.local_copies import local_path
from heritage.catalogue.policy import Person

from .addresses import Absolute
from .devices import Device
from .errors import ExhibitError, NotJoined
from .glb import Finished, Joined, Json, NotJoinable, Source, begin, read_source
from .models import Exhibit
from .scene import Seen, fit_scene, look_at
from .schemas import Model, Scene, SceneObject

GENERATOR = "Heritage"


class NothingToJoin(ExhibitError):
    """No relic of the exhibit has a file of this profile."""

    code = "no-models"
    status = 409

    def __init__(self, profile: str) -> None:
        super().__init__(
            _(
                "No relic of this exhibit has a model “%(profile)s” yet. A curator can make them: on the exhibit’s page in the admin, “Make files for engines”."
            )
            % {"profile": profile}
        )


def build_engine_scene(
    exhibit: Exhibit,
    device: Device,
    profile: str,
    person: Person,
    *,
    absolute: Absolute,
) -> Finished:
    """Give the exhibit's models of one profile in one glTF.

    Raises `NothingToJoin` or `NotJoined`.
    """
    only = replace(device, levels=(profile,))
    seen = look_at(exhibit, person, absolute=absolute)
    scene = fit_scene(seen, only)
    if not any(thing.model for thing in scene.objects):
        raise NothingToJoin(profile)
    try:
        sources = _sources(seen, profile)
        return _joined(scene, sources, exhibit).finish()
    except NotJoinable as error:
        raise NotJoined from error


def _joined(scene: Scene, sources: dict[str, Source], exhibit: Exhibit) -> Joined:
    joined = begin(GENERATOR, exhibit.names.get("en", exhibit.title), _about(scene))
    placed: dict[str, int] = {}
    names: set[str] = set()
    for thing in scene.objects:
        node = _node(thing, names)
        if thing.model is None:
            joined.place(node)
        elif thing.model.sha512 in placed:
            joined.copy(placed[thing.model.sha512], node)
        else:
            source = sources[thing.model.sha512]
            placed[thing.model.sha512] = joined.add(source, node)
    return joined


def _sources(seen: Seen, profile: str) -> dict[str, Source]:
    files = [
        shown.models[profile].stored_file
        for shown in seen.shown.values()
        if profile in shown.models
    ]
    return {file.sha512: read_source(local_path(file)) for file in files}


def _node(thing: SceneObject, names: set[str]) -> Json:
    at = thing.transform
    node: Json = {"name": _name(thing, names), "extras": _extras(thing)}
    node["translation"] = list(at.position)
    node["rotation"] = list(at.rotation)
    if at.scale != 1:
        node["scale"] = [at.scale] * 3
    return node


def _name(thing: SceneObject, names: set[str]) -> str:
    """Name a node so that a person finds it in the engine's tree; each name once."""
    name = thing.names.get("en") or next(iter(thing.names.values()), thing.key)
    unique = name if name not in names else f"{name} ({thing.key})"
    names.add(unique)
    return unique


def _extras(thing: SceneObject) -> Json:
    return {
        "key": thing.key,
        "kind": thing.kind,
        "record": thing.links.id,
        "page": thing.links.page,
        "names": thing.names,
        "labels": thing.labels,
        "rights": thing.rights,
        "credit": thing.credit,
        "narrations": {t: s.model_dump() for t, s in thing.narrations.items()},
        "why": thing.why.model_dump(),
        "sha512": thing.model.sha512 if thing.model else None,
        "bounds": _bounds(thing.model),
        "stand": thing.stand.model_dump() if thing.stand else None,
    }


def _bounds(model: Model | None) -> Json | None:
    return model.bounds.model_dump() if model else None


def _about(scene: Scene) -> Json:
    return {
        "record": scene.exhibit.links.id,
        "names": scene.exhibit.names,
        "device": scene.device.name,
        "sums": scene.sums.model_dump(),
        "metres": True,
        "axes": "right-handed, Y up, visitors come from +Z",
    }
