// Place scans by hand: thin clouds of all of them, places picked on two, a table cut away.
//
// Every act goes to the server before it shows, so that nothing is lost with the page. Clouds
// are in their scans' own frames; `poses` of the last run lead to its world.

import {
  Box3, Box3Helper, Group, LinearSRGBColorSpace, Matrix4, Mesh, MeshBasicMaterial, PerspectiveCamera, Raycaster, Scene,
  SphereGeometry, Vector2, Vector3, WebGLRenderer,
} from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";

import { followSize } from "../pages/studio.js";
import { listenForTaps } from "../pages/taps.js";
import { cloudOf, hueOf, paintCloud } from "./clouds.js";

const DEEP = 3; // reaches: what lies farther back than that is behind the surface
const REACH = 0.004; // of the view's size, for a click on a point
const TELL_MS = 1000;

const root = document.querySelector("[data-hand]");
const page = JSON.parse(document.getElementById("hand-data").textContent);
const canvas = root.querySelector("canvas");
const say = root.querySelector(".upright-say");
const part = (name) => root.querySelector(`[data-${name}]`);
const words = page.words;

const renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true });
renderer.outputColorSpace = LinearSRGBColorSpace; // colours of points go through as they are
renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
const scene = new Scene();
const camera = new PerspectiveCamera(35, 1, 0.0005, 100);
const controls = new OrbitControls(camera, canvas);
const marks = new Group();
scene.add(marks);
const scans = new Map(); // by name: number, points (an Object3D), places (Float32Array)
const snapped = new Map(); // by name: world matrix that a person's places give
let state = page.state;
let proposed = { planes: [], box: null };
let box = null;
let isPairing = false;
let helper = null;

function matrixOf(rows) {
  return new Matrix4().set(...rows.flat());
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
}

async function ask(path, body) {
  const answer = await fetch(`${page.address}${path}`, body && {
    method: "POST", body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-CSRFToken": root.dataset.token },
  });
  const told = await answer.json();
  if (answer.ok) return told;
  throw new Error(told.detail ?? words.failed);
}

/** Keep an act; what stands then is what shows. */
async function act(kind, data) {
  try {
    state = await ask("act/", { after: state.after, kind, data });
    say.textContent = words.saved;
    root.dataset.after = state.after;
    show();
    return true;
  } catch (error) {
    say.textContent = error.message;
    return false;
  }
}

/** What the person has cut: planes in a scan's own frame, boxes in the run's world. */
function isCut(name, own, world) {
  for (const plane of state.said.planes) {
    if (plane.scan === name && plane.normal.reduce((sum, n, k) => sum + n * (own.getComponent(k) - plane.point[k]), 0) < 0) return true;
  }
  if (!world) return false;
  return state.said.boxes.some((one) => {
    const inside = one.min.every((low, k) => low <= world.getComponent(k) && world.getComponent(k) <= one.max[k]);
    return inside !== one.keep;
  });
}

function cut(name) {
  const { cloud, places } = scans.get(name);
  const pose = page.poses[name] && matrixOf(page.poses[name]);
  const kept = [];
  const own = new Vector3();
  const world = new Vector3();
  for (let k = 0; k < places.length / 3; k += 1) {
    own.fromArray(places, 3 * k);
    if (!isCut(name, own, pose && world.copy(own).applyMatrix4(pose))) kept.push(k);
  }
  cloud.geometry.setIndex(kept);
  return places.length / 3 - kept.length;
}

function poseOf(name) {
  if (snapped.has(name)) return snapped.get(name);
  return page.poses[name] ? matrixOf(page.poses[name]) : null;
}

function pair() {
  return [part("first").value, part("second").value];
}

function picksOf(first, second) {
  const found = state.said.pairs.find((one) => one.first === first && one.second === second);
  return found ? found.picks : [[], []];
}

/** Two scans beside each other while places are picked, all that are placed otherwise. */
function arrange() {
  const [first, second] = pair();
  const left = new Set(state.said.left_out);
  for (const [name, { cloud }] of scans) {
    const isTwo = isPairing && (name === first || name === second);
    const pose = poseOf(name);
    cloud.visible = isPairing ? isTwo : !left.has(name) && pose !== null;
    paintCloud(cloud, isPairing);
    if (!isTwo) cloud.matrix.copy(pose ?? new Matrix4());
  }
  if (isPairing && first !== second) layBeside(first, second);
  if (helper) helper.visible = !isPairing; // it lies in the world, and each of the two in its own frame
  for (const { cloud } of scans.values()) cloud.matrixWorldNeedsUpdate = true;
  scene.updateMatrixWorld(true);
  mark();
  draw();
}

/** Each in its own frame, the camera as its scanner saw it; the second to the right. */
function layBeside(first, second) {
  const boxes = [first, second].map((name) => scans.get(name).cloud.geometry.boundingBox);
  const gap = Math.max(...boxes.map((one) => one.getSize(new Vector3()).x)) * 0.15;
  [first, second].forEach((name, side) => {
    const middle = boxes[side].getCenter(new Vector3()).negate();
    const width = boxes[side].getSize(new Vector3()).x;
    scans.get(name).cloud.matrix.makeTranslation(middle.x + (side ? 1 : -1) * (width + gap) / 2, middle.y, middle.z);
  });
}

function mark() {
  marks.clear();
  if (!isPairing) return;
  const [first, second] = pair();
  const size = sizeOfView() * 0.006;
  picksOf(first, second).forEach((picks, side) => picks.forEach((place, number) => {
    const ball = new Mesh(new SphereGeometry(size, 12, 8), new MeshBasicMaterial({ color: hueOf(number, 0.9, 0.45) }));
    ball.position.fromArray(place).applyMatrix4(scans.get(side ? second : first).cloud.matrix);
    marks.add(ball);
  }));
}

function visibleBox() {
  const all = new Box3();
  for (const { cloud } of scans.values()) {
    if (cloud.visible) all.union(cloud.geometry.boundingBox.clone().applyMatrix4(cloud.matrix));
  }
  return all;
}

function sizeOfView() {
  return visibleBox().getSize(new Vector3()).length() || 1;
}

function look() {
  const all = visibleBox();
  if (all.isEmpty()) return;
  const middle = all.getCenter(new Vector3());
  const away = all.getSize(new Vector3()).length() * (isPairing ? 1.7 : 1.5) / Math.min(1, camera.aspect);
  controls.target.copy(middle);
  camera.position.copy(middle).add(new Vector3(isPairing ? 0 : 0.5, isPairing ? 0 : 0.4, 1).setLength(away));
  camera.near = away / 100;
  camera.far = away * 20;
  camera.updateProjectionMatrix();
  controls.update();
}

function draw() {
  renderer.render(scene, camera);
}

/** The foremost shown point of the two scans under the pointer, in its scan's own frame. */
function pointAt(x, y) {
  const ray = new Raycaster();
  ray.setFromCamera(new Vector2(x, y), camera);
  ray.params.Points.threshold = sizeOfView() * REACH;
  for (const name of pair()) {
    // What a person sees is in front: of that, the nearest to the pointer.
    const hits = ray.intersectObject(scans.get(name).cloud);
    const front = Math.min(...hits.map((one) => one.distance)) + DEEP * ray.params.Points.threshold;
    const [hit] = hits.filter((one) => one.distance < front).sort((a, b) => a.distanceToRay - b.distanceToRay);
    if (hit) {
      const place = new Vector3().fromArray(scans.get(name).places, 3 * hit.index);
      return { side: name === pair()[0] ? "first" : "second", place: place.toArray() };
    }
  }
  return null;
}

async function pick(x, y) {
  const found = pointAt(x, y);
  const [first, second] = pair();
  if (!found || first === second) return;
  if (!await act("point", { first, second, ...found })) return;
  const [mine, theirs] = picksOf(first, second);
  if (mine.length === theirs.length && mine.length >= 3) await snap(first, second);
}

async function snap(first, second) {
  say.textContent = words.snapping;
  root.dataset.snapped = "";
  try {
    const found = await ask("snap/", { first, second });
    if (!found.is_refined) {
      say.textContent = words.unrefined;
      return;
    }
    const onto = poseOf(second) ?? new Matrix4();
    if (!poseOf(second)) snapped.set(second, onto);
    snapped.set(first, onto.clone().multiply(matrixOf(found.motion)));
    say.textContent = fill(words.snapped, { mm: found.rms_mm.toFixed(2), share: Math.round(100 * found.overlap) });
    listScans(); // it has a place now
    root.dataset.snapped = first;
    setPairing(false);
  } catch (error) {
    say.textContent = error.message;
  }
}

function setPairing(is) {
  isPairing = is;
  part("pair").setAttribute("aria-pressed", String(is));
  if (is) say.textContent = words.pick;
  arrange();
  look();
  draw();
}

async function propose() {
  say.textContent = words.looking;
  try {
    proposed = await ask("proposal/");
  } catch (error) {
    say.textContent = error.message;
    return;
  }
  say.textContent = proposed.planes.length ? fill(words.tables, { count: proposed.planes.length }) : words.noTable;
  part("cut-planes").disabled = !proposed.planes.length;
  const all = proposed.box ?? { min: visibleBox().min.toArray(), max: visibleBox().max.toArray() };
  box = new Box3(new Vector3(...all.min), new Vector3(...all.max));
  showBox();
  root.dataset.proposed = String(proposed.planes.length);
}

/** Six sliders, two for each axis. */
function showBox() {
  const around = visibleBox().union(box);
  const sliders = part("box");
  sliders.replaceChildren();
  for (const axis of ["x", "y", "z"]) {
    sliders.append(Object.assign(document.createElement("span"), { textContent: axis }));
    for (const end of ["min", "max"]) {
      const slider = Object.assign(document.createElement("input"), { type: "range", step: "any", min: around.min[axis], max: around.max[axis], value: box[end][axis] });
      slider.setAttribute("aria-label", `${axis} ${end}`);
      slider.addEventListener("input", () => { box[end][axis] = Number(slider.value); drawBox(); });
      sliders.append(slider);
    }
  }
  sliders.hidden = false;
  part("cut-box").disabled = !page.run;
  drawBox();
}

function drawBox() {
  if (helper) scene.remove(helper);
  helper = new Box3Helper(box, 0x8c2f24);
  scene.add(helper);
  draw();
}

function listScans() {
  const left = new Set(state.said.left_out);
  const lost = new Map(page.lost.map((one) => [one.name, one.nearest]));
  part("scans").replaceChildren(...[...scans].map(([name, scan]) => {
    const row = document.createElement("li");
    row.className = left.has(name) ? "out" : "";
    const picture = Object.assign(document.createElement("img"), { src: `${page.address}clouds/${scan.number}.png`, alt: "" });
    const told = document.createElement("span");
    const swatch = Object.assign(document.createElement("span"), { className: "swatch" });
    swatch.style.background = `#${scan.cloud.userData.tint.getHexString(LinearSRGBColorSpace)}`;
    const label = Object.assign(document.createElement("span"), { className: "name", textContent: name });
    told.append(swatch, label);
    if (!poseOf(name)) {
      const near = lost.get(name);
      const note = Object.assign(document.createElement("small"), { className: "bad", textContent: ` ${words.unplaced}${near ? `, ${words.nearest} ${near}` : ""}` });
      told.append(note);
    }
    const button = Object.assign(document.createElement("button"), { type: "button", className: "work-button small", textContent: left.has(name) ? words.takeIn : words.leaveOut });
    button.addEventListener("click", () => act(left.has(name) ? "take-in" : "leave-out", { scan: name }));
    row.append(picture, told, button);
    return row;
  }));
}

/** Offer the lost scan first, and what it came nearest to. */
function offerPair() {
  const names = [...scans.keys()];
  for (const which of ["first", "second"]) {
    part(which).replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), { value: name, textContent: name })));
  }
  const [lost] = page.lost.filter((one) => scans.has(one.name));
  part("first").value = lost?.name ?? names[1] ?? names[0];
  part("second").value = (lost && scans.has(lost.nearest) && lost.nearest) || names.find((name) => name !== part("first").value) || names[0];
}

function show() {
  let gone = 0;
  for (const name of scans.keys()) gone += cut(name);
  root.dataset.gone = String(gone);
  const [mine, theirs] = picksOf(...pair());
  part("picks").textContent = `${mine.length} / ${theirs.length}`;
  part("undo").disabled = !state.acts.length;
  part("acts").textContent = state.acts.at(-1)?.what ?? "";
  part("aside").textContent = state.aside ? fill(words.aside, { count: state.aside }) : "";
  for (const button of root.querySelectorAll("[data-holes]")) {
    button.setAttribute("aria-pressed", String(state.said.close_holes === (button.dataset.holes === "1")));
  }
  listScans();
  arrange();
}

/** Tell how far the clouds are, once a second, until they have come. */
async function tellShare() {
  try {
    const { percent } = await ask("clouds/share/");
    if (percent !== null) say.textContent = fill(words.preparing, { percent });
  } catch {
    // What is wrong is told by the clouds themselves, which are waited for.
  }
}

async function clouds() {
  const teller = setInterval(tellShare, TELL_MS);
  try {
    return (await ask("clouds/")).scans;
  } finally {
    clearInterval(teller);
  }
}

async function load() {
  const index = await clouds();
  await Promise.all(index.map(async ({ name, number }) => {
    const answer = await fetch(`${page.address}clouds/${number}.bin`);
    if (!answer.ok) throw new Error(words.failed);
    const cloud = cloudOf(await answer.arrayBuffer(), number);
    cloud.geometry.computeBoundingBox();
    scans.set(name, { number, cloud, places: cloud.geometry.getAttribute("position").array });
  }));
  // In the order of the index, however they came.
  for (const { name } of index) {
    const scan = scans.get(name);
    scans.delete(name);
    scans.set(name, scan);
    scene.add(scan.cloud);
  }
}

listenForTaps(canvas, (x, y) => { if (isPairing) pick(x, y); });
controls.addEventListener("change", draw);
followSize(canvas.parentElement, renderer, camera, draw);
part("pair").addEventListener("click", () => setPairing(!isPairing));
for (const which of ["first", "second"]) part(which).addEventListener("change", () => { show(); if (isPairing) look(); draw(); });
part("propose").addEventListener("click", propose);
part("cut-planes").addEventListener("click", () => act("plane", { planes: proposed.planes }));
part("cut-box").addEventListener("click", () => act("box", { min: box.min.toArray(), max: box.max.toArray(), keep: true, run: page.run }));
part("undo").addEventListener("click", () => act("undo", {}));
for (const button of root.querySelectorAll("[data-holes]")) {
  button.addEventListener("click", () => act("holes", { close: button.dataset.holes === "1" }));
}

try {
  await load();
  offerPair();
  show();
  look();
  draw();
  say.textContent = "";
  // Of scans that found no place at all there is nothing to show but two beside each other.
  if (visibleBox().isEmpty() && scans.size > 1) setPairing(true);
  root.dataset.state = "ready";
  for (const { first, second, picks } of page.state.said.pairs) {
    if (Math.min(picks[0].length, picks[1].length) >= 3 && !page.poses[first]) await snap(first, second);
  }
} catch (error) {
  console.error(error);
  say.textContent = error.message;
  root.dataset.state = "failed";
}
