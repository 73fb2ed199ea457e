"""Make a bundle: scene, models, pictures, viewer, licences, digests, signature."""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from heritage.archive.local_copies import local_path
from heritage.captures.media import derivatives_for, media_address
from heritage.captures.models import Derivative
from heritage.catalogue.policy import STRANGER
from heritage.exhibits.devices import Device
from heritage.exhibits.models import Exhibit
from heritage.exhibits.scene import fit_scene, look_at
from heritage.exhibits.schemas import Scene
from heritage.lib.languages import text_tag
from heritage.pages.viewer_words import room_words

from .fonts import STYLE, take_font
from .images import take_images
from .key import public_text, signing_key
from .lasting import last_day
from .modules import THREE, locate, needed_by
from .parts import Parts
from .revoking import note_issue
from .sounds import sounds_in, take_sounds

FORMAT = 1
MANIFEST, SIGNATURE, WORKER = "manifest.json", "manifest.sig", "worker.js"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same bundle has the same bytes
PIECE_BYTES = 1024**2
STYLES = ("pages/museum.css", "pages/mark.svg")
# Deflating these gains nothing.
PACKED = (
    ".glb", ".png", ".jpg", ".webp", ".wasm", ".woff", ".ogg", ".oga", ".opus", ".mp3",
    ".m4a",
)  # fmt: skip
Progress = Callable[[str, int, int], None]


class NothingToBundle(Exception):
    """The exhibit is not public, or shows nothing that is."""


def make_bundle(
    exhibit: Exhibit,
    device: Device,
    out: BinaryIO,
    *,
    now: datetime | None = None,
    progress: Progress = lambda *_told: None,
) -> dict[str, Any]:
    """Write the exhibit as a stranger sees it; give the bundle's manifest.

    Raises `NothingToBundle`, `PictureDamaged` or `FontMissing`.
    """
    parts = Parts()
    scenes = _scenes(exhibit, device)
    scene = scenes[0]
    if not exhibit.is_released or not any(
        thing.model for one in scenes for thing in one.objects
    ):
        raise NothingToBundle
    ends = last_day(exhibit)
    for one in scenes:
        _take_models(one, parts)
    take_sounds(exhibit, scenes, parts, _absolute)
    take_images(exhibit, scenes, parts, _absolute)
    made_at = now or timezone.now()
    _take_viewer(exhibit, scenes, parts, ends, made_at)
    manifest = {
        "format": FORMAT,
        "exhibit": scene.exhibit.links.id,
        "names": scene.exhibit.names,
        "device": device.name,
        "made_at": made_at.isoformat(timespec="seconds"),
        "expires_on": _told(ends),
        "revocations": _revocations_address(exhibit),
        "origin": settings.BASE_IRI,
        "public_key": public_text(signing_key()),
        "files": {},
    }
    _write(parts, manifest, out, progress)
    note_issue(
        exhibit,
        made_at=made_at,
        things=_things(scenes),
        files=parts.whose,
        device=device.name,
        expires_on=ends,
    )
    return manifest


def _things(scenes: Sequence[Scene]) -> Iterator[str]:
    """Name all that the scenes show, as `kind/key`."""
    for thing in (thing for scene in scenes for thing in scene.objects):
        yield thing.links.id.removeprefix(f"{settings.BASE_IRI}/id/")


def _scenes(exhibit: Exhibit, device: Device) -> list[Scene]:
    """Give the scene, or one for each room; each within the device's budget."""
    seen = look_at(exhibit, STRANGER, absolute=_absolute)
    keys = [room.key for room in seen.rooms] or [""]
    return [fit_scene(seen, device, room=key) for key in keys]


def scene_file(room: str) -> str:
    return f"scene-{room}.json" if room else "scene.json"


def _revocations_address(exhibit: Exhibit) -> str:
    return _absolute(reverse("exhibit-revocations", args=[exhibit.key]))


def _write(
    parts: Parts, manifest: dict[str, Any], out: BinaryIO, progress: Progress
) -> None:
    total = len(parts.texts) + len(parts.files) + 3
    with zipfile.ZipFile(out, "w") as bundle:
        paths = sorted([*parts.texts, *parts.files])
        for number, path in enumerate(paths, start=1):
            progress(path, number, total)
            pieces = _pieces(parts, path)
            manifest["files"][path] = _add(bundle, path, pieces)
        manifest["files"][WORKER] = _add(bundle, WORKER, iter([_worker(manifest)]))
        told = json.dumps(
            manifest, ensure_ascii=False, indent=1, sort_keys=True
        ).encode()
        _add(bundle, MANIFEST, iter([told]))
        _add(bundle, SIGNATURE, iter([signing_key().sign(told)]))


def _worker(manifest: dict[str, Any]) -> bytes:
    """Give the script that keeps the bundle, named for its content.

    So a browser that has an older bundle from the same address takes the new one.
    """
    told = json.dumps(manifest, sort_keys=True).encode()
    name = hashlib.sha256(told).hexdigest()[:16]
    text = locate("pages/bundle_worker.js").read_text("utf-8")
    return text.replace("BUNDLE_NAME", name).encode()


def _add(
    bundle: zipfile.ZipFile, path: str, pieces: Iterator[bytes]
) -> dict[str, str | int]:
    info = zipfile.ZipInfo(path, EPOCH)
    is_packed = path.endswith(PACKED)
    info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    digest, size = hashlib.sha512(), 0
    with bundle.open(info, "w") as member:
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            member.write(piece)
    return {"sha512": digest.hexdigest(), "bytes": size}


def _pieces(parts: Parts, path: str) -> Iterator[bytes]:
    if path in parts.texts:
        yield parts.texts[path]
        return
    with parts.files[path].open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _take_models(scene: Scene, parts: Parts) -> None:
    """Point the scene at files within the bundle, and take those files in."""
    kept = {
        _absolute(media_address(row)): row for row in derivatives_for(STRANGER)
        .filter(pk__in=_rows_of(scene))
    }  # fmt: skip
    for thing in scene.objects:
        thing.alternatives = []
        if thing.model:
            thing.model.url = _keep(kept[thing.model.url], "models", parts)
        thing.picture = (
            _keep(kept[thing.picture], "pictures", parts)
            if thing.picture in kept
            else ""
        )


def _rows_of(scene: Scene) -> list[int]:
    digests = [thing.model.sha512 for thing in scene.objects if thing.model]
    models = Derivative.objects.filter(stored_file__sha512__in=digests)
    relics = models.values_list("run__capture__relic", flat=True)
    rows = Derivative.objects.filter(run__capture__relic__in=list(relics))
    return list(rows.values_list("pk", flat=True))


def _keep(row: Derivative, folder: str, parts: Parts) -> str:
    file = row.stored_file
    ending = file.name.rpartition(".")[2]
    path = f"{folder}/{file.sha512[:16]}-{row.profile}.{ending}"
    parts.files[path] = local_path(file)
    parts.belongs(path, kind=row.kind, key=row.key)
    return path


def _take_viewer(
    exhibit: Exhibit,
    scenes: Sequence[Scene],
    parts: Parts,
    ends: date | None,
    made_at: datetime,
) -> None:
    scripts = needed_by("pages/room.js", "pages/bundled.js")
    for name, path in {**scripts, **{s: locate(s) for s in STYLES}}.items():
        parts.files[f"static/{name}"] = path
    for scene in scenes:
        for room in scene.rooms:
            room.scene = scene_file(room.key)
        parts.texts[scene_file(scene.room)] = scene.model_dump_json().encode()
    parts.texts["LICENCES.txt"] = _licences(scenes).encode()
    for language, name in (("zh-hans", "index.html"), ("en", "index.en.html")):
        with translation.override(language):
            parts.texts[name] = _page(exhibit, scenes, ends, made_at).encode()
    parts.texts["app.webmanifest"] = _app(scenes[0]).encode()
    parts.files["serve.py"] = Path(__file__).with_name("serving.py")
    take_font(parts)


def _page(
    exhibit: Exhibit, scenes: Sequence[Scene], ends: date | None, made_at: datetime
) -> str:
    first = scenes[0]
    imports = {"three": f"./static/{THREE}", "three/addons/": "./static/three/addons/"}
    text = json.dumps({"imports": imports})
    context = {
        "exhibit": exhibit,
        "halls": [(_named(scene), scene.objects) for scene in scenes],
        "tag": text_tag(),
        "import_map": text,
        "import_map_digest": _digest_for_policy(text),
        "expires_on": _told(ends),
        "revocations": _revocations_address(exhibit),
        "origin": settings.BASE_IRI,
        "font_style": STYLE,
        "key": public_text(signing_key()),
        "made_at": made_at.isoformat(timespec="seconds"),
        "record": first.exhibit.links.id,
        "room": {
            "scene": scene_file(first.room),
            "room": first.room,
            "files": {scene.room: scene_file(scene.room) for scene in scenes},
            "device": first.device.name,
            "language": text_tag(),
            "words": room_words(),
        },
    }
    return render_to_string("pages/bundle.html", context)


def _named(scene: Scene) -> dict[str, str]:
    """Give the key and name of the room that a scene is of; empty for the only one."""
    room = next((one for one in scene.rooms if one.key == scene.room), None)
    if room is None:
        return {"key": "", "name": ""}
    name = room.names.get(text_tag()) or next(iter(room.names.values()), "")
    return {"key": room.key, "name": name}


def _digest_for_policy(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _app(scene: Scene) -> str:
    name = scene.exhibit.names.get("zh-Hans") or next(
        iter(scene.exhibit.names.values())
    )
    return json.dumps(
        {
            "name": name,
            "short_name": name[:12],
            "start_url": "index.html",
            "display": "fullscreen",
            "background_color": "#1c1914",
            "theme_color": "#1c1914",
            "icons": [
                {
                    "src": "static/pages/mark.svg",
                    "sizes": "any",
                    "type": "image/svg+xml",
                }
            ],
        },
        ensure_ascii=False,
    )


def _licences(scenes: Sequence[Scene]) -> str:
    out = io.StringIO()
    for thing in (thing for scene in scenes for thing in scene.objects):
        out.write(f"{' / '.join(thing.names.values())}\n  {thing.links.id}\n")
        if thing.rights:
            out.write(f"  {thing.rights}\n")
        if thing.credit:
            out.write(f"  {thing.credit}\n")
    for credit in dict.fromkeys(_spoken(scenes)):
        out.write(f"\n{credit}\n")
    out.write("\nthree.js: MIT, https://threejs.org\n")
    out.write("Chocolate Classical Sans, cut down: SIL Open Font Licence 1.1\n")
    out.write("Basis Universal transcoder: Apache-2.0\n")
    return out.getvalue()


def _spoken(scenes: Sequence[Scene]) -> Iterator[str]:
    for sound in (sound for scene in scenes for sound in sounds_in(scene)):
        credit = " · ".join(part for part in (sound.credit, sound.rights) if part)
        if credit:
            yield credit


def _told(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _absolute(address: str) -> str:
    return address if "://" in address else f"{settings.BASE_IRI}{address}"
