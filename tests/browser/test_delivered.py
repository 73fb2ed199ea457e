"""Finished files in three.js: packed and plain load without a word and look alike."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import ConsoleMessage, Page, Route

from scans.delivery.levels import build_levels
from scans.delivery.profiles import Profile
from scans.geometry.mesh import Mesh
from tests.browser.conftest import wait_until
from tests.scans.delivery.solids import UP_IS_Y, coloured, lumpy, sphere

pytestmark = [pytest.mark.browser, pytest.mark.slow]

THREE = Path(__file__).parents[2] / "node_modules" / "three"
ORIGIN = "http://localhost:9"  # nothing listens there: the test itself answers
SIDE = 320
PACKED = Profile(
    "packed", 900, 0, 14, 8, 12, colour_px=256, normal_px=256, occlusion_px=0
)  # fmt: skip
PLAIN = Profile(
    "plain", 900, 0, 0, 0, 12, colour_px=256, normal_px=256, occlusion_px=0,
    colour_codec="jpeg", normal_codec="png",
)  # fmt: skip
VERTICES = Profile("vertices", 900, 0, 14, 10, 12)
WHOLE = Profile("whole", 0, 0, 16, 10, 12)
KINDS = {".js": "text/javascript", ".wasm": "application/wasm"}

PAGE = """<!doctype html><link rel="icon" href="data:,">
<style>body { margin: 0 } canvas { display: block }</style>
<script type="importmap">
{"imports": {"three": "/three/build/three.module.js", "three/addons/": "/three/examples/jsm/"}}
</script>
<script type="module">
import * as THREE from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { KTX2Loader } from 'three/addons/loaders/KTX2Loader.js';
import { MeshoptDecoder } from 'three/addons/libs/meshopt_decoder.module.js';

const renderer = new THREE.WebGLRenderer({ preserveDrawingBuffer: true });
renderer.setSize(%(side)d, %(side)d);
document.body.append(renderer.domElement);
const maps = new KTX2Loader()
  .setTranscoderPath('/three/examples/jsm/libs/basis/').detectSupport(renderer);
const loader = new GLTFLoader().setKTX2Loader(maps).setMeshoptDecoder(MeshoptDecoder);
const camera = new THREE.PerspectiveCamera(40, 1, 0.01, 10);
camera.position.set(0.3, 0.5, 0.7);
camera.lookAt(0, 0.2, 0);
window.show = async (name) => {
  const { scene: model } = await loader.loadAsync(`/models/${name}.glb`);
  const scene = new THREE.Scene();
  const lamp = new THREE.DirectionalLight(0xffffff, 2);
  lamp.position.set(1, 2, 3);
  scene.add(model, lamp, new THREE.AmbientLight(0xffffff, 1));
  renderer.render(scene, camera);
  let kinds = [];
  model.traverse(({ material }) => material && kinds.push(
    Boolean(material.map?.isCompressedTexture), Boolean(material.normalMap), material.vertexColors));
  return kinds;
};
window.ready = true;
</script>"""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("models")
    master = coloured(lumpy(sphere(0.2, rings=80, segments=120), 0.004))
    build_levels(
        Mesh(master.vertices, master.triangles, None, master.colours),
        UP_IS_Y,
        out,
        lambda share: None,
        profiles=[PACKED, PLAIN, VERTICES, WHOLE],
        looked_at_px=64,
    )
    return out


@pytest.fixture
def viewer(page: Page, models: Path) -> Page:
    """A page of three.js that has loaded nothing yet."""

    def answer(route: Route) -> None:
        _, _, path = route.request.url.partition(ORIGIN)
        if path == "/":
            route.fulfill(body=PAGE % {"side": SIDE}, content_type="text/html")
            return
        folder, _, rest = path[1:].partition("/")
        file = (THREE if folder == "three" else models) / rest
        kind = KINDS.get(file.suffix, "model/gltf-binary")
        route.fulfill(body=file.read_bytes(), content_type=kind)

    page.route(f"{ORIGIN}/**", answer)
    page.set_viewport_size({"width": SIDE, "height": SIDE})
    return page


def shown(page: Page, name: str) -> NDArray[np.float64]:
    kinds = page.evaluate(f"window.show({json.dumps(name)})")
    wanted = {
        "packed": [True, True, False],
        "plain": [False, True, False],
        "vertices": [False, False, True],
        "whole": [False, False, True],
    }
    assert kinds == wanted[name]
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        return np.asarray(picture.convert("RGB"), np.float64)


def test_packed_and_plain_load_without_a_word_and_look_alike(viewer: Page) -> None:
    words: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        words.append(f"{message.type}: {message.text}")

    viewer.on("console", hear)
    viewer.goto(f"{ORIGIN}/")
    wait_until(viewer, "window.ready")
    packed, plain, vertices, whole = (
        shown(viewer, name) for name in ("packed", "plain", "vertices", "whole")
    )
    assert words == []
    object_seen = plain.max(axis=2) > 12
    assert 0.15 < object_seen.mean() < 0.9
    assert np.ptp(plain[object_seen], axis=0).min() > 60  # it is painted and lit
    off = {
        "plain": np.abs(plain - packed)[object_seen].mean(),
        "packed": np.abs(packed - whole)[object_seen].mean(),
        "vertices": np.abs(vertices - whole)[object_seen].mean(),
    }
    assert off["plain"] < 4
    # The normal map gives back what the triangles lost: a frame turned round would not.
    assert off["packed"] < 0.95 * off["vertices"], off
