// The relic's 3D viewer: coarse model at once, the fine one when it is there.

import { PerspectiveCamera, Scene, Spherical, Vector3 } from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { lengthText, roundLength } from "./lengths.js";
import { countMaps, countTriangles, disposeModel, loadModel, measure, prepareMaps } from "./models.js";
import { Pins } from "./pins.js";
import { followSize, hasWebgl, keyLight, lightFromAround, makeRenderer, reducedMotion, surviveLoss } from "./studio.js";
import { Table } from "./table.js";
import { listenForTaps } from "./taps.js";
import { Tools } from "./tools.js";

const FIELD_OF_VIEW = 28; // degrees: about that of a portrait lens
const RISE_RAD = 0.16; // how much the first view looks down
const TURN_RAD = Math.PI / 24; // one press of an arrow key
const NEARER = 0.88; // one press of plus
const SCALE_BAR_PX = 130; // at most
const FLIGHT_MS = 450;
const AROUND = 0.75; // strength of the light from all sides
const AROUND_DIM = 0.18; // while a light of one's own shows the relief

class Viewer {
  constructor(root, { levels, words, hotspots, language, unit, heat_points: heatPoints }) {
    this.root = root;
    this.unit = unit;
    this.hotspots = hotspots;
    this.heatPoints = heatPoints;
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
    const quickLook = document.querySelector("[data-quick-look]");
    if (quickLook) quickLook.hidden = !quickLook.querySelector("a").relList.supports("ar");
    this.listenToTools();
    if (!hasWebgl(this.canvas)) return this.fail(this.words.noWebgl, { canRetry: false });
    this.build();
    await this.load();
  }

  build() {
    this.renderer = makeRenderer(this.canvas, { alpha: true });
    prepareMaps(this.renderer);
    // The coarse model comes while the scene is made ready.
    this.begun = this.fetch(0, this.levels[0]);
    this.begun.catch(() => {}); // told where it is shown
    this.scene = new Scene();
    this.camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 0.001, 100);
    this.key = keyLight(1.6);
    this.camera.add(this.key);
    this.scene.add(this.camera);
    this.lit = lightFromAround(this.scene, AROUND);
    this.fit = followSize(this.root, this.renderer, this.camera, () => this.draw());
    this.controls = new OrbitControls(this.camera, this.canvas);
    this.controls.enableDamping = !reducedMotion.matches;
    this.controls.addEventListener("change", () => this.draw());
    this.canvas.addEventListener("keydown", (event) => this.onKey(event));
    if (this.hotspots.length) {
      const { language, words } = this;
      this.pins = new Pins(this.root, this.hotspots, { language, words, onChoose: (spot) => this.lookAt(spot) });
    }
    this.tools = new Tools(this);
    this.table = new Table(this, document.querySelector("[data-act=ar]"));
    listenForTaps(this.canvas, (x, y) => this.tools.takes(x, y));
    surviveLoss(this.canvas, { onLost: () => this.pause(), onBack: () => this.resume() });
  }

  /** The graphics card is gone: the picture stands, and words say why it does not move. */
  pause() {
    this.state = this.root.dataset.state;
    this.fail(this.words.lost, { canRetry: false });
  }

  resume() {
    this.message.hidden = true;
    this.root.dataset.state = this.state;
    this.draw();
  }

  /** What the tools work on: the model as large as it is, in metres where that is known. */
  subject() {
    return this.model ? { model: this.model, scale: 1, isMetric: this.unit === "m" } : null;
  }

  dim(isDim) {
    this.key.visible = !isDim;
    this.scene.environmentIntensity = isDim ? AROUND_DIM : AROUND;
  }

  redraw() {
    this.draw();
  }

  tell(text) {
    this.message.hidden = !text;
    this.message.querySelector("p").textContent = text;
    this.message.querySelector("button").hidden = true;
  }

  afterAr() {
    this.renderer.setAnimationLoop(null);
    this.renderer.xr.enabled = false;
    this.fit();
    this.controls.update();
    this.draw();
  }

  /** Coarse to fine; one that does not come is passed over, and asked for again later. */
  async load(wanted = this.levels) {
    this.message.hidden = true;
    this.root.dataset.state = "loading";
    const missing = [];
    for (const url of wanted) {
      try {
        await this.show(this.levels.indexOf(url), url);
      } catch (error) {
        console.warn(error);
        missing.push(url);
      }
    }
    this.missing = missing;
    this.root.dataset.missing = missing.length;
    if (missing.length) addEventListener("online", () => this.retry(), { once: true });
    if (!this.model) return this.fail(`${this.words.failed} ${this.words.cure}`, { canRetry: true });
    // A coarse model that stands already is better than a message over it.
    if (missing.includes(this.levels.at(-1))) this.fail(this.words.coarse, { canRetry: true });
    this.root.dataset.state = "ready";
    this.progress.hidden = true;
    this.status.textContent = this.words.loaded;
  }

  /** Fetch what did not come: asked for by a person, or because the network is back. */
  retry() {
    if (this.missing.length) this.load(this.missing);
  }

  fetch(number, url) {
    const count = this.levels.length;
    return loadModel(url, (share) => { this.progress.value = (number + share) / count; });
  }

  async show(number, url) {
    const begun = this.begun ?? this.fetch(number, url);
    this.begun = null;
    const [model] = await Promise.all([begun, this.lit]);
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
    this.tools.refresh();
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

  turn(theta, phi = 0, nearer = 1) {
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
      retry: () => this.retry(),
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
    if (this.queued || !this.model || this.table.session) return;
    this.queued = true;
    requestAnimationFrame(() => {
      this.queued = false;
      this.controls.update();
      this.tools.ruler.follow(this.camera);
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

const root = document.querySelector("[data-viewer]");
const data = document.getElementById("viewer-data");
if (root && data) {
  root.viewer = new Viewer(root, JSON.parse(data.textContent));
  root.viewer.start();
}
