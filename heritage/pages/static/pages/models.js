// Load the museum's models: GLB with meshopt compression and KTX2 maps, metres, Y up.

import { Box3, Mesh, Vector3 } from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { MeshoptDecoder } from "three/addons/libs/meshopt_decoder.module.js";
import { MapLoader } from "./maps.js";

const loader = new GLTFLoader().setMeshoptDecoder(MeshoptDecoder);

/** Choose what maps are turned into by what this renderer can draw; before any model. */
export function prepareMaps(renderer) {
  loader.setKTX2Loader(new MapLoader(renderer));
}

/** Fetch a model; `onProgress` is told the share that has come, 0 to 1. */
export async function loadModel(url, onProgress = () => {}) {
  const gltf = await loader.loadAsync(url, (event) => {
    if (event.lengthComputable) onProgress(event.loaded / event.total);
  });
  onProgress(1);
  return gltf.scene;
}

/** Count what is drawn. */
export function countTriangles(object) {
  let count = 0;
  object.traverse((part) => {
    // Markers of hotspots are the room's, not the model's.
    if (!(part instanceof Mesh) || part.isInstancedMesh) return;
    const { index, attributes } = part.geometry;
    count += (index ? index.count : attributes.position.count) / 3;
  });
  return count;
}

/** Count the maps that lie on it. */
export function countMaps(object) {
  const found = new Set();
  object.traverse((part) => {
    for (const material of [part.material ?? []].flat()) {
      for (const value of Object.values(material)) value?.isTexture && found.add(value);
    }
  });
  return found.size;
}

/** Give back the memory that a model holds. */
export function disposeModel(object) {
  object.traverse((part) => {
    if (!(part instanceof Mesh)) return;
    part.geometry.dispose();
    for (const material of [part.material].flat()) {
      for (const value of Object.values(material)) value?.isTexture && value.dispose();
      material.dispose();
    }
  });
}

/** Middle, size and the radius of the ball around an object, in metres. */
export function measure(object) {
  const box = new Box3().setFromObject(object);
  const size = box.getSize(new Vector3());
  return { box, size, middle: box.getCenter(new Vector3()), radius: size.length() / 2 };
}
