"""Make a bundle: scene, models, pictures, viewer, licences, digests, signature."""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from heritage.archive.local_copies import local_path
from heritage.captures.media import derivatives_for, media_address
from heritage.captures.models import Derivative
from heritage.catalogue.models import Record
from heritage.catalogue.policy import STRANGER, visible
from heritage.exhibits.bound_facts import records_behind
from heritage.exhibits.devices import Device
from heritage.exhibits.models import Exhibit, ExhibitItem, Hotspot
from heritage.exhibits.scene import build_scene
from heritage.exhibits.schemas import Scene
from heritage.pages.views.exhibits import room_words

from .key import public_text, signing_key
from .modules import THREE, locate, needed_by

FORMAT = 1
MANIFEST, SIGNATURE, WORKER = "manifest.json", "manifest.sig", "worker.js"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same bundle has the same bytes
PIECE_BYTES = 1024**2
STYLES = ("pages/museum.css", "pages/mark.svg")
PACKED = (".glb", ".png", ".jpg", ".webp", ".wasm")  # deflating them gains nothing
Progress = Callable[[str, int, int], None]


class NothingToBundle(Exception):
    """The exhibit is not public, or shows nothing that is."""


@dataclass
class Parts:
    """What goes in, by its path: bytes, or a file to be copied."""

    texts: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)


def make_bundle(
    exhibit: Exhibit,
    device: Device,
    out: BinaryIO,
    *,
    now: datetime | None = None,
    progress: Progress = lambda *_told: None,
) -> dict[str, Any]:
    """Write the exhibit as a stranger sees it; give the bundle's manifest.

    Raises `NothingToBundle`.
    """
    parts = Parts()
    scene = build_scene(exhibit, device, STRANGER, absolute=_absolute)
    if not exhibit.is_released or not any(thing.model for thing in scene.objects):
        raise NothingToBundle
    _take_models(scene, parts)
    _take_viewer(exhibit, scene, parts)
    manifest = {
        "format": FORMAT,
        "exhibit": scene.exhibit.links.id,
        "names": scene.exhibit.names,
        "device": device.name,
        "made_at": (now or timezone.now()).isoformat(timespec="seconds"),
        "expires_on": _told(_expiry(exhibit)),
        "origin": settings.BASE_IRI,
        "public_key": public_text(signing_key()),
        "files": {},
    }
    _write(parts, manifest, out, progress)
    return manifest


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
        for spot in thing.hotspots:
            spot.picture = ""  # images come in tiles, which a bundle does not hold


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
    return path


def _take_viewer(exhibit: Exhibit, scene: Scene, parts: Parts) -> None:
    scripts = needed_by("pages/room.js", "pages/bundled.js")
    for name, path in {**scripts, **{s: locate(s) for s in STYLES}}.items():
        parts.files[f"static/{name}"] = path
    parts.texts["scene.json"] = scene.model_dump_json().encode()
    parts.texts["LICENCES.txt"] = _licences(scene).encode()
    for language, name in (("zh-hans", "index.html"), ("en", "index.en.html")):
        with translation.override(language):
            parts.texts[name] = _page(exhibit, scene, language).encode()
    parts.texts["app.webmanifest"] = _app(scene).encode()


def _page(exhibit: Exhibit, scene: Scene, language: str) -> str:
    tag = "en" if language == "en" else "zh-Hans"
    imports = {"three": f"./static/{THREE}", "three/addons/": "./static/three/addons/"}
    text = json.dumps({"imports": imports})
    context = {
        "exhibit": exhibit,
        "things": scene.objects,
        "tag": tag,
        "import_map": text,
        "import_map_digest": _digest_for_policy(text),
        "expires_on": _told(_expiry(exhibit)),
        "room": {
            "scene": "scene.json",
            "device": scene.device.name,
            "language": tag,
            "words": room_words(),
        },
    }
    return render_to_string("pages/bundle.html", context)


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


def _licences(scene: Scene) -> str:
    out = io.StringIO()
    for thing in scene.objects:
        out.write(f"{' / '.join(thing.names.values())}\n  {thing.links.id}\n")
        if thing.rights:
            out.write(f"  {thing.rights}\n")
        if thing.credit:
            out.write(f"  {thing.credit}\n")
    out.write("\nthree.js: MIT, https://threejs.org\n")
    out.write("Basis Universal transcoder: Apache-2.0\n")
    return out.getvalue()


def _expiry(exhibit: Exhibit) -> date | None:
    """Give the first day on which anything that the bundle tells is to be withdrawn."""
    rows = visible(ExhibitItem.objects.filter(exhibit=exhibit), STRANGER)
    items = list(rows.select_related("relic__period", "element"))
    named: list[Record | None] = [exhibit, *(item.thing for item in items)]
    relics = [item.relic for item in items if item.relic]
    named += [relic.period for relic in relics]
    spots = visible(Hotspot.objects.filter(relic__in=relics), STRANGER)
    for spot in spots.select_related("relic__maker", "relic__find_batch"):
        named += records_behind(spot, STRANGER)
    days = [record.withdraw_on for record in named if record and record.withdraw_on]
    return min(days, default=None)


def _told(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _absolute(address: str) -> str:
    return address if "://" in address else f"{settings.BASE_IRI}{address}"
