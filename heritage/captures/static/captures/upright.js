// Turn a model until it stands as the object does, then save one transform.
//
// `used` leads from the master's frame to the frame of the loaded file. What the person
// adds is a rotation in that frame; the result is set on the ground and centred again.

import {
  ArrowHelper, AmbientLight, Box3, DirectionalLight, GridHelper, Group, MathUtils, Matrix4,
  PerspectiveCamera, Quaternion, Raycaster, Scene, Vector2, Vector3, WebGLRenderer,
} from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";

import { loadModel, prepareMaps } from "../pages/models.js";
import { followSize } from "../pages/studio.js";
import { placeOn } from "../pages/taps.js";

const AXES = { x: new Vector3(1, 0, 0), y: new Vector3(0, 1, 0), z: new Vector3(0, 0, 1) };
const DOWN = new Vector3(0, -1, 0);
const NO_TURN = new Quaternion();
const RAD_A_PX = 0.008; // of a drag: a hand's width on the screen is a quarter turn
const NO_ANGLE = 1e-6; // radians: what undoing and adding up leave behind

const root = document.querySelector("[data-upright]");
const page = JSON.parse(document.getElementById("upright-data").textContent);
const canvas = root.querySelector("canvas");
const say = root.querySelector(".upright-say");
const part = (name) => root.querySelector(`[data-${name}]`);

const renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true });
renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
const scene = new Scene();
const camera = new PerspectiveCamera(30, 1, 0.001, 100);
const controls = new OrbitControls(camera, canvas);
const holder = new Group();
const light = new DirectionalLight(0xffffff, 2.4);
light.position.set(-0.7, 1.2, 1);
camera.add(light);
scene.add(holder, camera, new AmbientLight(0xffffff, 0.9));

let turned = new Quaternion();
const past = [];

/** Whether it stands as it was loaded, so that nothing needs to be made again. */
function isUnturned() {
  return turned.angleTo(NO_TURN) < NO_ANGLE;
}

function stand() {
  holder.quaternion.copy(turned);
  holder.position.set(0, 0, 0);
  holder.updateMatrixWorld(true);
  if (!isUnturned()) ground();
  part("undo").disabled = past.length === 0;
  draw();
}

/** Set the turned model on the ground, in the middle: exact, vertex by vertex. */
function ground() {
  const box = new Box3().setFromObject(holder, true);
  const middle = box.getCenter(new Vector3());
  holder.position.set(-middle.x, -box.min.y, -middle.z);
  holder.updateMatrixWorld(true);
}

function turn(rotation) {
  past.push(turned.clone());
  turned = rotation.multiply(turned).normalize();
  stand();
}

/** Master to upright: what was used, then the person's rotation and the new standing. */
function result() {
  if (isUnturned()) return page.used;
  const used = new Matrix4().set(...page.used.flat());
  const m = new Matrix4().copy(holder.matrixWorld).multiply(used).elements;
  return [0, 1, 2, 3].map((row) => [0, 1, 2, 3].map((column) => m[4 * column + row]));
}

function draw() {
  requestAnimationFrame(() => renderer.render(scene, camera));
}

/** Give it ground, front and a camera that sees it whole, however it is turned. */
function furnish(box) {
  const size = box.getSize(new Vector3());
  const radius = size.length() / 2;
  const distance = (1.25 * radius) / Math.sin(MathUtils.degToRad(camera.fov / 2));
  const start = new Vector3(0, radius / 500, 0.6 * radius);
  const arrow = new ArrowHelper(AXES.z, start, 0.4 * radius, 0xb3261e, 0.14 * radius, 0.09 * radius);
  scene.add(new GridHelper(3 * radius, 12, 0x8a8578, 0xc9c4b8), arrow);
  controls.target.set(0, 0.42 * size.y, 0);
  camera.position.set(0, 0.42 * size.y + 0.28 * distance, 0.96 * distance);
  camera.near = radius / 100;
  camera.far = radius * 100;
  camera.updateProjectionMatrix();
  controls.update();
}

/** Lay the face that was clicked on the ground. */
function pick(event) {
  const { x, y } = placeOn(canvas, event);
  const ray = new Raycaster();
  camera.updateWorldMatrix(true, false); // where it stands now, not where it stood when last drawn
  ray.setFromCamera(new Vector2(x, y), camera);
  const hit = ray.intersectObject(holder, true)[0];
  if (!hit) return;
  const outward = hit.face.normal.clone().transformDirection(hit.object.matrixWorld);
  press(false);
  turn(new Quaternion().setFromUnitVectors(outward, DOWN));
}

function press(pressed) {
  part("pick").setAttribute("aria-pressed", String(pressed));
  if (pressed) setDragging(false);
}

/** Whether a drag turns the model itself, and not the view of it. */
function setDragging(is) {
  part("drag").setAttribute("aria-pressed", String(is));
  controls.enabled = !is;
  canvas.style.cursor = is ? "grab" : "";
  if (is) part("pick").setAttribute("aria-pressed", "false");
}

/** Turn the model as if a hand rolled it: about what lies across the drag, as it is seen. */
function roll(across, down, twist) {
  camera.updateWorldMatrix(true, false); // before the first frame, too
  const right = new Vector3().setFromMatrixColumn(camera.matrixWorld, 0);
  const up = new Vector3().setFromMatrixColumn(camera.matrixWorld, 1);
  const towards = new Vector3().setFromMatrixColumn(camera.matrixWorld, 2);
  const rolled = new Quaternion().setFromAxisAngle(up, across);
  rolled.multiply(new Quaternion().setFromAxisAngle(right, down));
  return rolled.multiply(new Quaternion().setFromAxisAngle(towards, twist));
}

/** One drag is one step to undo, however many moves it is made of. */
function drag(event) {
  if (part("drag").getAttribute("aria-pressed") !== "true" || event.button !== 0) return;
  canvas.setPointerCapture(event.pointerId);
  const before = turned.clone();
  let last = [event.clientX, event.clientY];
  const move = ({ clientX, clientY, shiftKey }) => {
    const across = (clientX - last[0]) * RAD_A_PX;
    const down = (clientY - last[1]) * RAD_A_PX;
    last = [clientX, clientY];
    turned = (shiftKey ? roll(0, 0, -across) : roll(across, down, 0)).multiply(turned).normalize();
    stand();
  };
  const end = () => {
    canvas.removeEventListener("pointermove", move);
    if (turned.angleTo(before) > NO_ANGLE) past.push(before);
    stand();
  };
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", end, { once: true });
  canvas.addEventListener("pointercancel", end, { once: true });
}

/** Arrows roll the model as it is seen; with Shift by one degree; Page keys twist it. */
function key(event) {
  const angle = MathUtils.degToRad(event.shiftKey ? 1 : 15);
  const turns = {
    ArrowLeft: [-angle, 0, 0], ArrowRight: [angle, 0, 0], ArrowUp: [0, -angle, 0], ArrowDown: [0, angle, 0],
    PageUp: [0, 0, angle], PageDown: [0, 0, -angle],
  };
  if (!turns[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  turn(roll(...turns[event.key]));
}

async function save() {
  part("save").disabled = true;
  say.textContent = page.words.saving;
  const answer = await fetch(location.href, {
    method: "POST",
    headers: { "X-CSRFToken": root.dataset.token, "Content-Type": "application/json" },
    body: JSON.stringify({ matrix: result() }),
  });
  const said = await answer.json();
  if (answer.ok) location.assign(said.next);
  else {
    say.textContent = said.detail;
    part("save").disabled = false;
  }
}

root.addEventListener("click", (event) => {
  const [axis, degrees] = event.target.closest("[data-turn]")?.dataset.turn.split(",") ?? [];
  if (axis) turn(new Quaternion().setFromAxisAngle(AXES[axis], MathUtils.degToRad(Number(degrees))));
});
part("front").addEventListener("click", () => {
  const seen = camera.position.clone().sub(controls.target);
  turn(new Quaternion().setFromAxisAngle(AXES.y, -Math.atan2(seen.x, seen.z)));
  camera.position.set(0, camera.position.y, Math.hypot(seen.x, seen.z));
  controls.update();
  draw();
});
part("pick").addEventListener("click", () => press(part("pick").getAttribute("aria-pressed") !== "true"));
part("drag").addEventListener("click", () => setDragging(part("drag").getAttribute("aria-pressed") !== "true"));
canvas.addEventListener("pointerdown", drag);
canvas.addEventListener("keydown", key);
canvas.addEventListener("click", (event) => part("pick").getAttribute("aria-pressed") === "true" && pick(event));
part("undo").addEventListener("click", () => {
  turned = past.pop();
  stand();
});
part("reset").addEventListener("click", () => turn(turned.clone().invert()));
part("last")?.addEventListener("click", () => {
  const used = new Matrix4().set(...page.used.flat());
  const wanted = new Matrix4().set(...page.last.flat()).multiply(used.invert());
  turn(new Quaternion().setFromRotationMatrix(wanted).multiply(turned.clone().invert()));
});
part("save").addEventListener("click", save);
controls.addEventListener("change", draw);
followSize(canvas.parentElement, renderer, camera, draw);

try {
  prepareMaps(renderer);
  const model = await loadModel(page.model);
  holder.add(model);
  furnish(new Box3().setFromObject(model));
  stand();
  say.textContent = "";
  part("save").disabled = false;
  root.dataset.state = "ready";
} catch (error) {
  console.error(error);
  say.textContent = page.words.failed;
  root.dataset.state = "failed";
}
