// A picture of 360 × 180° behind everything, drawn as it is on the inside of a ball around
// the eye: as three.js' own background it would be copied to a cube of five times its size.

import { LinearFilter, Mesh, MeshBasicMaterial, SphereGeometry, SRGBColorSpace, TextureLoader } from "three";

const AROUND = 48; // facets
const UP = 24;

/** Fetch the picture; give what to add to the scene. */
export async function loadPanorama(address) {
  const map = await new TextureLoader().setCrossOrigin("anonymous").loadAsync(address);
  map.colorSpace = SRGBColorSpace;
  map.generateMipmaps = false;
  map.minFilter = LinearFilter;
  // The picture's middle is straight ahead of who comes in, its right to the right.
  const inside = new SphereGeometry(1, AROUND, UP).scale(-1, 1, 1).rotateY(-Math.PI / 2);
  const material = new MeshBasicMaterial({ map, toneMapped: false, depthTest: false, depthWrite: false, fog: false });
  const ball = new Mesh(inside, material);
  ball.name = "panorama";
  ball.frustumCulled = false;
  ball.renderOrder = -Infinity;
  ball.onBeforeRender = (_renderer, _scene, camera) => ball.matrixWorld.copyPosition(camera.matrixWorld);
  return ball;
}

export function disposePanorama(ball) {
  ball.removeFromParent();
  ball.material.map.dispose();
  ball.material.dispose();
  ball.geometry.dispose();
}
