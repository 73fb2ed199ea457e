// Two points on a model, and how far they are apart.

import { BufferGeometry, Group, Line, LineBasicMaterial, Mesh, MeshBasicMaterial, SphereGeometry, Vector3 } from "three";

const COLOUR = 0x9d2f25;
const DOT = 0.006; // of the distance from which it is seen

export class Ruler {
  constructor(scene) {
    this.points = [];
    this.group = new Group();
    this.group.renderOrder = 900;
    scene.add(this.group);
    this.dot = new SphereGeometry(1, 16, 12);
    this.paint = new MeshBasicMaterial({ color: COLOUR, depthTest: false, toneMapped: false });
    this.stroke = new LineBasicMaterial({ color: COLOUR, depthTest: false, toneMapped: false });
  }

  /** Take a point; the third begins anew. The length in metres once there are two. */
  take(point) {
    if (this.points.length === 2) this.clear();
    this.points.push(point.clone());
    const dot = new Mesh(this.dot, this.paint);
    dot.position.copy(point);
    dot.renderOrder = 901;
    this.group.add(dot);
    if (this.points.length < 2) return null;
    this.line = new Line(new BufferGeometry().setFromPoints(this.points), this.stroke);
    this.line.renderOrder = 900;
    this.group.add(this.line);
    return this.points[0].distanceTo(this.points[1]);
  }

  clear() {
    this.points = [];
    this.line?.geometry.dispose();
    this.line = null;
    this.group.clear();
  }

  /** Keep the dots as large on the screen, however near one comes. */
  follow(camera) {
    const from = camera.getWorldPosition(new Vector3());
    for (const child of this.group.children) {
      if (child.isMesh) child.scale.setScalar(from.distanceTo(child.position) * DOT);
    }
  }
}
