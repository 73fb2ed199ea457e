// An exhibit as a room: asks for the scene that suits this device, builds it, and lets people in.

import { Color, PerspectiveCamera, Raycaster, Scene, Vector2, Vector3 } from "three";
import { Captions } from "./captions.js";
import { tellWithout3d } from "./flat.js";
import { aimOf, buildGallery, disposeGallery } from "./gallery.js";
import { Headset } from "./headset.js";
import { Kiosk, kioskSeconds } from "./kiosk.js";
import { prepareMaps } from "./models.js";
import { Narration } from "./narration.js";
import { disposePanorama, loadPanorama } from "./panorama.js";
import { followSize, hasWebgl, lightFromAround, makeRenderer, surviveLoss } from "./studio.js";
import { Supply } from "./supply.js";
import { Table } from "./table.js";
import { Tools } from "./tools.js";
import { Tour } from "./tour.js";
import { Walk } from "./walk.js";

const FIELD_OF_VIEW = 50; // degrees, from top to bottom
const ACROSS = 56; // at least, from side to side
const WIDEST = 84;
const RAD = Math.PI / 180;
const EYE_M = 1.6;
const AROUND = 0.55; // strength of the light from all sides
const AROUND_DIM = 0.12; // while a light of one's own shows the relief

class Room {
  constructor(root, { scene, room, language, words, device, files }) {
    Object.assign(this, { root, address: scene, first: room ?? "", files, language, words, aimOf });
    this.device = device || likelyDevice();
    this.canvas = root.querySelector("canvas");
    this.status = root.querySelector(".room-status");
    this.captions = new Captions(this);
    this.narration = new Narration(this, { onChange: () => this.headset?.tellSound() });
    this.isStale = true;
    this.last = 0;
  }

  async start() {
    const seconds = kioskSeconds();
    if (seconds) this.kiosk = new Kiosk(this, seconds);
    if (!hasWebgl(this.canvas)) {
      this.fail(this.words.noWebgl);
      return tellWithout3d(this);
    }
    this.root.dataset.state = "loading";
    try {
      this.plan = await this.fetchScene(this.first);
      this.build();
      await this.fill();
    } catch (error) {
      console.error(error);
      addEventListener("online", () => location.reload(), { once: true });
      return this.fail(`${this.words.failed} ${error.sentence ?? this.words.cure}`);
    }
    this.root.dataset.state = "ready";
    this.status.hidden = true;
    this.say(this.words.ready);
    this.redraw();
  }

  sceneAddress(room) {
    const asked = new URLSearchParams({ device: this.device });
    if (room) asked.set("room", room);
    const address = this.files?.[room] ?? this.address;
    return `${address}${address.includes("?") ? "&" : "?"}${asked}`;
  }

  async fetchScene(room) {
    const answer = await fetch(this.sceneAddress(room));
    const body = await answer.json();
    if (answer.ok) return this.without(body);
    throw Object.assign(new Error(body.title), { sentence: body.detail });
  }

  /** A bundle leaves out what its museum has withdrawn since; its lists have no such lines. */
  without(plan) {
    const gone = new Set(JSON.parse(this.root.dataset.withdrawn ?? "[]"));
    if (!gone.size) return plan;
    const isThere = (stop) => this.captions.items.has(stop.object);
    return withoutFiles({ ...plan, objects: plan.objects.filter((thing) => !gone.has(thing.links.id)), tour: plan.tour.filter(isThere) }, gone);
  }

  build() {
    this.renderer = makeRenderer(this.canvas, { alpha: true });
    prepareMaps(this.renderer);
    this.scene = new Scene();
    this.camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 0.02, 80);
    this.scene.add(this.camera);
    this.resize = followSize(this.canvas, this.renderer, this.camera, () => this.widen());
    lightFromAround(this.scene, AROUND).then(() => this.redraw());
    this.walk = new Walk(this.canvas, this.camera, {
      area: null, onTap: (x, y) => this.tap(x, y), onChange: () => this.redraw(),
    });
    this.furnish();
    this.overview({ fly: false });
    this.headset = new Headset(this, this.root.querySelector("[data-act=vr]"));
    this.tools = new Tools(this);
    this.table = new Table(this, this.root.querySelector("[data-act=ar]"));
    this.tour = new Tour(this);
    this.listen();
    surviveLoss(this.canvas, { onLost: () => this.pause(), onBack: () => this.resume() });
    this.renderer.setAnimationLoop((now) => this.frame(now));
  }

  /** Set up the room that the plan is of; its models are still to come. */
  furnish() {
    this.gallery = buildGallery(this.plan, this.language, this.words);
    const { room, places, doors, area } = this.gallery;
    Object.assign(this, { places, doors, area });
    this.walk.area = area;
    this.scene.add(room);
    this.paint();
    this.showDoors();
    this.captions.tellCosts();
    this.root.dataset.room = this.plan.room;
    this.supply = new Supply(this, {
      onProgress: (share) => { this.status.querySelector("progress").value = share; },
      onChange: (supply) => this.told(supply),
    });
  }

  /** The colour behind everything, and the panorama as soon as it comes. */
  async paint() {
    const { gallery } = this;
    if (this.panorama) disposePanorama(this.panorama);
    this.panorama = null;
    this.scene.background = new Color(gallery.background);
    if (!gallery.backdrop) return;
    try {
      const panorama = await loadPanorama(gallery.backdrop);
      if (this.gallery !== gallery) return disposePanorama(panorama);
      this.panorama = panorama;
      this.scene.add(panorama);
      this.root.dataset.backdrop = "shown";
      this.redraw();
    } catch (error) {
      console.warn(error); // the room stands in its colour
    }
  }

  /** Fetch the models, the most important first, and stand each up as it comes. */
  async fill() {
    await this.supply.begin();
    this.captions.tellMissing(this.supply.missing);
  }

  told(supply) {
    this.root.dataset.models = supply.models.length;
    this.root.dataset.triangles = supply.triangles;
    this.root.dataset.held = supply.held;
    this.tools?.refresh();
    if (this.root.dataset.state === "ready") this.captions.tellMissing(supply.missing);
  }

  /** Leave for another room of the exhibit. */
  async enterRoom(key) {
    let plan;
    try {
      plan = await this.fetchScene(key);
    } catch (error) {
      console.warn(error);
      return this.captions.warn(error.sentence ?? this.words.offline);
    }
    this.headset.leaveRoom();
    this.supply.end();
    disposeGallery(this.gallery);
    this.plan = plan;
    this.furnish();
    this.overview({ fly: false });
    this.headset.arrive();
    const here = plan.rooms.find((one) => one.key === key);
    this.say(this.words.inRoom.replace("{name}", this.captions.said(here.names)));
    await this.fill();
    this.redraw();
  }

  frame(now) {
    if (this.table?.session) return;
    const seconds = Math.min((now - this.last) / 1000, 0.1);
    this.last = now;
    const isInside = this.renderer.xr.isPresenting;
    if (isInside) this.headset.update();
    else if (this.walk.update(now, seconds)) this.isStale = true;
    this.supply.look(now);
    if (!isInside && !this.isStale) return;
    this.isStale = false;
    this.supply.moved();
    this.tools.ruler.follow(this.camera);
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
    this.look(null);
    this.walk.goTo(new Vector3(middle.x, EYE_M, front - 0.5), middle, { fly });
  }

  /** Begin again, as nobody had been here. */
  restart() {
    if (this.root.dataset.state !== "ready") return location.reload();
    this.tour.end();
    this.narration.stop();
    for (const tool of [...this.tools.on]) this.tools.toggle(tool);
    if (this.first !== this.plan.room) return this.enterRoom(this.first);
    this.overview({ fly: false });
  }

  /** Walk up to an object and look at it, in whichever room it is. */
  async focus(key, room = this.plan.room) {
    if (room && room !== this.plan.room) await this.enterRoom(room);
    const place = this.places.get(key);
    if (!place) return;
    const { thing } = place.userData;
    const { middle, radius } = aimOf(thing);
    const turn = 2 * Math.atan2(thing.transform.rotation[1], thing.transform.rotation[3]);
    const tall = Math.tan((this.camera.fov / 2) * RAD);
    const half = Math.atan(tall * Math.min(1, this.camera.aspect));
    const distance = (radius / Math.sin(half)) * (thing.stand ? 1.45 : 1.1);
    const way = new Vector3(Math.sin(turn), 0.22, Math.cos(turn)).setLength(distance);
    this.walk.goTo(middle.clone().add(way), middle, { orbit: thing.stand ? middle : null });
    this.look(thing);
  }

  look(thing) {
    this.before = thing;
    this.captions.show(thing);
    this.narration.offer(this.spokenOf(thing));
    this.tools?.forget();
    const button = this.root.querySelector("[data-act=ar]");
    button.disabled = !thing?.model;
  }

  /** What is said here: at the tour's stop, of the thing that one stands before, or to all. */
  spokenOf(thing) {
    const stop = this.tour?.stop;
    if (thing && stop?.object === thing.key && Object.keys(stop.narrations).length) return stop.narrations;
    return (thing ?? this.plan)?.narrations;
  }

  /** What the tools work on: the thing that one stands before. */
  subject() {
    const model = this.before && this.places.get(this.before.key)?.userData.model;
    if (!model) return null;
    return { model, scale: this.before.transform.scale, isMetric: this.before.model.unit === "m" };
  }

  turn(rad) {
    this.walk.turnBy(rad, 0);
    this.redraw();
  }

  dim(isDim) {
    this.scene.environmentIntensity = isDim ? AROUND_DIM : AROUND;
    for (const child of this.gallery.room.children) if (child.isLight) child.visible = !isDim;
  }

  tap(x, y) {
    if (this.tools.takes(x, y)) return;
    const ray = new Raycaster();
    this.scene.updateMatrixWorld(); // what has come since the last frame lies where it belongs, too
    ray.setFromCamera(new Vector2(x, y), this.camera);
    const hit = this.pick(ray);
    if (hit?.door) return this.enterRoom(hit.door);
    if (hit?.spot) return this.captions.read(hit.spot, hit.place.userData.thing);
    if (hit) this.focus(hit.place.userData.thing.key);
  }

  /** The nearest object, label, panel or door that a ray meets. */
  pick(ray) {
    const [hit] = ray.intersectObjects([...this.places.values(), ...this.doors], true);
    if (!hit) return null;
    let place = hit.object;
    while (!place.userData.thing && !place.userData.door) place = place.parent;
    const spot = hit.object.userData.spots?.[hit.instanceId];
    return { place, door: place.userData.door, spot, distance: hit.distance };
  }

  /** A button for each room; the one that one is in is marked. */
  showDoors() {
    const bar = this.root.querySelector("[data-doors]");
    bar.hidden = this.plan.rooms.length === 0;
    bar.replaceChildren(...this.plan.rooms.map((one) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "button", textContent: this.captions.said(one.names) || one.key });
      if (one.key === this.plan.room) button.setAttribute("aria-current", "true");
      button.addEventListener("click", () => this.enterRoom(one.key));
      return button;
    }));
  }

  listen() {
    const acts = {
      overview: () => this.overview(),
      tour: () => this.tour.begin(),
      next: () => this.tour.step(1),
      previous: () => this.tour.step(-1),
      "end-tour": () => this.tour.end(),
      retry: () => this.supply.retry(),
      listen: () => this.narration.toggle(),
      full: () => (document.fullscreenElement ? document.exitFullscreen() : this.root.requestFullscreen?.()),
    };
    this.root.addEventListener("click", (event) => acts[event.target.closest("[data-act]")?.dataset.act]?.());
    for (const button of document.querySelectorAll("[data-focus]")) {
      button.addEventListener("click", () => {
        this.root.scrollIntoView({ block: "nearest" });
        this.focus(button.dataset.focus, button.dataset.in || undefined);
      });
    }
    addEventListener("offline", () => this.captions.warn(this.words.offline));
    addEventListener("online", () => {
      this.captions.warn("");
      this.supply.retry();
    });
    for (const name of ["overview", "full"]) this.root.querySelector(`[data-act=${name}]`).hidden = false;
  }

  say(text) {
    this.captions.say(text);
  }

  /** What a headset's table says stands over the page while the room is away. */
  tell(text) {
    this.captions.warn(text);
    this.say(text);
  }

  afterAr() {
    this.renderer.setAnimationLoop((now) => this.frame(now));
    this.resize();
    this.redraw();
  }

  /** The graphics card is gone: words say why nothing moves. */
  pause() {
    this.root.dataset.state = "lost";
    this.captions.warn(this.words.lost);
  }

  resume() {
    this.captions.warn("");
    this.root.dataset.state = "ready";
    this.redraw();
  }

  fail(text) {
    this.root.dataset.state = "failed";
    this.status.hidden = false;
    this.status.querySelector("progress").hidden = true;
    this.status.querySelector("p").textContent = text;
    this.say(text);
  }
}

/** Leave out the files of a bundle, by their paths, that the museum has taken back. */
function withoutFiles(plan, gone) {
  const heard = (one) => ({ ...one, narrations: Object.fromEntries(Object.entries(one.narrations).filter(([, sound]) => !gone.has(sound.url))) });
  const left = (address) => (gone.has(address) ? "" : address);
  const shown = (thing) => ({
    ...heard(thing),
    model: gone.has(thing.model?.url) ? null : thing.model,
    picture: left(thing.picture),
    hotspots: thing.hotspots.map((spot) => ({ ...spot, picture: left(spot.picture) })),
  });
  const rooms = plan.rooms.map((room) => ({ ...room, backdrop: left(room.backdrop) }));
  return { ...heard(plan), objects: plan.objects.map(shown), tour: plan.tour.map(heard), rooms };
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
  root.room.started = root.room.start();
}
