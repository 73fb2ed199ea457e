// A dark ring before the eyes while the view turns at once: fewer people feel sick.

import { Mesh, MeshBasicMaterial, RingGeometry } from "three";

const LASTS_MS = 260;
const BEFORE_M = 0.3;
const INNER_M = 0.16;
const OUTER_M = 0.9;

export class Vignette {
  constructor(camera) {
    const material = new MeshBasicMaterial({ color: 0, transparent: true, depthTest: false, toneMapped: false });
    this.ring = new Mesh(new RingGeometry(INNER_M, OUTER_M, 32), material);
    this.ring.position.z = -BEFORE_M;
    this.ring.renderOrder = 1000;
    this.ring.visible = false;
    camera.add(this.ring);
  }

  close(now) {
    this.ends = now + LASTS_MS;
    this.ring.visible = true;
  }

  update(now) {
    if (!this.ring.visible) return;
    const left = (this.ends - now) / LASTS_MS;
    this.ring.visible = left > 0;
    this.ring.material.opacity = Math.max(left, 0);
  }
}
