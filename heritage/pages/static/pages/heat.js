// Where a model lies off its scans, as colours on the model itself. The values come as points
// in the master's frame (scans/imaging/heat_points.py): each vertex takes that of the nearest.

import { BufferAttribute, CanvasTexture, Color, Matrix4, MeshMatcapMaterial, SRGBColorSpace, Vector3 } from "three";

const HEAD_BYTES = 32;
const NO_VALUE = -32768;
const FULL = 32767;
const CELLS = 128; // along the longest side, at most
const IN_A_CELL = 4; // points, on average: none is farther than the cells around it
const DARKEST = 0.7; // of a colour, where the surface is seen edge on: shape shows, hue stays
const MATCAP_PX = 64;
// As in scans/imaging/diverging.py: equal steps of lightness, blue below, orange-red above.
const BELOW = [36, 22, -60];
const MIDDLE = [97, 0, 0];
const ABOVE = [36, 56, 47];
const NO_DATA = [0.42, 0.42, 0.42];
const WHITE = [0.95047, 1, 1.08883];
const TO_LINEAR = [[3.2404542, -1.5371385, -0.4985314], [-0.969266, 1.8760108, 0.041556], [0.0556434, -0.2040259, 1.0572252]];

export class HeatMap {
  /** `host`: root, redraw(), heatPoints: { url, matrix } where there are such points. */
  constructor(host) {
    this.host = host;
    this.picture = host.root.querySelector("[data-tool-heat]");
    this.legend = host.root.querySelector("[data-heat-legend]");
    this.painted = null;
  }

  /** Colour the model, or show the picture where there are no points; or neither. */
  show(model, { isOn }) {
    const { heatPoints } = this.host;
    const canPaint = Boolean(heatPoints?.url && heatPoints.matrix) && !this.isBroken;
    if (this.picture) {
      this.picture.hidden = !isOn || canPaint;
      const image = this.picture.querySelector("img");
      if (!this.picture.hidden && !image.src) image.src = image.dataset.src;
    }
    this.wanted = isOn && canPaint ? model : null;
    if (this.painted && this.painted !== this.wanted) this.clear();
    if (this.wanted && this.wanted !== this.painted) this.paint();
  }

  async paint() {
    try {
      this.points ??= fetchPoints(this.host.heatPoints);
      const points = await this.points;
      // Meanwhile it may have been switched off, or a finer model have come.
      if (!this.wanted || this.painted === this.wanted) return;
      this.painted = this.wanted;
      this.painted.traverse((part) => part.isMesh && !part.isInstancedMesh && colour(part, this.painted, points));
      this.drawLegend(points.limit);
      this.host.root.dataset.heat = "shown";
      this.host.tools.dress();
    } catch (error) {
      console.warn(error); // the picture tells the same
      this.isBroken = true;
      this.show(this.wanted, { isOn: Boolean(this.wanted) });
    }
    this.host.redraw();
  }

  clear() {
    this.painted.traverse((part) => part.userData.cool && restore(part));
    this.painted = null;
    this.legend.hidden = true;
    delete this.host.root.dataset.heat;
  }

  drawLegend(limit) {
    const canvas = this.legend.querySelector("canvas");
    const context = canvas.getContext("2d");
    for (let x = 0; x < canvas.width; x += 1) {
      const [r, g, b] = diverging((2 * x) / (canvas.width - 1) - 1).map((part) => Math.round(part * 255));
      context.fillStyle = `rgb(${r} ${g} ${b})`;
      context.fillRect(x, 0, 1, canvas.height);
    }
    const figure = Number(limit.toPrecision(3));
    this.legend.querySelector("[data-heat-low]").textContent = `−${figure}`;
    this.legend.querySelector("[data-heat-high]").textContent = `+${figure}`;
    this.legend.hidden = false;
  }
}

/** Read the points, and take them to the frame of the model's file. */
async function fetchPoints({ url, matrix }) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  const bytes = await answer.arrayBuffer();
  const view = new DataView(bytes);
  if (new TextDecoder().decode(bytes.slice(0, 8)) !== "HPTS0001") throw new Error(`no points: ${url}`);
  const count = view.getUint32(8, true);
  const low = [16, 20, 24].map((at) => view.getFloat32(at, true));
  const step = view.getFloat32(28, true);
  const steps = new Uint16Array(bytes, HEAD_BYTES, 3 * count);
  const values = new Int16Array(bytes, HEAD_BYTES + 6 * count, count);
  const way = new Matrix4().set(...matrix.flat());
  const places = new Float32Array(3 * count);
  const at = new Vector3();
  for (let n = 0; n < count; n += 1) {
    at.set(low[0] + steps[3 * n] * step, low[1] + steps[3 * n + 1] * step, low[2] + steps[3 * n + 2] * step);
    at.applyMatrix4(way).toArray(places, 3 * n);
  }
  return { places, values, limit: view.getFloat32(12, true), ...gridOf(places) };
}

/** Sort points into cells, to be found again by where they are. */
function gridOf(places) {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  places.forEach((value, n) => {
    low[n % 3] = Math.min(low[n % 3], value);
    high[n % 3] = Math.max(high[n % 3], value);
  });
  const longest = Math.max(...high.map((value, axis) => value - low[axis])) || 1;
  const count = places.length / 3;
  for (let across = CELLS; ; across /= 2) {
    const grid = sorted(places, { low, side: longest / across });
    if (across <= 1 || count / grid.cells.size >= IN_A_CELL) return grid;
  }
}

function sorted(places, { low, side }) {
  const cells = new Map();
  for (let n = 0; n < places.length / 3; n += 1) {
    const key = keyOf([0, 1, 2].map((axis) => Math.floor((places[3 * n + axis] - low[axis]) / side)));
    cells.has(key) ? cells.get(key).push(n) : cells.set(key, [n]);
  }
  return { low, side, cells };
}

const keyOf = ([x, y, z]) => (x * 1024 + y) * 1024 + z;

/** The value at a place, -1 to 1; NaN where nothing was measured nearby. */
export function valueAt({ places, values, low, side, cells }, place) {
  const cell = place.map((value, axis) => Math.floor((value - low[axis]) / side));
  let nearest = -1;
  let least = Infinity;
  for (let around = 0; around < 27; around += 1) {
    const key = keyOf([cell[0] + (around % 3) - 1, cell[1] + (Math.floor(around / 3) % 3) - 1, cell[2] + Math.floor(around / 9) - 1]);
    for (const n of cells.get(key) ?? []) {
      const far = (places[3 * n] - place[0]) ** 2 + (places[3 * n + 1] - place[1]) ** 2 + (places[3 * n + 2] - place[2]) ** 2;
      if (far < least) [least, nearest] = [far, n];
    }
  }
  return nearest < 0 || values[nearest] === NO_VALUE ? NaN : values[nearest] / FULL;
}

/** Give a mesh the colours of its values, and keep what it looked like. */
function colour(mesh, model, points) {
  const { position, color } = mesh.geometry.attributes;
  const toModel = model.matrixWorld.clone().invert().multiply(mesh.matrixWorld);
  const shades = new Float32Array(3 * position.count);
  const at = new Vector3();
  const shade = new Color();
  for (let n = 0; n < position.count; n += 1) {
    at.fromBufferAttribute(position, n).applyMatrix4(toModel);
    shade.setRGB(...diverging(valueAt(points, at.toArray())), SRGBColorSpace).toArray(shades, 3 * n);
  }
  mesh.userData.cool = { material: mesh.material, color };
  mesh.geometry.setAttribute("color", new BufferAttribute(shades, 3));
  // No light of the scene changes a colour: it is as in the legend, darker towards the edge.
  mesh.material = new MeshMatcapMaterial({ vertexColors: true, matcap: shading(), toneMapped: false, flatShading: !mesh.geometry.attributes.normal });
}

let matcap = null;

/** White where the surface faces the eye, darker the more it turns away. */
function shading() {
  if (matcap) return matcap;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = MATCAP_PX;
  const context = canvas.getContext("2d");
  const half = MATCAP_PX / 2;
  const fill = context.createRadialGradient(half, half, 0, half, half, half);
  for (let at = 0; at <= 1; at += 1 / 16) {
    const light = Math.round(255 * (DARKEST + (1 - DARKEST) * Math.sqrt(1 - at * at)));
    fill.addColorStop(at, `rgb(${light} ${light} ${light})`);
  }
  context.fillStyle = fill;
  context.fillRect(0, 0, MATCAP_PX, MATCAP_PX);
  matcap = new CanvasTexture(canvas);
  matcap.colorSpace = SRGBColorSpace;
  return matcap;
}

function restore(mesh) {
  const { material, color } = mesh.userData.cool;
  delete mesh.userData.cool;
  mesh.material.dispose();
  mesh.material = material;
  if (color) mesh.geometry.setAttribute("color", color);
  else mesh.geometry.deleteAttribute("color");
}

/** The colour of a value from -1 to 1, sRGB 0 to 1; grey for none. */
export function diverging(share) {
  if (Number.isNaN(share)) return NO_DATA;
  const end = share < 0 ? BELOW : ABOVE;
  const [l, a, b] = MIDDLE.map((middle, n) => middle + Math.abs(share) * (end[n] - middle));
  const y = (l + 16) / 116;
  const xyz = [y + a / 500, y, y - b / 200].map((f, n) => (f > 6 / 29 ? f ** 3 : 3 * (6 / 29) ** 2 * (f - 4 / 29)) * WHITE[n]);
  return TO_LINEAR.map((row) => {
    const linear = Math.min(Math.max(row.reduce((sum, part, n) => sum + part * xyz[n], 0), 0), 1);
    return linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  });
}
