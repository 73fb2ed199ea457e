// Thin clouds of scans, as `python -m scans thin` writes them, to be drawn and painted.

import { BufferAttribute, BufferGeometry, Color, Points, PointsMaterial } from "three";

const BYTES = 16; // of a point: three floats, three colours, how light it is
const HUES = 0.618034; // golden section: neighbours in the list differ

/** A colour of its own for each number. */
export function hueOf(number, saturation, lightness) {
  return new Color().setHSL((number * HUES) % 1, saturation, lightness);
}

export function cloudOf(buffer, number) {
  const count = buffer.byteLength / BYTES;
  const places = new Float32Array(buffer, 0, 3 * count);
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(places, 3));
  geometry.setAttribute("color", new BufferAttribute(new Uint8Array(3 * count), 3, true));
  const material = new PointsMaterial({ size: 2.2, sizeAttenuation: false, vertexColors: true });
  const cloud = new Points(geometry, material);
  cloud.matrixAutoUpdate = false;
  cloud.userData.tint = hueOf(number, 0.65, 0.55);
  cloud.userData.paint = new Uint8Array(buffer, 12 * count, 3 * count);
  cloud.userData.light = new Uint8Array(buffer, 15 * count, count);
  return cloud;
}

/** Colour a scan as it is while places are picked, by a colour of its own otherwise; in relief. */
export function paintCloud(cloud, isOwn) {
  const { tint, paint, light } = cloud.userData;
  if (cloud.userData.isOwn === isOwn) return;
  cloud.userData.isOwn = isOwn;
  const colours = cloud.geometry.getAttribute("color");
  const hue = [tint.r, tint.g, tint.b];
  for (let k = 0; k < colours.array.length; k += 1) {
    const own = isOwn ? paint[k] : 255 * hue[k % 3];
    colours.array[k] = own * light[(k / 3) | 0] / 255;
  }
  colours.needsUpdate = true;
}
