// The room itself: floor, walls, plinths, soft light, labels. Few draws, whatever is shown.

import {
  BoxGeometry, CanvasTexture, DirectionalLight, Group, HemisphereLight, IcosahedronGeometry, InstancedMesh, Matrix4,
  Mesh, MeshBasicMaterial, MeshLambertMaterial, AdditiveBlending, PlaneGeometry, Quaternion, Vector3,
} from "three";
import { labelLines, makeCard } from "./labels.js";

const WALL_M = 4.2;
const MARGIN_M = 2.3; // around what is shown
const CARD_M = 0.42; // width at most
const CARD_TILT_RAD = -0.7;
const LOW_STAND_M = 0.6;
const PANEL = { width: 1.8, height: 1.2, pixels: 1024 };
const PANEL_MIDDLE_M = 1.55;
const MARKER = 0.012; // of the object's diagonal
const SMALLEST_MARKER_M = 0.004;
const MARKER_COLOUR = 0x9d2f25;

// What a room looks like: behind everything, floor, walls (null: none), sky light, key light.
const MOODS = {
  dusk: { background: 0x1c1914, floor: 0x77736d, wall: 0x6d6b68, sky: 1.9, key: 0.9 },
  day: { background: 0xe9e6df, floor: 0xc9c3b8, wall: 0xe4e0d8, sky: 2.6, key: 1.2 },
  night: { background: 0x050505, floor: 0x121212, wall: null, sky: 1.7, key: 1.3 },
};
const SIGN = { width: 1.6, height: 0.5 };
const DOOR = { width: 1.15, height: 2.15 };
const DOOR_COLOUR = 0x0d0b09;
const DOOR_SIGN = { width: 1.15, height: 0.28 };

/** Build the room for a scene; `places` maps each object's key to its group. */
export function buildGallery(scene, language, words) {
  const room = new Group();
  const area = areaOf(scene.objects);
  const here = scene.rooms?.find((one) => one.key === scene.room);
  const mood = { ...(MOODS[scene.mood] ?? MOODS.dusk) };
  if (here?.backdrop) mood.wall = null;
  room.add(...walls(area, mood), ...lights(mood));
  for (const sign of scene.signs) room.add(floorSign(sign, language));
  const standing = scene.objects.filter((thing) => thing.stand && thing.is_there);
  if (standing.length) room.add(plinths(standing), pools(standing), contacts(standing));
  const places = new Map();
  for (const thing of scene.objects) {
    const place = placeOf(thing, language, words);
    places.set(thing.key, place);
    room.add(place);
  }
  const doors = doorsOf(scene, area, language, words);
  if (doors.length) room.add(...doors);
  return { room, places, doors, area, background: mood.background, backdrop: here?.backdrop ?? "" };
}

/** Give back what a room holds, once its models are taken off their plinths. */
export function disposeGallery({ room }) {
  room.removeFromParent();
  room.traverse((part) => {
    part.geometry?.dispose();
    for (const material of [part.material ?? []].flat()) {
      material.map?.dispose();
      material.dispose();
    }
    part.dispose?.();
  });
}

/** The doors to the room before, on the left, and to the next, on the right. */
function doorsOf({ rooms = [], room }, area, language, words) {
  const at = rooms.findIndex((one) => one.key === room);
  if (at < 0) return [];
  const z = (area.front + area.back) / 2;
  const before = rooms[at - 1] && doorTo(rooms[at - 1], [area.left + 0.03, z], Math.PI / 2, language, words);
  const next = rooms[at + 1] && doorTo(rooms[at + 1], [area.right - 0.03, z], -Math.PI / 2, language, words);
  return [before, next].filter(Boolean);
}

function doorTo(room, [x, z], turn, language, words) {
  const door = new Group();
  const hole = new Mesh(new PlaneGeometry(DOOR.width, DOOR.height), new MeshBasicMaterial({ color: DOOR_COLOUR }));
  hole.position.y = DOOR.height / 2;
  const name = room.names[language] || Object.values(room.names)[0] || "";
  const text = (words.door ?? "{name}").replace("{name}", name);
  const sign = makeCard([{ text, size: 0.42, font: "serif", weight: 600 }], DOOR_SIGN);
  sign.position.y = DOOR.height + DOOR_SIGN.height / 2 + 0.05;
  door.add(hole, sign);
  door.position.set(x, 0, z);
  door.rotation.y = turn;
  door.userData.door = room.key;
  return door;
}

/** A name that lies on the floor, to be read by who comes in. */
function floorSign(sign, language) {
  const text = sign.names[language] || Object.values(sign.names)[0] || "";
  const card = makeCard([{ text, size: 0.5, font: "serif", weight: 600 }], SIGN);
  card.rotation.x = -Math.PI / 2;
  card.position.set(sign.position[0], 0.006, sign.position[2]);
  return card;
}

/** The rectangle of floor that the room covers: x and z in metres. */
function areaOf(objects) {
  const xs = objects.map((thing) => thing.transform.position[0]);
  const zs = objects.map((thing) => thing.transform.position[2]);
  const sides = objects.map((thing) => (thing.stand ? Math.max(thing.stand.width_m, thing.stand.depth_m) / 2 : 1));
  const most = Math.max(0, ...sides);
  return {
    left: Math.min(0, ...xs) - most - MARGIN_M,
    right: Math.max(0, ...xs) + most + MARGIN_M,
    back: Math.min(0, ...zs) - Math.max(most, 0.6) - 0.8,
    front: Math.max(0, ...zs) + most + MARGIN_M + 1.2,
  };
}

function walls(area, mood) {
  const width = area.right - area.left;
  const depth = area.front - area.back;
  const middle = [(area.left + area.right) / 2, (area.front + area.back) / 2];
  const floor = new Mesh(new PlaneGeometry(width, depth), new MeshLambertMaterial({ color: mood.floor }));
  floor.rotation.x = -Math.PI / 2;
  floor.position.set(middle[0], 0, middle[1]);
  floor.name = "floor";
  if (mood.wall === null) return [floor];
  const wall = new InstancedMesh(new PlaneGeometry(1, 1), new MeshLambertMaterial({ color: mood.wall }), 4);
  const sides = [
    [middle[0], area.back, 0, width], [middle[0], area.front, Math.PI, width],
    [area.left, middle[1], Math.PI / 2, depth], [area.right, middle[1], -Math.PI / 2, depth],
  ];
  const axis = new Vector3(0, 1, 0);
  sides.forEach(([x, z, turn, length], number) => {
    const rotation = new Quaternion().setFromAxisAngle(axis, turn);
    wall.setMatrixAt(number, new Matrix4().compose(new Vector3(x, WALL_M / 2, z), rotation, new Vector3(length, WALL_M, 1)));
  });
  return [floor, wall];
}

function lights(mood) {
  const sky = new HemisphereLight(0xffffff, 0x8d8a85, mood.sky);
  const key = new DirectionalLight(0xfff8ee, mood.key);
  key.position.set(-2, 5, 4);
  return [sky, key];
}

/** Plinths: one draw. */
function plinths(things) {
  const mesh = new InstancedMesh(new BoxGeometry(1, 1, 1), new MeshLambertMaterial({ color: 0xe9e6e0 }), things.length);
  things.forEach((thing, number) => {
    const [x, y, z] = thing.transform.position;
    const height = Math.max(y, 0.01);
    const size = new Vector3(thing.stand.width_m, height, thing.stand.depth_m);
    const rotation = new Quaternion(...thing.transform.rotation);
    mesh.setMatrixAt(number, new Matrix4().compose(new Vector3(x, height / 2, z), rotation, size));
  });
  return mesh;
}

/** On the front of a plinth; before a low one, slanted so that it can be read from above. */
function hangCard(card, thing) {
  const { height_m: height, depth_m: depth } = thing.stand;
  if (height >= LOW_STAND_M) {
    card.position.set(0, height - 0.05 - card.geometry.parameters.height / 2, depth / 2 + 0.003);
  } else {
    card.position.set(0, Math.max(height, 0.16), depth / 2 + 0.16);
    card.rotation.x = CARD_TILT_RAD;
  }
}

/** Pools of light on the floor around each plinth: one draw. */
function pools(things) {
  const material = new MeshBasicMaterial({
    map: radial("rgb(255 244 224 / 34%)", "rgb(255 244 224 / 0%)"), transparent: true, depthWrite: false, blending: AdditiveBlending, toneMapped: false,
  });
  const size = (thing) => 2.2 + 2 * Math.max(thing.stand.width_m, thing.stand.depth_m);
  return discs(things, material, () => 0.004, size);
}

/** A soft shadow where each object touches its plinth: one draw. */
function contacts(things) {
  const material = new MeshBasicMaterial({
    map: radial("rgb(40 34 26 / 62%)", "rgb(40 34 26 / 0%)"), transparent: true, depthWrite: false, toneMapped: false,
  });
  const size = (thing) => Math.min(thing.stand.width_m, thing.stand.depth_m) * 0.98;
  return discs(things, material, (thing) => thing.transform.position[1] + 0.002, size);
}

function discs(things, material, height, size) {
  const mesh = new InstancedMesh(new PlaneGeometry(1, 1).rotateX(-Math.PI / 2), material, things.length);
  things.forEach((thing, number) => {
    const [x, , z] = thing.transform.position;
    const side = size(thing);
    const rotation = new Quaternion(...thing.transform.rotation);
    mesh.setMatrixAt(number, new Matrix4().compose(new Vector3(x, height(thing), z), rotation, new Vector3(side, 1, side)));
  });
  return mesh;
}

function radial(middle, edge) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 128;
  const context = canvas.getContext("2d");
  const fill = context.createRadialGradient(64, 64, 0, 64, 64, 64);
  fill.addColorStop(0, middle);
  fill.addColorStop(1, edge);
  context.fillStyle = fill;
  context.fillRect(0, 0, 128, 128);
  return new CanvasTexture(canvas);
}

/** Where an object stands, with its label or panel; the model is put in later. */
function placeOf(thing, language, words) {
  const place = new Group();
  const [x, y, z] = thing.transform.position;
  place.position.set(x, thing.stand ? 0 : y, z);
  place.quaternion.set(...thing.transform.rotation);
  place.userData.thing = thing;
  if (!thing.is_there) return place; // more than this device can draw: one reads of it in the list
  if (thing.stand) {
    const width = Math.min(thing.stand.width_m * 0.88, CARD_M);
    const card = makeCard(labelLines(thing, language, words), { width, height: width * 0.6 });
    hangCard(card, thing);
    place.add(card);
  } else {
    const panel = makeCard(labelLines(thing, language, words, { isLarge: true }), PANEL);
    panel.position.y = PANEL_MIDDLE_M;
    place.add(panel);
  }
  return place;
}

/** Put a loaded model on its plinth. */
export function standModel(place, model) {
  const { position, scale } = place.userData.thing.transform;
  model.position.y = position[1];
  model.scale.setScalar(scale);
  place.add(model);
  place.userData.model = model;
  const { hotspots } = place.userData.thing;
  if (hotspots.length) model.add(markers(place.userData.thing));
}

/** Take the model off its plinth, with its markers; null where none stands. */
export function takeModel(place) {
  const { model } = place.userData;
  if (!model) return null;
  model.removeFromParent();
  place.userData.model = null;
  return model;
}

/** A small ball at each hotspot of an object: one draw, 80 triangles each. */
function markers(thing) {
  const { hotspots, model: { bounds } } = thing;
  const size = new Vector3(...bounds.max).sub(new Vector3(...bounds.min)).length();
  const radius = Math.min(Math.max(size * MARKER, SMALLEST_MARKER_M / thing.transform.scale), size / 8);
  const mesh = new InstancedMesh(
    new IcosahedronGeometry(radius, 1), new MeshBasicMaterial({ color: MARKER_COLOUR, toneMapped: false }), hotspots.length,
  );
  hotspots.forEach((spot, number) => {
    const at = new Vector3(...spot.position).addScaledVector(new Vector3(...spot.normal), radius * 0.6);
    mesh.setMatrixAt(number, new Matrix4().setPosition(at));
  });
  mesh.userData.spots = hotspots;
  return mesh;
}

/** What to look at: the middle of the model or panel, and how large it is, in metres. */
export function aimOf(thing) {
  const [x, y, z] = thing.transform.position;
  if (!thing.stand) return { middle: new Vector3(x, y + PANEL_MIDDLE_M, z), radius: 0.95 };
  const bounds = thing.model?.bounds ?? { min: [-0.15, 0, -0.15], max: [0.15, 0.3, 0.15] };
  const size = new Vector3(...bounds.max).sub(new Vector3(...bounds.min)).multiplyScalar(thing.transform.scale);
  return { middle: new Vector3(x, y + size.y / 2, z), radius: Math.max(size.length() / 2, 0.04) };
}
