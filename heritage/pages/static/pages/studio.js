// A renderer and the even light of a photographer's studio.

import {
  CubeUVReflectionMapping, DataTexture, DirectionalLight, HemisphereLight, LinearFilter, NeutralToneMapping, RGBFormat, SRGBColorSpace,
  UnsignedInt5999Type, WebGLRenderer,
} from "three";

// three.js' RoomEnvironment, filtered once (tests/browser/light.py): to do it here takes a
// processor that draws half a second, before anything can be seen.
const LIGHT = new URL("./light.bin", import.meta.url);
const LIGHT_WIDTH = 336;
const LIGHT_HEIGHT = 64;

export const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * Tell whether this browser can draw in 3D on this canvas. What it draws with is made
 * here, once: the renderer finds it on the canvas, and three.js' own refusal is an error.
 */
export function hasWebgl(canvas) {
  return Boolean(canvas.getContext("webgl2", { alpha: true, antialias: true }));
}

export function makeRenderer(canvas, { alpha = false } = {}) {
  const renderer = new WebGLRenderer({ canvas, alpha, antialias: true });
  renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
  renderer.outputColorSpace = SRGBColorSpace;
  // Khronos' neutral tone mapping: colours stay as they were measured.
  renderer.toneMapping = NeutralToneMapping;
  return renderer;
}

/**
 * Light a scene from all sides; the strength is that of the surroundings. Done when the
 * light is there. If it does not come, a plain one stands in until the network is back.
 */
export async function lightFromAround(scene, strength, standIn = new HemisphereLight(0xffffff, 0x8d8a85, 2 * strength)) {
  scene.environmentIntensity = strength;
  try {
    const answer = await fetch(LIGHT);
    if (!answer.ok) throw new Error(`${LIGHT}: ${answer.status}`);
    scene.environment = lightMap(new Uint32Array(await answer.arrayBuffer()));
    standIn.removeFromParent();
  } catch (error) {
    console.warn(error);
    scene.add(standIn);
    addEventListener("online", () => lightFromAround(scene, strength, standIn), { once: true });
  }
}

/** As PMREMGenerator gives it: three.js takes its layout from mapping and height. */
function lightMap(words) {
  const map = new DataTexture(words, LIGHT_WIDTH, LIGHT_HEIGHT, RGBFormat, UnsignedInt5999Type, CubeUVReflectionMapping);
  map.magFilter = map.minFilter = LinearFilter;
  map.needsUpdate = true;
  return map;
}

/**
 * Survive the loss of the graphics card: say so, and draw again when it is back.
 * three.js sends models, maps and light again by itself.
 */
export function surviveLoss(canvas, { onLost, onBack }) {
  canvas.addEventListener("webglcontextlost", (event) => {
    event.preventDefault();
    onLost();
  });
  canvas.addEventListener("webglcontextrestored", () => onBack());
}

/** A key light from the upper left that goes with the camera: relief always shows. */
export function keyLight(strength) {
  const light = new DirectionalLight(0xfff4e5, strength);
  light.position.set(-0.8, 1.1, 0.9);
  return light;
}

/** Keep the drawing as large as its element; `onChange` hears of each new size. */
export function followSize(element, renderer, camera, onChange) {
  let fitted = "";
  const fit = () => {
    // A headset has sizes of its own.
    if (renderer.xr.isPresenting) return;
    const { clientWidth: width, clientHeight: height } = element;
    if (!width || !height) return;
    fitted = `${width} ${height}`;
    renderer.setSize(width, height, false);
    camera.aspect = width / height;
    camera.updateProjectionMatrix();
    onChange(width, height);
  };
  // It tells the size once at first, which is known then: to set it anew waits for the card.
  const follow = () => `${element.clientWidth} ${element.clientHeight}` !== fitted && fit();
  new ResizeObserver(follow).observe(element);
  fit();
  return fit;
}
