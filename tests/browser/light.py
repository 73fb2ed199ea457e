"""Make the light from around that models are shown in, once, instead of in each browser.

    python -m tests.browser.light

writes heritage/pages/static/pages/light.bin: three.js' own RoomEnvironment, filtered by its
PMREMGenerator for surfaces from glossy to dull, as studio.js loads it (RGB9_E5, rows from
the bottom up). A browser without a graphics card takes half a second for the same.
"""

import base64
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page, Route, sync_playwright

from tests.gates import find_chromium

ROOT = Path(__file__).resolve().parents[2]
THREE = ROOT / "node_modules" / "three"
LIGHT = ROOT / "heritage" / "pages" / "static" / "pages" / "light.bin"
FROM_PX = 256  # a side of the cube that is filtered
KEPT_PX = 16  # as sharp as a surface of roughness 0.4 and more reflects
HEIGHT, WIDTH = 4 * KEPT_PX, 3 * 7 * 16  # three.js' layout of a filtered cube
SITE = "http://localhost/"
EMPTY = """<script type="importmap">{"imports": {"three": "/build/three.module.js",
"three/addons/": "/examples/jsm/"}}</script>"""
FILTER = """async (size) => {
  const { PMREMGenerator, WebGLRenderer } = await import("three");
  const { RoomEnvironment } = await import("three/addons/environments/RoomEnvironment.js");
  const renderer = new WebGLRenderer();
  const made = new PMREMGenerator(renderer).fromScene(new RoomEnvironment(), 0.04, 0.1, 100, { size });
  const { width, height } = made;
  const pixels = new Uint16Array(width * height * 4);
  renderer.readRenderTargetPixels(made, 0, 0, width, height, pixels);
  renderer.dispose();
  let text = "";
  for (const byte of new Uint8Array(pixels.buffer)) text += String.fromCharCode(byte);
  return { width, height, pixels: btoa(text) };
}"""

# RGB9_E5: nine bits of each colour and one exponent, biased by 15 (OpenGL ES 3.0, 3.8.3.2).
BITS, BIAS, MOST = 9, 15, (2**9 - 1) / 2**9 * 2.0**16

Floats = NDArray[np.float64]


def filtered(page: Page, from_px: int = FROM_PX) -> Floats:
    """Let three.js filter its room: (HEIGHT, WIDTH, 3), rows from the bottom up.

    What a larger cube holds beyond KEPT_PX are sharper reflections: they lie below.
    """
    page.route(f"{SITE}**", _serve)
    page.goto(SITE)
    told = page.evaluate(FILTER, from_px)
    halves = np.frombuffer(base64.b64decode(told["pixels"]), np.float16)
    whole = halves.reshape(told["height"], told["width"], 4)[..., :3]
    return whole[-HEIGHT:, :WIDTH].astype(np.float64)


def packed(light: Floats) -> bytes:
    """Write (h, w, 3) of values from 0 as RGB9_E5."""
    held = np.clip(light, 0, MOST)
    largest = np.maximum(held.max(axis=-1), 2.0 ** (-BIAS - 1))
    exponent = np.maximum(-BIAS - 1, np.floor(np.log2(largest))) + 1 + BIAS
    step = 2.0 ** (exponent - BIAS - BITS)
    # A mantissa that would round up to 512 needs the next exponent.
    is_over = np.rint(largest / step) == 2**BITS
    exponent, step = exponent + is_over, np.where(is_over, step * 2, step)
    red, green, blue = np.moveaxis(
        np.rint(held / step[..., None]).astype(np.uint32), -1, 0
    )
    word = red | green << 9 | blue << 18 | exponent.astype(np.uint32) << 27
    data: bytes = word.astype("<u4").tobytes()
    return data


def unpacked(data: bytes) -> Floats:
    """Read what `packed` wrote: (HEIGHT, WIDTH, 3)."""
    word = np.frombuffer(data, "<u4").reshape(HEIGHT, WIDTH)
    step = 2.0 ** ((word >> 27).astype(np.float64) - BIAS - BITS)
    colours = np.stack([word >> shift & 0x1FF for shift in (0, 9, 18)], axis=-1)
    return colours * step[..., None]


def _serve(route: Route) -> None:
    name = route.request.url.removeprefix(SITE)
    if name:
        route.fulfill(path=THREE / name, content_type="text/javascript")
    else:
        route.fulfill(body=EMPTY, content_type="text/html")


def main() -> int:
    flags = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_chromium(), args=flags)
        LIGHT.write_bytes(packed(filtered(browser.new_page())))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
