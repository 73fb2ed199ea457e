// Arrange an exhibit: drag things over the floor, turn them, snap; see what the room costs.
//
// The room is the visitors' own (pages/gallery.js). While a thing is dragged only its group
// moves; when it is let go the room is built anew around it.

import {
  BoxHelper, Color, MathUtils, PerspectiveCamera, Plane, Raycaster, Scene, Vector2, Vector3,
} from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { buildGallery, standModel } from "../pages/gallery.js";
import { loadModel, prepareMaps } from "../pages/models.js";
import { followSize, lightFromAround, makeRenderer } from "../pages/studio.js";
import { placeOn } from "../pages/taps.js";

const STEP_M = 0.1;
const FINE_M = 0.01;
const TURN_DEG = 15;
const AT_ONCE = 3;
const MIB = 1024 ** 2;
const BY_HAND = "hand";
const FLOOR = new Plane(new Vector3(0, 1, 0), 0);

const root = document.querySelector("[data-arrange]");
const page = JSON.parse(document.getElementById("arrange-data").textContent);
const language = document.documentElement.lang.startsWith("zh") ? "zh-Hans" : "en";
const view = root.querySelector(".arrange-view");
const canvas = root.querySelector("canvas");
const list = root.querySelector(".arrange-list");
const form = root.querySelector(".arrange-form");
const say = root.querySelector(".upright-say");
const part = (name) => root.querySelector(`[data-${name}]`);
const draftKey = `arrange:${page.here}`;
const said = (texts) => texts[language] || Object.values(texts)[0] || "";

const renderer = makeRenderer(canvas);
prepareMaps(renderer);
const scene = new Scene();
const camera = new PerspectiveCamera(50, 1, 0.05, 400);
const controls = new OrbitControls(camera, canvas);
scene.add(camera);
lightFromAround(scene, 0.55).then(draw);

let plan = page.scene;
let { layout, seen, heights } = page;
let chosen = "";
let gallery = null;
let frame = null;
let held = null;
const models = new Map();
const past = [];

const snapped = (value, step) => (part("snap").checked ? Math.round(value / step) * step : value);
const round = (value) => Math.round(value * 1000) / 1000;
const turnOf = (thing) => MathUtils.radToDeg(2 * Math.atan2(thing.transform.rotation[1], thing.transform.rotation[3]));
const thingOf = (key) => plan.objects.find((thing) => thing.key === key);
const state = () => structuredClone({ plan, layout, heights });

function remember() {
  past.push(state());
}

function changed() {
  localStorage.setItem(draftKey, JSON.stringify({ seen, ...state() }));
  part("save").disabled = false;
  say.textContent = page.words.unsaved;
  build();
}

function take(kept) {
  ({ plan, layout, heights } = kept);
  part("mood").value = plan.mood;
}

/** Build the visitors' room around things as they stand now, with the models that are there. */
function build() {
  if (gallery) scene.remove(gallery.room);
  gallery = buildGallery(plan, language, page.words);
  scene.background = new Color(gallery.background);
  scene.add(gallery.room);
  for (const [key, model] of models) {
    const place = gallery.places.get(key);
    if (place) standModel(place, model);
  }
  show();
}

function show() {
  list.replaceChildren(...plan.objects.map((thing) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = said(thing.names);
    button.setAttribute("aria-current", String(thing.key === chosen));
    button.addEventListener("click", () => choose(thing.key));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }));
  const thing = thingOf(chosen);
  form.hidden = !thing;
  if (frame) scene.remove(frame);
  frame = null;
  if (thing) {
    const { position: [x, , z], scale } = thing.transform;
    const values = { x: round(x), z: round(z), turn: Math.round(turnOf(thing)), scale, height: heights[chosen] ?? 0 };
    for (const [name, value] of Object.entries(values)) if (document.activeElement !== form.elements[name]) form.elements[name].value = value;
    frame = new BoxHelper(gallery.places.get(chosen), 0xd9a441);
    scene.add(frame);
  }
  for (const button of root.querySelectorAll("button[data-layout]")) button.setAttribute("aria-pressed", String(button.dataset.layout === layout));
  part("undo").disabled = past.length === 0;
  root.dataset.chosen = chosen;
  root.dataset.layout = layout;
  draw();
}

function choose(key) {
  chosen = key;
  show();
}

/** Set a thing's place; from then on the room is arranged by hand. */
function set(key, { x, z, turn, scale, height }) {
  const { transform } = thingOf(key);
  const [oldX, y, oldZ] = transform.position;
  transform.position = [x ?? oldX, height > 0 ? height : y, z ?? oldZ];
  if (turn !== undefined) {
    const half = MathUtils.degToRad(turn) / 2;
    transform.rotation = [0, Math.sin(half), 0, Math.cos(half)];
  }
  if (scale) transform.scale = scale;
  if (height !== undefined) heights[key] = height;
  layout = BY_HAND;
  plan.signs = [];
}

function draw() {
  requestAnimationFrame(() => renderer.render(scene, camera));
}

function rayAt(event) {
  const { x, y } = placeOn(canvas, event);
  const ray = new Raycaster();
  camera.updateWorldMatrix(true, false); // where it stands now, not where it stood when last drawn
  ray.setFromCamera(new Vector2(x, y), camera);
  return ray;
}

function onDown(event) {
  if (event.button) return;
  const ray = rayAt(event);
  const [hit] = ray.intersectObjects([...gallery.places.values()], true);
  if (!hit) return;
  let place = hit.object;
  while (!place.userData.thing) place = place.parent;
  const on = ray.ray.intersectPlane(FLOOR, new Vector3());
  if (!on) return;
  controls.enabled = false;
  canvas.setPointerCapture(event.pointerId);
  held = { place, key: place.userData.thing.key, apart: place.position.clone().sub(on), isMoved: false };
  choose(held.key);
}

function onMove(event) {
  const on = held && rayAt(event).ray.intersectPlane(FLOOR, new Vector3());
  if (!on) return;
  if (!held.isMoved) remember();
  held.isMoved = true;
  held.place.position.x = snapped(on.x + held.apart.x, STEP_M);
  held.place.position.z = snapped(on.z + held.apart.z, STEP_M);
  frame?.update();
  draw();
}

function onUp() {
  controls.enabled = true;
  if (held?.isMoved) {
    set(held.key, { x: round(held.place.position.x), z: round(held.place.position.z) });
    changed();
  }
  held = null;
}

function onKey(event) {
  const step = event.shiftKey ? FINE_M : STEP_M;
  const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  const turns = { "[": TURN_DEG, "]": -TURN_DEG };
  const thing = thingOf(chosen);
  if (!thing || (!moves[event.key] && !turns[event.key])) return;
  event.preventDefault();
  remember();
  const [x, , z] = thing.transform.position;
  if (moves[event.key]) set(chosen, { x: round(x + moves[event.key][0]), z: round(z + moves[event.key][1]) });
  else set(chosen, { turn: Math.round(turnOf(thing) + turns[event.key]) });
  changed();
}

async function arrangeAs(name) {
  const answer = await fetch(`${page.here}&layout=${name}`);
  if (!answer.ok) return;
  const { meters, ...tried } = await answer.json();
  remember();
  plan = { ...tried, mood: plan.mood };
  layout = name;
  changed();
  showMeters(meters);
  look("above");
}

function look(from) {
  const { left, right, front, back } = gallery.area;
  const middle = new Vector3((left + right) / 2, 0.8, (front + back) / 2);
  const wide = Math.max(right - left, front - back);
  camera.position.copy(from === "above" ? middle.clone().add({ x: 0, y: wide * 1.05, z: wide * 0.35 }) : new Vector3(middle.x, 1.6, front - 0.4));
  controls.target.copy(middle);
  controls.update();
  draw();
}

async function save() {
  part("save").disabled = true;
  say.textContent = page.words.saving;
  const places = layout !== BY_HAND ? [] : plan.objects.map((thing) => ({
    key: thing.key, x_m: round(thing.transform.position[0]), y_m: heights[thing.key] ?? 0, z_m: round(thing.transform.position[2]),
    turn_deg: round(turnOf(thing)), scale: thing.transform.scale,
  }));
  let answer;
  try {
    answer = await fetch(page.here, {
      method: "POST",
      headers: { "X-CSRFToken": root.dataset.token, "Content-Type": "application/json" },
      body: JSON.stringify({ seen, layout, mood: plan.mood, places }),
    });
  } catch {
    say.textContent = page.words.offline;
    part("save").disabled = false;
    return;
  }
  const told = await answer.json().catch(() => ({ detail: `${answer.status} ${answer.statusText}` }));
  if (!answer.ok) {
    say.textContent = told.detail;
    part("save").disabled = false;
    return;
  }
  seen = told.seen;
  showMeters(told.meters);
  localStorage.removeItem(draftKey);
  say.textContent = page.words.saved;
  root.dataset.state = "saved";
}

/** Beside each figure what it may be; which things had to be made coarser. */
function showMeters(meters) {
  const number = new Intl.NumberFormat(language);
  part("meters").replaceChildren(...meters.map((meter) => {
    const box = document.createElement("section");
    const title = document.createElement("h3");
    title.textContent = said(meter.titles);
    const rows = ["triangles", "draws", "gpu_bytes"].map((name) => {
      const [value, limit] = [meter.sums[name], meter.budget[name]];
      const shown = (count) => (name === "gpu_bytes" ? `${number.format(Math.round(count / MIB))} MiB` : number.format(count));
      const label = document.createElement("label");
      const bar = document.createElement("meter");
      Object.assign(bar, { min: 0, max: limit, value, high: limit * 0.85, low: 0 });
      label.append(`${page.words[name]}: ${shown(value)} / ${shown(limit)}`, bar);
      return label;
    });
    const note = document.createElement("p");
    const notes = ["coarser", "leftOut"].filter((name) => meter[name]).map((name) => page.words[name].replace("{count}", meter[name]));
    note.textContent = notes.join(", ") || page.words.fits;
    note.className = meter.leftOut ? "bad" : "good";
    box.append(title, ...rows, note);
    return box;
  }));
}

/** Fetch the coarsest model of each thing: arranging needs no more. */
async function fill() {
  const waiting = plan.objects.filter((thing) => thing.model);
  const worker = async () => {
    for (let thing = waiting.shift(); thing; thing = waiting.shift()) {
      const coarsest = [thing.model, ...thing.alternatives].reduce((a, b) => (b.triangles < a.triangles ? b : a));
      const model = await loadModel(coarsest.url);
      models.set(thing.key, model);
      standModel(gallery.places.get(thing.key), model);
      draw();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function takeUp() {
  const kept = JSON.parse(localStorage.getItem(draftKey) ?? "null");
  if (!kept) return false;
  if (kept.seen !== seen) {
    localStorage.removeItem(draftKey);
    return false;
  }
  take(kept);
  part("save").disabled = false;
  return true;
}

canvas.addEventListener("pointerdown", onDown);
canvas.addEventListener("pointermove", onMove);
for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, onUp);
canvas.addEventListener("keydown", onKey);
list.addEventListener("keydown", onKey);
controls.addEventListener("change", draw);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", (event) => {
  const { name, valueAsNumber: value } = event.target;
  if (!event.target.checkValidity() || Number.isNaN(value)) return event.target.reportValidity();
  remember();
  set(chosen, { [name]: value });
  changed();
});
root.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-layout], button[data-look]");
  if (button?.dataset.layout) arrangeAs(button.dataset.layout);
  if (button?.dataset.look) look(button.dataset.look);
});
part("mood").addEventListener("change", () => {
  remember();
  plan.mood = part("mood").value;
  changed();
});
part("undo").addEventListener("click", () => {
  take(past.pop());
  changed();
});
part("save").addEventListener("click", save);
addEventListener("beforeunload", (event) => !part("save").disabled && event.preventDefault());
followSize(view, renderer, camera, draw);

try {
  const isBack = takeUp();
  showMeters(page.meters);
  build();
  look("above");
  say.textContent = page.words.loading;
  await fill();
  say.textContent = isBack ? page.words.kept : page.words.ready;
  root.dataset.state = "ready";
} catch (error) {
  console.error(error);
  say.textContent = page.words.failed;
  root.dataset.state = "failed";
}
