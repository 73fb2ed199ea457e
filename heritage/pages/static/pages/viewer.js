// The relic's 3D viewer: coarse model at once, the fine one when it is there.

import { PerspectiveCamera, Scene, Spherical, Vector3 } from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { countMaps, countTriangles, disposeModel, loadModel, measure, prepareMaps } from "./models.js";
import { Pins } from "./pins.js";
import { followSize, hasWebgl, keyLight, lightFromAround, makeRenderer, reducedMotion } from "./studio.js";

const FIELD_OF_VIEW = 28; // degrees: about that of a portrait lens
const RISE_RAD = 0.16; // how much the first view looks down
const TURN_RAD = Math.PI / 24; // one press of an arrow key
const NEARER = 0.88; // one press of plus
const SCALE_BAR_PX = 130; // at most
const FLIGHT_MS = 450;

class Viewer {
  constructor(root, { levels, words, hotspots, language }) {
    this.root = root;
    this.hotspots = hotspots;
    this.language = language;
    this.levels = fitting(levels);
    this.words = words;
    this.canvas = root.querySelector("canvas");
    this.progress = root.querySelector("progress");
    this.message = root.querySelector(".viewer-message");
    this.scaleBar = root.querySelector(".viewer-scale");
    this.status = document.querySelector("[data-viewer-status]");
    this.queued = false;
  }

  async start() {
    this.listenToTools();
    if (!hasWebgl()) return this.fail(this.words.noWebgl, { canRetry: false });
    this.build();
    await this.load();
  }

  build() {
    this.renderer = makeRenderer(this.canvas, { alpha: true });
    prepareMaps(this.renderer);
    this.scene = new Scene();
    this.camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 0.001, 100);
    this.camera.add(keyLight(1.6));
    this.scene.add(this.camera);
    lightFromAround(this.renderer, this.scene, 0.75);
    this.controls = new OrbitControls(this.camera, this.canvas);
    this.controls.enableDamping = !reducedMotion.matches;
    this.controls.addEventListener("change", () => this.draw());
    followSize(this.root, this.renderer, this.camera, () => this.draw());
    this.canvas.addEventListener("keydown", (event) => this.onKey(event));
    if (this.hotspots.length) {
      const { language, words } = this;
      this.pins = new Pins(this.root, this.hotspots, { language, words, onChoose: (spot) => this.lookAt(spot) });
    }
    this.canvas.addEventListener("webglcontextrestored", () => this.draw());
  }

  async load() {
    this.message.hidden = true;
    this.root.dataset.state = "loading";
    try {
      for (const [number, url] of this.levels.entries()) await this.show(number, url);
    } catch (error) {
      console.error(error);
      // A coarse model that stands already is better than a message over it.
      if (!this.model) return this.fail(`${this.words.failed} ${this.words.cure}`, { canRetry: true });
    }
    this.root.dataset.state = "ready";
    this.progress.hidden = true;
    this.status.textContent = this.words.loaded;
  }

  async show(number, url) {
    const count = this.levels.length;
    const model = await loadModel(url, (share) => { this.progress.value = (number + share) / count; });
    const isFirst = !this.model;
    if (!isFirst) {
      this.scene.remove(this.model);
      disposeModel(this.model);
    }
    this.model = model;
    this.scene.add(model);
    this.measures = measure(model);
    if (isFirst) this.reset();
    this.root.dataset.triangles = countTriangles(model);
    this.root.dataset.maps = countMaps(model);
    this.root.dataset.state = "refining";
    this.root.querySelector(".viewer-tools").hidden = false;
    this.draw();
  }

  fail(text, { canRetry }) {
    this.root.dataset.state = "failed";
    this.progress.hidden = true;
    this.message.hidden = false;
    this.message.querySelector("p").textContent = text;
    this.message.querySelector("button").hidden = !canRetry;
  }

  /** The first view: from the front, a little from above, all of it in the frame. */
  reset(turn_rad = 0, { fly = false } = {}) {
    const { middle, radius } = this.measures;
    const half = ((FIELD_OF_VIEW / 2) * Math.PI) / 180;
    const tightest = Math.min(1, this.camera.aspect);
    const distance = (radius / Math.sin(Math.atan(Math.tan(half) * tightest))) * 1.02;
    this.controls.minDistance = radius * 0.15;
    this.controls.maxDistance = distance * 4;
    this.camera.near = radius * 0.02;
    this.camera.far = distance * 6;
    this.camera.updateProjectionMatrix();
    const goal = new Spherical(distance, Math.PI / 2 - RISE_RAD, turn_rad);
    fly && !reducedMotion.matches ? this.fly(goal, middle) : this.stand(goal, middle);
  }

  /** Turn to the side that a hotspot is on, as near as one stands now. */
  lookAt(spot) {
    if (!this.model) return;
    const { middle } = this.measures;
    const distance = this.camera.position.distanceTo(this.controls.target);
    const goal = new Spherical().setFromVector3(new Vector3(...spot.normal)).makeSafe();
    goal.radius = distance;
    goal.phi = Math.min(Math.max(goal.phi, 0.35), Math.PI - 0.35);
    reducedMotion.matches ? this.stand(goal, middle) : this.fly(goal, middle);
  }

  stand(place, middle) {
    this.controls.target.copy(middle);
    this.camera.position.setFromSpherical(place).add(middle);
    this.controls.update();
    this.draw();
  }

  fly(goal, middle) {
    const from = new Spherical().setFromVector3(this.camera.position.clone().sub(this.controls.target));
    const target = this.controls.target.clone();
    const turn = Math.atan2(Math.sin(goal.theta - from.theta), Math.cos(goal.theta - from.theta));
    const begin = performance.now();
    const step = (now) => {
      const share = Math.min((now - begin) / FLIGHT_MS, 1);
      const eased = share * share * (3 - 2 * share);
      const mix = (a, b) => a + (b - a) * eased;
      const place = new Spherical(mix(from.radius, goal.radius), mix(from.phi, goal.phi), from.theta + turn * eased);
      this.stand(place, target.clone().lerp(middle, eased));
      if (share < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  turn(theta, phi, nearer = 1) {
    const place = new Spherical().setFromVector3(this.camera.position.clone().sub(this.controls.target));
    place.theta += theta;
    place.phi += phi;
    place.radius = Math.min(Math.max(place.radius * nearer, this.controls.minDistance), this.controls.maxDistance);
    this.stand(place.makeSafe(), this.controls.target.clone());
  }

  onKey(event) {
    if (!this.model || event.ctrlKey || event.metaKey || event.altKey) return;
    const acts = {
      ArrowLeft: () => this.turn(-TURN_RAD, 0),
      ArrowRight: () => this.turn(TURN_RAD, 0),
      ArrowUp: () => this.turn(0, -TURN_RAD),
      ArrowDown: () => this.turn(0, TURN_RAD),
      "+": () => this.turn(0, 0, NEARER),
      "=": () => this.turn(0, 0, NEARER),
      "-": () => this.turn(0, 0, 1 / NEARER),
      0: () => this.reset(),
      Home: () => this.reset(),
      f: () => this.toggleFull(),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  listenToTools() {
    const acts = {
      reset: () => this.reset(0, { fly: true }),
      full: () => this.toggleFull(),
      retry: () => this.load(),
    };
    this.root.addEventListener("click", (event) => acts[event.target.closest("[data-act]")?.dataset.act]?.());
    for (const link of document.querySelectorAll("[data-side]")) {
      link.addEventListener("click", (event) => {
        if (!this.model || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        this.reset((Number(link.dataset.side) * Math.PI) / 4, { fly: true });
      });
    }
  }

  toggleFull() {
    document.fullscreenElement ? document.exitFullscreen() : this.root.requestFullscreen?.();
  }

  /** Draw once before the next frame, however often it is asked for. */
  draw() {
    if (this.queued || !this.model) return;
    this.queued = true;
    requestAnimationFrame(() => {
      this.queued = false;
      this.controls.update();
      this.renderer.render(this.scene, this.camera);
      this.root.dataset.drawn = this.renderer.info.render.triangles;
      this.pins?.follow(this.camera, this.root.clientWidth, this.root.clientHeight);
      this.drawScale();
    });
  }

  /** A bar of a round length, true at the distance of what is looked at. */
  drawScale() {
    const distance = this.camera.position.distanceTo(this.controls.target);
    const half = ((FIELD_OF_VIEW / 2) * Math.PI) / 180;
    const pixelsPerMetre = this.root.clientHeight / (2 * distance * Math.tan(half));
    const length = roundLength(SCALE_BAR_PX / pixelsPerMetre);
    this.scaleBar.hidden = false;
    this.scaleBar.querySelector(".bar").style.width = `${length * pixelsPerMetre}px`;
    this.scaleBar.querySelector(".text").textContent = lengthText(length);
  }
}

/** The coarsest level at once, then the finest that this screen is worth. */
function fitting(levels) {
  const isSmall = matchMedia("(pointer: coarse) and (max-width: 60rem)").matches;
  const fine = levels.filter((level) => !isSmall || level.profile !== "web").at(-1);
  return [...new Set([levels[0], fine ?? levels[0]])].map((level) => level.url);
}

/** The largest of 1, 2, 5 times a power of ten that is not above the limit. */
export function roundLength(limit) {
  const power = 10 ** Math.floor(Math.log10(limit));
  const step = [5, 2, 1].find((factor) => factor * power <= limit * (1 + 1e-9)) ?? 1;
  return step * power;
}

export function lengthText(metres) {
  const number = (value) => Number(value.toPrecision(6)).toString();
  if (metres < 0.00999) return `${number(metres * 1000)} mm`;
  return metres < 0.999 ? `${number(metres * 100)} cm` : `${number(metres)} m`;
}

const root = document.querySelector("[data-viewer]");
const data = document.getElementById("viewer-data");
if (root && data) new Viewer(root, JSON.parse(data.textContent)).start();
