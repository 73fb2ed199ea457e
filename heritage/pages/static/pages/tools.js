// Look closely at one model: measure it, cut it open, light it from the side, turn it by
// itself, see its triangles and where it deviates from the scans.

import { Box3, DirectionalLight, DoubleSide, MathUtils, Plane, Raycaster, Vector2, Vector3 } from "three";
import { HeatMap } from "./heat.js";
import { lengthText } from "./lengths.js";
import { Ruler } from "./ruler.js";
import { reducedMotion } from "./studio.js";

const KEYS = { m: "measure", x: "slice", l: "light", t: "spin", g: "wire", h: "heat" };
const SPIN_RAD_S = 0.5;
const STEP_RAD = Math.PI / 4; // where nothing shall move by itself
const DIGITS = 3; // a scan is not truer than that
const RAKING = 3.2;
const AXES = { x: new Vector3(-1, 0, 0), y: new Vector3(0, -1, 0), z: new Vector3(0, 0, -1) };

export class Tools {
  /**
   * `host`: root, canvas, camera, renderer, scene, words; `subject()` gives what is looked
   * at, { model, scale, isMetric } or null; `turn(rad)`, `dim(isDim)`, `redraw()`.
   */
  constructor(host) {
    this.host = host;
    this.bar = host.root.querySelector("[data-tools]");
    this.told = host.root.querySelector("[data-tool-says]");
    this.cross = host.root.querySelector("[data-tool-cross]");
    this.ruler = new Ruler(host.scene);
    this.heat = new HeatMap(host);
    this.on = new Set();
    this.ray = new Raycaster();
    this.plane = new Plane(AXES.x.clone());
    this.light = new DirectionalLight(0xffffff, RAKING);
    this.bar.addEventListener("click", (event) => {
      const tool = event.target.closest("[data-tool]")?.dataset.tool;
      if (tool) this.toggle(tool);
    });
    this.bar.addEventListener("input", () => this.apply());
    host.canvas.addEventListener("keydown", (event) => this.onKey(event));
  }

  /** Something else is looked at, or a finer model of it has come. */
  refresh() {
    const subject = this.host.subject();
    this.bar.hidden = !subject;
    if (subject?.model !== this.model) {
      this.undress();
      this.model = subject?.model ?? null;
    }
    if (!subject) for (const tool of [...this.on]) this.toggle(tool);
    this.apply();
  }

  /** Another thing is looked at: points on the one before mean nothing any more. */
  forget() {
    this.ruler.clear();
    this.say(this.on.has("measure") ? this.host.words.measureFirst : "");
    this.refresh();
  }

  button(tool) {
    return this.bar.querySelector(`[data-tool=${tool}]`);
  }

  slider(name) {
    return this.bar.querySelector(`[name=${name}]`);
  }

  toggle(tool) {
    const button = this.button(tool);
    if (!button || button.hidden) return;
    if (tool === "spin" && reducedMotion.matches) return this.host.turn(STEP_RAD);
    const isOn = !this.on.has(tool);
    isOn ? this.on.add(tool) : this.on.delete(tool);
    button.setAttribute("aria-pressed", String(isOn));
    for (const part of this.bar.querySelectorAll(`[data-of=${tool}]`)) part.hidden = !isOn;
    this.host.root.dataset.tools = [...this.on].join(" ");
    if (tool === "measure") this.startMeasuring(isOn);
    if (tool === "light") this.shine(isOn);
    if (tool === "spin" && isOn) this.spin();
    this.apply();
  }

  startMeasuring(isOn) {
    this.ruler.clear();
    this.cross.hidden = !isOn;
    if (!isOn) return this.say("");
    const { words } = this.host;
    this.say(this.host.subject()?.isMetric ? words.measureFirst : words.noUnit);
  }

  /** A click at x, y (-1 … 1): true when a tool took it. */
  takes(x, y) {
    if (!this.on.has("measure")) return false;
    const { words } = this.host;
    const subject = this.host.subject();
    if (!subject) return true;
    if (!subject.isMetric) {
      this.say(words.noUnit);
      return true;
    }
    const point = this.hitAt(x, y, subject.model);
    if (!point) {
      this.say(words.measureMissed);
      return true;
    }
    const length = this.ruler.take(point);
    this.host.root.dataset.measured = length === null ? "" : length / subject.scale;
    this.say(length === null ? words.measureSecond : words.measured.replace("{length}", lengthText(length / subject.scale, DIGITS)));
    this.host.redraw();
    return true;
  }

  hitAt(x, y, model) {
    // Where the camera stands now, not where it stood when last drawn.
    this.host.camera.updateWorldMatrix(true, false);
    this.ray.setFromCamera(new Vector2(x, y), this.host.camera);
    const hits = this.ray.intersectObject(model, true).filter((hit) => !hit.object.isInstancedMesh);
    const isCut = (point) => this.on.has("slice") && this.plane.distanceToPoint(point) < 0;
    return hits.find((hit) => !isCut(hit.point))?.point ?? null;
  }

  /** A light that comes from one side alone shows tool marks and what was incised. */
  shine(isOn) {
    const { camera } = this.host;
    isOn ? camera.add(this.light, this.light.target) : camera.remove(this.light, this.light.target);
    this.host.dim(isOn);
  }

  spin() {
    let last = null;
    const step = (now) => {
      if (!this.on.has("spin")) return;
      if (last !== null) this.host.turn((SPIN_RAD_S * Math.min(now - last, 100)) / 1000);
      last = now;
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  /** Bring model, light and pictures to what is switched on. */
  apply() {
    const { renderer } = this.host;
    this.heat.show(this.model, { isOn: this.on.has("heat") });
    renderer.localClippingEnabled = this.on.has("slice");
    if (this.on.has("light")) this.aim();
    if (this.model) {
      if (this.on.has("slice")) this.cut();
      this.dress();
    }
    this.host.redraw();
  }

  aim() {
    const round = MathUtils.degToRad(Number(this.slider("light-round").value));
    const rise = MathUtils.degToRad(Number(this.slider("light-rise").value));
    this.light.position.set(Math.sin(round) * Math.cos(rise), Math.cos(round) * Math.cos(rise), Math.sin(rise));
  }

  cut() {
    const axis = this.slider("slice-axis").value;
    const share = Number(this.slider("slice-at").value) / 100;
    this.model.updateWorldMatrix(true, true);
    const box = new Box3().setFromObject(this.model);
    this.plane.normal.copy(AXES[axis]);
    this.plane.constant = MathUtils.lerp(box.min[axis], box.max[axis], share) * 1.0001;
  }

  dress() {
    const isCut = this.on.has("slice");
    for (const material of materialsOf(this.model)) {
      material.userData.side ??= material.side;
      material.side = isCut ? DoubleSide : material.userData.side;
      material.clippingPlanes = isCut ? [this.plane] : null;
      material.wireframe = this.on.has("wire");
      material.needsUpdate = true;
    }
  }

  undress() {
    if (!this.model) return;
    this.heat.show(this.model, { isOn: false });
    for (const material of materialsOf(this.model)) {
      material.side = material.userData.side ?? material.side;
      Object.assign(material, { clippingPlanes: null, wireframe: false, needsUpdate: true });
    }
  }

  onKey(event) {
    if (this.bar.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && this.takes(0, 0)) return event.preventDefault();
    if (event.key === "Escape" && this.on.has("measure")) return this.toggle("measure");
    const tool = KEYS[event.key];
    if (tool) {
      event.preventDefault();
      this.toggle(tool);
    }
  }

  say(text) {
    this.told.textContent = text;
    this.told.hidden = !text;
  }
}

function materialsOf(model) {
  const found = new Set();
  model.traverse((part) => {
    if (part.isMesh && !part.isInstancedMesh) for (const one of [part.material].flat()) found.add(one);
  });
  return found;
}
