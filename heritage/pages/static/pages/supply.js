// What the room holds in memory: of each thing the coarsest model first, then the better one
// of what is in view, nearest first. What lies far off goes back to coarse when memory runs
// short; what does not come is asked for again when the network is back.

import { Frustum, Matrix4, Sphere } from "three";
import { aimOf, standModel, takeModel } from "./gallery.js";
import { countTriangles, disposeModel, loadModel } from "./models.js";

const AT_ONCE = 3; // models fetched at the same time
const LOOK_MS = 250;

export class Supply {
  /** `room`: camera, renderer, plan, places, redraw(); `onChange(supply)` after each model. */
  constructor(room, { onProgress, onChange }) {
    Object.assign(this, { room, onProgress, onChange });
    this.limit = room.plan.device.budget.gpu_bytes;
    this.rows = room.plan.objects.filter((thing) => thing.model).map((thing) => rowOf(thing, room));
    this.isOver = false;
    this.busy = 0;
    this.lookedAt = -Infinity;
    this.isMoved = true;
  }

  get missing() {
    return this.rows.filter((row) => row.isMissing);
  }

  get held() {
    return this.rows.reduce((sum, row) => sum + (row.has?.gpu_bytes ?? 0), 0);
  }

  get models() {
    return this.rows.map((row) => row.place.userData.model).filter(Boolean);
  }

  get triangles() {
    return this.models.reduce((sum, model) => sum + countTriangles(model), 0);
  }

  /** The coarsest model of everything, the most important first. */
  async begin() {
    const waiting = this.rows.filter((row) => !row.has);
    let come = 0;
    const total = waiting.length;
    const worker = async () => {
      for (let row = waiting.shift(); row && !this.isOver; row = waiting.shift()) {
        await this.fetch(row, row.coarse);
        come += 1;
        this.onProgress(come / total);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    this.isMoved = true;
  }

  /** Once a frame: see now and then what is in view, and better it. */
  look(now) {
    if (this.isOver || !this.isMoved || now - this.lookedAt < LOOK_MS) return;
    this.lookedAt = now;
    this.isMoved = false;
    this.better();
  }

  moved() {
    this.isMoved = true;
  }

  better() {
    const seen = this.inView();
    for (const row of seen) {
      if (this.busy >= AT_ONCE) return;
      if (row.has === row.best || row.isLoading || row.isMissing || isInHand(row)) continue;
      if (!this.makeRoom(row, seen)) continue;
      this.busy += 1;
      this.fetch(row, row.best).finally(() => {
        this.busy -= 1;
        if (!this.isOver) this.better();
      });
    }
  }

  /** What the camera sees, nearest first; in a headset, which turns fast, everything. */
  inView() {
    const { camera, renderer } = this.room;
    camera.updateWorldMatrix(true, false);
    const matrix = new Matrix4().multiplyMatrices(camera.projectionMatrix, camera.matrixWorld.clone().invert());
    const frustum = new Frustum().setFromProjectionMatrix(matrix);
    const eye = camera.position.clone().setFromMatrixPosition(camera.matrixWorld);
    const seen = this.rows.filter((row) => renderer.xr.isPresenting || frustum.intersectsSphere(row.ball));
    return seen.sort((a, b) => eye.distanceTo(a.ball.center) - eye.distanceTo(b.ball.center));
  }

  /** Put far things that are out of view back to coarse until this one fits. */
  makeRoom(row, seen) {
    const more = row.best.gpu_bytes - (row.has?.gpu_bytes ?? 0);
    const others = this.rows.filter((one) => !seen.includes(one) && !isInHand(one) && one.has === one.best && one.coarse !== one.best);
    const eye = this.room.camera.position;
    others.sort((a, b) => eye.distanceTo(b.ball.center) - eye.distanceTo(a.ball.center));
    while (this.held + more > this.limit && others.length) this.coarsen(others.shift());
    return this.held + more <= this.limit;
  }

  coarsen(row) {
    this.remove(row);
    this.fetch(row, row.coarse);
  }

  async fetch(row, level) {
    row.isLoading = true;
    try {
      const model = await loadModel(level.url);
      if (this.isOver) return disposeModel(model);
      this.remove(row);
      row.has = level;
      row.isMissing = false;
      standModel(row.place, model);
    } catch (error) {
      console.warn(error);
      row.isMissing = true;
    } finally {
      row.isLoading = false;
    }
    this.onChange(this);
    this.room.redraw();
  }

  remove(row) {
    const model = takeModel(row.place);
    row.has = null;
    if (model) disposeModel(model);
  }

  /** Ask again for what did not come. */
  async retry() {
    for (const row of this.missing) row.isMissing = false;
    await this.begin();
    this.better();
  }

  /** The room is left: nothing of it stays in memory. */
  end() {
    this.isOver = true;
    for (const row of this.rows) this.remove(row);
  }
}

/** Somebody holds it, or it lies on a table: it is not changed under their eyes. */
function isInHand({ place }) {
  const { model } = place.userData;
  return Boolean(model) && model.parent !== place;
}

function rowOf(thing, room) {
  const levels = [thing.model, ...thing.alternatives];
  const coarse = levels.reduce((a, b) => (b.triangles < a.triangles ? b : a));
  const { middle, radius } = aimOf(thing);
  const place = room.places.get(thing.key);
  return { thing, place, coarse, best: thing.model, has: null, isMissing: false, ball: new Sphere(middle, radius) };
}
