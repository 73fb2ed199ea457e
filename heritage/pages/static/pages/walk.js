// Walk and look about without a headset: mouse, keys, touch. Close to an object, turn round it.

import { MathUtils, Vector3 } from "three";
import { reducedMotion } from "./studio.js";

const EYE_M = 1.6;
const SPEED_M_S = 1.9; // a visitor's walk
const LOOK_RAD_PX = 0.0042;
const KEY_TURN_RAD_S = 1.3;
const WHEEL_M = 0.0016;
const FLIGHT_MS = 700;
const TAP_PX = 6;
const KEYS = {
  KeyW: "ahead", ArrowUp: "ahead", KeyS: "back", ArrowDown: "back",
  KeyA: "left", KeyD: "right", ArrowLeft: "turnLeft", ArrowRight: "turnRight",
};

export class Walk {
  /** `onTap(x, y)` hears of a click or touch without a drag, in -1 … 1; `onChange` of any motion. */
  constructor(canvas, camera, { area, onTap, onChange }) {
    Object.assign(this, { canvas, camera, area, onTap, onChange });
    this.yaw = 0;
    this.pitch = 0;
    this.keys = new Set();
    this.pointers = new Map();
    this.orbit = null;
    this.flight = null;
    canvas.addEventListener("pointerdown", (event) => this.onDown(event));
    canvas.addEventListener("pointermove", (event) => this.onMove(event));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => this.onUp(event));
    canvas.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.onKey(event, true));
    canvas.addEventListener("keyup", (event) => this.onKey(event, false));
    canvas.addEventListener("blur", () => this.keys.clear());
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  /** Stand somewhere and look at a point, at once or by a short walk. */
  goTo(position, look, { orbit = null, fly = true } = {}) {
    const way = look.clone().sub(position);
    const goal = {
      position, yaw: Math.atan2(-way.x, -way.z), pitch: Math.atan2(way.y, Math.hypot(way.x, way.z)), orbit,
    };
    this.orbit = null;
    if (!fly || reducedMotion.matches) return this.arrive(goal);
    const turn = MathUtils.euclideanModulo(goal.yaw - this.yaw + Math.PI, 2 * Math.PI) - Math.PI;
    this.flight = {
      begin: null, goal, from: this.camera.position.clone(), yaw: this.yaw, turn, pitch: this.pitch,
    };
    this.onChange();
  }

  arrive({ position, yaw, pitch, orbit }) {
    this.flight = null;
    this.camera.position.copy(position);
    Object.assign(this, { yaw, pitch });
    this.orbit = orbit && { middle: orbit, distance: position.distanceTo(orbit) };
    this.face();
  }

  /** Move on by the time that has passed; true while something still moves. */
  update(now, seconds) {
    if (this.flight) return this.updateFlight(now);
    const { ahead, side, turn } = this.wishes();
    if (!ahead && !side && !turn) return false;
    this.orbit = ahead || side ? null : this.orbit;
    this.turnBy(turn * KEY_TURN_RAD_S * seconds, 0);
    this.step(ahead * SPEED_M_S * seconds, side * SPEED_M_S * seconds);
    return true;
  }

  updateFlight(now) {
    const { goal, from } = this.flight;
    this.flight.begin ??= now;
    const share = Math.min((now - this.flight.begin) / FLIGHT_MS, 1);
    const eased = share * share * (3 - 2 * share);
    this.camera.position.lerpVectors(from, goal.position, eased);
    this.yaw = this.flight.yaw + this.flight.turn * eased;
    this.pitch = this.flight.pitch + (goal.pitch - this.flight.pitch) * eased;
    this.face();
    if (share === 1) this.arrive(goal);
    return true;
  }

  wishes() {
    const has = (name) => Number(this.keys.has(name));
    return { ahead: has("ahead") - has("back"), side: has("right") - has("left"), turn: has("turnLeft") - has("turnRight") };
  }

  turnBy(yaw, pitch) {
    this.yaw += yaw;
    this.pitch = MathUtils.clamp(this.pitch + pitch, -1.3, 1.3);
    if (this.orbit) {
      const back = new Vector3(Math.sin(this.yaw), -Math.tan(this.pitch), Math.cos(this.yaw)).setLength(this.orbit.distance);
      this.camera.position.copy(this.orbit.middle).add(back);
      this.camera.position.y = Math.max(this.camera.position.y, 0.1);
    }
    this.face();
  }

  step(ahead, side) {
    const { sin, cos } = { sin: Math.sin(this.yaw), cos: Math.cos(this.yaw) };
    const { position } = this.camera;
    position.x = MathUtils.clamp(position.x - ahead * sin + side * cos, this.area.left + 0.4, this.area.right - 0.4);
    position.z = MathUtils.clamp(position.z - ahead * cos - side * sin, this.area.back + 0.4, this.area.front - 0.4);
    if (ahead || side) position.y += (EYE_M - position.y) * 0.1;
    this.face();
  }

  face() {
    this.camera.rotation.set(this.pitch, this.yaw, 0, "YXZ");
    this.onChange();
  }

  onDown(event) {
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, moved: 0 });
  }

  onMove(event) {
    const last = this.pointers.get(event.pointerId);
    if (!last) return;
    const dx = event.clientX - last.x;
    const dy = event.clientY - last.y;
    Object.assign(last, { x: event.clientX, y: event.clientY, moved: last.moved + Math.abs(dx) + Math.abs(dy) });
    this.flight = null;
    if (this.pointers.size > 1) {
      this.orbit = null;
      this.step(-dy * 0.01, -dx * 0.01);
    } else {
      const sense = this.orbit ? -1 : 1;
      this.turnBy(sense * dx * LOOK_RAD_PX, sense * dy * LOOK_RAD_PX);
    }
  }

  onUp(event) {
    const last = this.pointers.get(event.pointerId);
    this.pointers.delete(event.pointerId);
    if (!last || event.type !== "pointerup" || last.moved > TAP_PX) return;
    const frame = this.canvas.getBoundingClientRect();
    this.onTap(((event.clientX - frame.left) / frame.width) * 2 - 1, 1 - ((event.clientY - frame.top) / frame.height) * 2);
  }

  onWheel(event) {
    event.preventDefault();
    this.flight = null;
    if (this.orbit) {
      this.orbit.distance = MathUtils.clamp(this.orbit.distance * Math.exp(event.deltaY * 0.001), 0.06, 6);
      this.turnBy(0, 0);
    } else {
      this.step(-event.deltaY * WHEEL_M, 0);
    }
  }

  onKey(event, isDown) {
    const wish = KEYS[event.code];
    if (!wish || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (isDown) {
      this.flight = null;
      this.keys.add(wish);
    } else this.keys.delete(wish);
    this.onChange();
  }
}
