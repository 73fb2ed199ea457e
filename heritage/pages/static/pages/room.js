// An exhibit as a room: asks for the scene that suits this device, builds it, and lets people in.

import { Color, PerspectiveCamera, Raycaster, Scene, Vector2, Vector3 } from "three";
import { aimOf, buildGallery, standModel } from "./gallery.js";
import { Headset } from "./headset.js";
import { countTriangles, loadModel, prepareMaps } from "./models.js";
import { followSize, hasWebgl, lightFromAround, makeRenderer } from "./studio.js";
import { Tour } from "./tour.js";
import { Walk } from "./walk.js";

const FIELD_OF_VIEW = 50; // degrees, from top to bottom
const ACROSS = 56; // at least, from side to side
const WIDEST = 84;
const RAD = Math.PI / 180;
const AT_ONCE = 3; // models fetched at the same time
const EYE_M = 1.6;

class Room {
  constructor(root, { scene, language, words, device }) {
    Object.assign(this, { root, address: scene, language, words, aimOf });
    this.device = device || likelyDevice();
    this.canvas = root.querySelector("canvas");
    this.status = root.querySelector(".room-status");
    this.caption = root.querySelector(".room-caption");
    this.live = document.querySelector("[data-room-live]");
    this.items = new Map([...document.querySelectorAll("[data-item]")].map((item) => [item.dataset.item, item]));
    this.isStale = true;
    this.last = 0;
  }

  async start() {
    if (!hasWebgl()) return this.fail(this.words.noWebgl);
    this.root.dataset.state = "loading";
    try {
      this.plan = await this.fetchScene();
      this.build();
      await this.fill();
    } catch (error) {
      console.error(error);
      return this.fail(`${this.words.failed} ${error.sentence ?? this.words.cure}`);
    }
    this.root.dataset.state = "ready";
    this.status.hidden = true;
    this.say(this.words.ready);
    this.redraw();
  }

  async fetchScene() {
    const answer = await fetch(`${this.address}?device=${encodeURIComponent(this.device)}`);
    const body = await answer.json();
    if (answer.ok) return body;
    throw Object.assign(new Error(body.title), { sentence: body.detail });
  }

  build() {
    this.renderer = makeRenderer(this.canvas);
    prepareMaps(this.renderer);
    this.scene = new Scene();
    this.camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 0.02, 80);
    this.scene.add(this.camera);
    lightFromAround(this.renderer, this.scene, 0.55);
    const { room, places, area, background } = buildGallery(this.plan, this.language, this.words);
    this.scene.background = new Color(background);
    Object.assign(this, { places, area });
    this.scene.add(room);
    this.walk = new Walk(this.canvas, this.camera, {
      area, onTap: (x, y) => this.tap(x, y), onChange: () => this.redraw(),
    });
    this.overview({ fly: false });
    this.headset = new Headset(this, this.root.querySelector("[data-act=vr]"));
    this.resize = followSize(this.root, this.renderer, this.camera, () => this.widen());
    this.tour = new Tour(this);
    this.listen();
    this.tellCosts();
    this.renderer.setAnimationLoop((now) => this.frame(now));
  }

  /** Fetch the models, the most important first, and stand each up as it comes. */
  async fill() {
    const waiting = this.plan.objects.filter((thing) => thing.model);
    const total = waiting.reduce((sum, thing) => sum + thing.model.bytes, 0);
    const come = new Map();
    const bar = this.status.querySelector("progress");
    const tell = (thing, share) => {
      come.set(thing.key, share * thing.model.bytes);
      bar.value = [...come.values()].reduce((sum, bytes) => sum + bytes, 0) / total;
    };
    const worker = async () => {
      for (let thing = waiting.shift(); thing; thing = waiting.shift()) {
        const model = await loadModel(thing.model.url, (share) => tell(thing, share));
        standModel(this.places.get(thing.key), model);
        this.redraw();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const models = [...this.places.values()].map((place) => place.userData.model).filter(Boolean);
    this.root.dataset.models = models.length;
    this.root.dataset.triangles = models.reduce((sum, model) => sum + countTriangles(model), 0);
  }

  frame(now) {
    const seconds = Math.min((now - this.last) / 1000, 0.1);
    this.last = now;
    const isInside = this.renderer.xr.isPresenting;
    if (isInside) this.headset.update();
    else if (this.walk.update(now, seconds)) this.isStale = true;
    if (!isInside && !this.isStale) return;
    this.isStale = false;
    this.renderer.render(this.scene, this.camera);
    this.root.dataset.drawn = this.renderer.info.render.triangles;
    this.root.dataset.draws = this.renderer.info.render.calls;
  }

  redraw() {
    this.isStale = true;
  }

  /** On a narrow screen see as much from side to side as on a wide one, within reason. */
  widen() {
    const across = Math.tan((ACROSS / 2) * RAD) / this.camera.aspect;
    const needed = (2 * Math.atan(across)) / RAD;
    this.camera.fov = Math.min(Math.max(FIELD_OF_VIEW, needed), WIDEST);
    this.camera.updateProjectionMatrix();
    this.redraw();
  }

  /** Stand at the door and see everything. */
  overview({ fly = true } = {}) {
    const { left, right, front } = this.area;
    const middle = new Vector3((left + right) / 2, 1.12, (this.area.back + front) / 2);
    this.show(null);
    this.walk.goTo(new Vector3(middle.x, EYE_M, front - 0.5), middle, { fly });
  }

  /** Walk up to an object and look at it. */
  focus(key) {
    const { thing } = this.places.get(key).userData;
    const { middle, radius } = aimOf(thing);
    const turn = 2 * Math.atan2(thing.transform.rotation[1], thing.transform.rotation[3]);
    const tall = Math.tan((this.camera.fov / 2) * RAD);
    const half = Math.atan(tall * Math.min(1, this.camera.aspect));
    const distance = (radius / Math.sin(half)) * (thing.stand ? 1.45 : 1.1);
    const way = new Vector3(Math.sin(turn), 0.22, Math.cos(turn)).setLength(distance);
    this.walk.goTo(middle.clone().add(way), middle, { orbit: thing.stand ? middle : null });
    this.show(thing);
  }

  tap(x, y) {
    const ray = new Raycaster();
    ray.setFromCamera(new Vector2(x, y), this.camera);
    const hit = this.pick(ray);
    if (hit?.spot) return this.read(hit.spot, hit.place.userData.thing);
    if (hit) this.focus(hit.place.userData.thing.key);
  }

  /** Say below the room what is said of a place on an object. */
  read(spot, thing) {
    const said = (texts) => texts[this.language] || texts[this.language === "en" ? "zh-Hans" : "en"] || "";
    const facts = spot.facts.map((fact) => `${said(fact.labels)}: ${said(fact.values)}`);
    this.caption.hidden = false;
    this.caption.querySelector("h2").textContent = said(spot.titles);
    this.caption.querySelector("p").textContent = [said(spot.texts), ...facts].filter(Boolean).join(" · ");
    this.caption.querySelector("a").href = thing.links.page;
    this.root.dataset.spot = spot.key;
    this.say(said(spot.titles));
  }

  /** The nearest object, label or panel that a ray meets. */
  pick(ray) {
    const [hit] = ray.intersectObjects([...this.places.values()], true);
    if (!hit) return null;
    let place = hit.object;
    while (!place.userData.thing) place = place.parent;
    const spot = hit.object.userData.spots?.[hit.instanceId];
    return { place, spot, distance: hit.distance };
  }

  show(thing) {
    for (const [key, item] of this.items) item.toggleAttribute("aria-current", key === thing?.key);
    this.items.get(thing?.key)?.setAttribute("aria-current", "true");
    this.caption.hidden = !thing;
    if (!thing) return;
    const other = this.language === "en" ? "zh-Hans" : "en";
    const said = (texts) => texts[this.language] || texts[other] || "";
    this.caption.querySelector("h2").textContent = said(thing.names);
    this.caption.querySelector("p").textContent = said(thing.labels) || said(thing.descriptions);
    this.caption.querySelector("a").href = thing.links.page;
    this.say(this.words.before.replace("{name}", said(thing.names)));
  }

  /** Beside each object in the list: the level it was given, and why not a finer one. */
  tellCosts() {
    const number = new Intl.NumberFormat(this.language);
    const { sums, device } = this.plan;
    const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    const line = document.querySelector("[data-room-costs]");
    line.textContent = fill(this.words.costs, {
      device: device.titles[this.language],
      objects: number.format(sums.objects),
      triangles: number.format(sums.triangles),
      limit: number.format(device.budget.triangles),
      size: (sums.bytes / 1e6).toFixed(1),
    });
    for (const thing of this.plan.objects) {
      const note = this.items.get(thing.key)?.querySelector("[data-why]");
      if (note && thing.why.code !== "panel") note.textContent = thing.why.code === "best-level" ? "" : thing.why.messages[this.language];
    }
    const choice = document.querySelector("[data-room-device]");
    if (choice) choice.value = device.name;
  }

  listen() {
    const acts = {
      overview: () => this.overview(),
      tour: () => this.tour.begin(),
      next: () => this.tour.step(1),
      previous: () => this.tour.step(-1),
      "end-tour": () => this.tour.end(),
      full: () => (document.fullscreenElement ? document.exitFullscreen() : this.root.requestFullscreen?.()),
    };
    this.root.addEventListener("click", (event) => acts[event.target.closest("[data-act]")?.dataset.act]?.());
    for (const button of document.querySelectorAll("[data-focus]")) {
      button.addEventListener("click", () => {
        this.root.scrollIntoView({ block: "nearest" });
        this.focus(button.dataset.focus);
      });
    }
    for (const name of ["overview", "full"]) this.root.querySelector(`[data-act=${name}]`).hidden = false;
  }

  say(text) {
    this.live.textContent = text;
  }

  fail(text) {
    this.root.dataset.state = "failed";
    this.status.hidden = false;
    this.status.querySelector("progress").hidden = true;
    this.status.querySelector("p").textContent = text;
    this.say(text);
  }
}

/** Guess the device class; the visitor can choose another. */
function likelyDevice() {
  const agent = navigator.userAgent;
  if (/Quest 2/.test(agent)) return "quest-2";
  if (/OculusBrowser|Quest/.test(agent)) return "quest-3";
  return matchMedia("(pointer: coarse) and (max-width: 60rem)").matches ? "phone" : "web";
}

const root = document.querySelector("[data-room]");
const data = document.getElementById("room-data");
document.querySelector("[data-room-device]")?.addEventListener("change", (event) => event.target.form.submit());
if (root && data) {
  root.room = new Room(root, JSON.parse(data.textContent));
  root.room.start();
}
