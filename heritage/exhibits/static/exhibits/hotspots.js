// Place hotspots on a model: click where, say what, put in order, save all at once.
//
// Positions are those on the loaded file; the server takes them to the master's frame.
// What is not saved is kept in this browser until it is.

import { MathUtils, PerspectiveCamera, Raycaster, Scene, Spherical, Vector2, Vector3 } from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { loadModel, measure, prepareMaps } from "../pages/models.js";
import { followSize, keyLight, lightFromAround, makeRenderer } from "../pages/studio.js";
import { listenForTaps } from "../pages/taps.js";

const TURN_RAD = Math.PI / 24;
const FIELDS = ["title_zh", "title_en", "text_zh", "text_en", "fact", "image"];
const isChinese = document.documentElement.lang.startsWith("zh");

const root = document.querySelector("[data-hotspots]");
const page = JSON.parse(document.getElementById("hotspots-data").textContent);
const view = root.querySelector(".hotspots-view");
const canvas = root.querySelector("canvas");
const pins = root.querySelector(".hotspots-pins");
const list = root.querySelector(".hotspots-list");
const form = root.querySelector(".hotspots-form");
const say = root.querySelector(".upright-say");
const part = (name) => root.querySelector(`[data-${name}]`);
const draftKey = `hotspots:${location.pathname}`;

const renderer = makeRenderer(canvas, { alpha: true });
prepareMaps(renderer);
const scene = new Scene();
const camera = new PerspectiveCamera(30, 1, 0.001, 100);
const controls = new OrbitControls(camera, canvas);
camera.add(keyLight(1.6));
scene.add(camera);
lightFromAround(scene, 0.75).then(draw);

let spots = page.hotspots;
let seen = page.seen;
let chosen = -1;
let isMoving = false;
let model = null;
const past = [];

/** Remember how it was, change it, show it, and keep it in this browser. */
function change(act, { isTyping = false } = {}) {
  if (!isTyping || !past.length || past.at(-1).field !== isTyping) past.push({ spots: structuredClone(spots), chosen, field: isTyping });
  act();
  localStorage.setItem(draftKey, JSON.stringify({ seen, spots }));
  part("save").disabled = false;
  say.textContent = page.words.unsaved;
  show();
}

function undo() {
  const last = past.pop();
  if (!last) return;
  ({ spots, chosen } = last);
  localStorage.setItem(draftKey, JSON.stringify({ seen, spots }));
  part("save").disabled = false;
  show();
}

function choose(number) {
  chosen = number;
  isMoving = false;
  show();
}

const titleOf = (spot) => (isChinese ? spot.title_zh || spot.title_en : spot.title_en || spot.title_zh) || page.words.untitled;

function show() {
  list.replaceChildren(...spots.map((spot, number) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = titleOf(spot);
    button.classList.toggle("unseen", !spot.is_shown);
    button.setAttribute("aria-current", String(number === chosen));
    button.addEventListener("click", () => { choose(number); lookAt(spots[number]); });
    const item = document.createElement("li");
    item.append(button);
    return item;
  }));
  pins.replaceChildren(...spots.map((spot, number) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = number + 1;
    button.title = titleOf(spot);
    button.setAttribute("aria-current", String(number === chosen));
    button.addEventListener("click", () => choose(number));
    return button;
  }));
  const spot = spots[chosen];
  form.hidden = !spot;
  view.classList.toggle("picking", isMoving);
  if (spot) {
    for (const name of FIELDS) if (form.elements[name].value !== spot[name]) form.elements[name].value = spot[name];
    form.elements.is_shown.checked = spot.is_shown;
    part("up").disabled = chosen === 0;
    part("down").disabled = chosen === spots.length - 1;
  }
  part("undo").disabled = past.length === 0;
  root.dataset.count = spots.length;
  draw();
}

function draw() {
  requestAnimationFrame(() => {
    renderer.render(scene, camera);
    pinDown();
  });
}

/** Set each pin over its place; paler where the place looks away. */
function pinDown() {
  const { clientWidth: width, clientHeight: height } = view;
  [...pins.children].forEach((pin, number) => {
    const at = new Vector3(...spots[number].position);
    const away = camera.position.clone().sub(at).dot(new Vector3(...spots[number].normal)) < 0;
    at.project(camera);
    pin.style.transform = `translate(${((at.x + 1) * width) / 2}px, ${((1 - at.y) * height) / 2}px) translate(-50%, -50%)`;
    pin.classList.toggle("behind", away);
  });
}

function hitAt(x, y) {
  const ray = new Raycaster();
  camera.updateWorldMatrix(true, false); // where it stands now, not where it stood when last drawn
  ray.setFromCamera(new Vector2(x, y), camera);
  const [hit] = ray.intersectObject(model, true);
  if (!hit) return null;
  const normal = hit.face.normal.clone().transformDirection(hit.object.matrixWorld);
  return { position: hit.point.toArray(), normal: normal.toArray() };
}

/** A click on the model: a new hotspot, or the new place of the one in hand. */
function placeAt(x, y) {
  const hit = model && hitAt(x, y);
  if (!hit) return;
  if (isMoving && spots[chosen]) {
    isMoving = false;
    change(() => Object.assign(spots[chosen], hit));
    return;
  }
  const blank = Object.fromEntries(FIELDS.map((name) => [name, ""]));
  change(() => {
    spots.push({ key: "", ...blank, ...hit, is_shown: page.mayShow });
    chosen = spots.length - 1;
  });
  form.elements[isChinese ? "title_zh" : "title_en"].focus();
}

function lookAt(spot) {
  const middle = controls.target;
  const away = camera.position.distanceTo(middle);
  const way = new Vector3(...spot.normal).setLength(away);
  camera.position.copy(middle).add(way);
  controls.update();
  draw();
}

function swap(step) {
  const other = chosen + step;
  if (other < 0 || other >= spots.length) return;
  change(() => {
    [spots[chosen], spots[other]] = [spots[other], spots[chosen]];
    chosen = other;
  });
}

async function save() {
  part("save").disabled = true;
  say.textContent = page.words.saving;
  let answer;
  try {
    answer = await fetch(location.href, {
      method: "POST",
      headers: { "X-CSRFToken": root.dataset.token, "Content-Type": "application/json" },
      body: JSON.stringify({ run: page.run, seen, hotspots: spots }),
    });
  } catch {
    say.textContent = page.words.offline;
    part("save").disabled = false;
    return;
  }
  const said = await answer.json().catch(() => ({ detail: `${answer.status} ${answer.statusText}` }));
  if (!answer.ok) {
    say.textContent = said.detail;
    part("save").disabled = false;
    return;
  }
  ({ seen, hotspots: spots } = said);
  past.length = 0;
  localStorage.removeItem(draftKey);
  say.textContent = page.words.saved;
  root.dataset.state = "saved";
  show();
}

function frame({ middle, radius }) {
  const distance = (1.1 * radius) / Math.sin(MathUtils.degToRad(camera.fov / 2));
  controls.target.copy(middle);
  camera.position.copy(middle).add(new Vector3(0, 0.2, 1).setLength(distance));
  camera.near = radius / 100;
  camera.far = radius * 100;
  camera.updateProjectionMatrix();
  controls.update();
}

function onKey(event) {
  const turns = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  if (event.key === "Enter") {
    event.preventDefault();
    placeAt(0, 0);
  } else if (turns[event.key]) {
    event.preventDefault();
    const place = new Spherical().setFromVector3(camera.position.clone().sub(controls.target));
    place.theta += turns[event.key][0] * TURN_RAD;
    place.phi += turns[event.key][1] * TURN_RAD;
    camera.position.setFromSpherical(place.makeSafe()).add(controls.target);
    controls.update();
  }
}

/** Take up what was not saved when this page was left, if nobody has saved since. */
function takeUp() {
  const kept = JSON.parse(localStorage.getItem(draftKey) ?? "null");
  if (!kept) return false;
  if (kept.seen !== seen) {
    localStorage.removeItem(draftKey);
    return false;
  }
  spots = kept.spots;
  part("save").disabled = false;
  return true;
}

listenForTaps(canvas, placeAt);
canvas.addEventListener("keydown", onKey);
controls.addEventListener("change", draw);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", (event) => {
  const { name, type, value, checked } = event.target;
  change(() => (spots[chosen][name] = type === "checkbox" ? checked : value), { isTyping: `${chosen}:${name}` });
});
part("move").addEventListener("click", () => {
  isMoving = true;
  say.textContent = page.words.move;
  view.classList.add("picking");
});
part("up").addEventListener("click", () => swap(-1));
part("down").addEventListener("click", () => swap(1));
part("remove").addEventListener("click", () => change(() => {
  spots.splice(chosen, 1);
  chosen = Math.min(chosen, spots.length - 1);
}));
part("undo").addEventListener("click", undo);
part("save").addEventListener("click", save);
part("shown").hidden = !page.mayShow;
part("pictures").hidden = page.images.length === 0;
form.elements.fact.append(...page.facts.map(([value, label]) => new Option(label, value)));
form.elements.image.append(...page.images.map(({ key, title }) => new Option(title, key)));
addEventListener("beforeunload", (event) => !part("save").disabled && event.preventDefault());
followSize(view, renderer, camera, draw);

try {
  model = await loadModel(page.model);
  scene.add(model);
  model.updateMatrixWorld(true);
  frame(measure(model));
  say.textContent = takeUp() ? page.words.kept : page.words.ready;
  root.dataset.state = "ready";
  show();
} catch (error) {
  console.error(error);
  say.textContent = page.words.failed;
  root.dataset.state = "failed";
}
