// The room in a headset: enter and leave, point at an object to read of it, at the floor to go there.

import {
  BufferGeometry, Group, Line, LineBasicMaterial, Mesh, MeshBasicMaterial, Raycaster, RingGeometry, Vector3,
} from "three";
import { Holding } from "./holding.js";
import { hotspotLines, labelLines, makeCard } from "./labels.js";
import { Vignette } from "./vignette.js";

const REACH_M = 12;
const CARD = { width: 0.9, height: 0.6, pixels: 1024 };
const PLATE = { width: 0.34, height: 0.1, pixels: 512 };
const EYE_M = 1.6;
const SNAP_RAD = Math.PI / 6;
const STICK = 0.7; // how far a stick must be pushed

export class Headset {
  /** `room` gives renderer, scene, camera, places, area, language, words. */
  constructor(room, button) {
    this.room = room;
    this.button = button;
    this.rig = new Group();
    this.ray = new Raycaster();
    this.hands = [];
    this.frames = 0;
    this.holding = new Holding(room);
    this.vignette = new Vignette(room.camera);
    room.renderer.xr.enabled = true;
    room.scene.add(this.rig);
    this.marker = new Mesh(new RingGeometry(0.16, 0.2, 32).rotateX(-Math.PI / 2), new MeshBasicMaterial({ color: 0x9fdccb }));
    this.marker.visible = false;
    room.scene.add(this.marker);
    button.addEventListener("click", () => this.toggle());
    this.check();
  }

  async check() {
    const isThere = await navigator.xr?.isSessionSupported("immersive-vr").catch(() => false);
    this.button.disabled = !isThere;
    this.button.title = isThere ? "" : this.room.words.noHeadset;
    this.button.dataset.supported = Boolean(isThere);
  }

  async toggle() {
    if (this.session) return this.session.end();
    try {
      const session = await navigator.xr.requestSession("immersive-vr", { optionalFeatures: ["local-floor", "bounded-floor", "hand-tracking"] });
      await this.enter(session);
    } catch (error) {
      console.error(error);
      this.room.say(this.room.words.vrFailed);
    }
  }

  async enter(session) {
    const { renderer, camera, walk, root } = this.room;
    this.session = session;
    session.addEventListener("end", () => this.leave());
    this.before = { position: camera.position.clone(), yaw: walk.yaw, pitch: walk.pitch };
    this.rig.position.set(camera.position.x, 0, camera.position.z);
    this.rig.rotation.y = walk.yaw;
    this.rig.add(camera);
    camera.position.set(0, EYE_M, 0);
    camera.rotation.set(0, 0, 0);
    if (!this.hands.length) this.makeHands();
    await renderer.xr.setSession(session);
    this.button.textContent = this.room.words.leaveVr;
    root.dataset.xr = "on";
  }

  /** What belongs to the room that is left behind. */
  leaveRoom() {
    this.holding.letAll();
    this.hideCard();
  }

  /** Stand at the door of the room that was entered, as one stood before. */
  arrive() {
    if (!this.session) return;
    const { camera, walk, area } = this.room;
    camera.position.set(0, EYE_M, 0);
    camera.rotation.set(0, 0, 0);
    this.rig.position.set((area.left + area.right) / 2, 0, area.front - 0.5);
    this.rig.rotation.y = walk.yaw;
    this.before = { position: this.rig.position.clone().setY(EYE_M), yaw: walk.yaw, pitch: 0 };
    this.vignette.close(performance.now());
  }

  leave() {
    const { camera, scene, walk, root } = this.room;
    this.session = null;
    this.holding.letAll();
    this.hideCard();
    this.marker.visible = false;
    scene.add(camera);
    camera.position.copy(this.before.position);
    Object.assign(walk, { yaw: this.before.yaw, pitch: this.before.pitch });
    walk.face();
    this.button.textContent = this.room.words.enterVr;
    root.dataset.xr = "off";
    this.room.resize();
  }

  makeHands() {
    const line = new BufferGeometry().setFromPoints([new Vector3(), new Vector3(0, 0, -1)]);
    for (const number of [0, 1]) {
      const hand = this.room.renderer.xr.getController(number);
      const beam = new Line(line, new LineBasicMaterial({ color: 0x9fdccb }));
      beam.scale.z = REACH_M;
      hand.add(beam);
      hand.userData = { beam, isTurned: false };
      hand.addEventListener("connected", (event) => { hand.userData.source = event.data; });
      hand.addEventListener("disconnected", () => { hand.userData.source = null; });
      hand.addEventListener("select", () => this.select(hand));
      hand.addEventListener("squeezestart", () => this.holding.take(hand, this.pointedAt(hand)?.place));
      hand.addEventListener("squeezeend", () => this.holding.let(hand));
      this.rig.add(hand);
      this.hands.push(hand);
    }
  }

  /** Once a frame in the headset: count it, follow the beams, turn by the sticks. */
  update() {
    this.frames += 1;
    this.room.root.dataset.xrFrames = this.frames;
    this.marker.visible = false;
    for (const hand of this.hands) {
      if (!hand.userData.source) continue;
      const found = this.pointedAt(hand);
      hand.userData.beam.scale.z = found ? found.distance : REACH_M;
      if (found?.floor) {
        this.marker.visible = true;
        this.marker.position.copy(found.floor).setY(0.01);
      }
      if (!this.holding.isHeld(hand)) this.turnByStick(hand);
    }
    this.holding.update();
    this.vignette.update(performance.now());
    const eye = this.room.camera.getWorldPosition(new Vector3());
    this.card?.lookAt(eye);
  }

  select(hand) {
    const found = this.pointedAt(hand);
    if (found?.plate) return this.room.narration.toggle();
    if (found?.door) return this.room.enterRoom(found.door);
    if (found?.place) return this.showCard(found.place, found.spot);
    this.hideCard();
    if (found?.floor) this.teleport(found.floor);
  }

  /** The object or spot of floor that a hand points at. */
  pointedAt(hand) {
    const from = hand.getWorldPosition(new Vector3());
    const along = hand.getWorldDirection(new Vector3()).negate();
    this.ray.set(from, along);
    this.ray.far = REACH_M;
    const [plate] = this.plate ? this.ray.intersectObject(this.plate) : [];
    if (plate) return { plate: this.plate, distance: plate.distance };
    const hit = this.room.pick(this.ray);
    const distance = along.y < 0 ? -from.y / along.y : Infinity;
    if (hit && hit.distance < distance) return hit;
    if (distance > REACH_M) return null;
    return { floor: from.addScaledVector(along, distance), distance };
  }

  /** Go so that the head, not the middle of the play area, comes to the spot. */
  teleport(spot) {
    const { area, camera } = this.room;
    const head = camera.getWorldPosition(new Vector3());
    const x = Math.min(Math.max(spot.x, area.left + 0.4), area.right - 0.4);
    const z = Math.min(Math.max(spot.z, area.back + 0.4), area.front - 0.4);
    this.rig.position.x += x - head.x;
    this.rig.position.z += z - head.z;
  }

  turnByStick(hand) {
    const axes = hand.userData.source.gamepad?.axes ?? [];
    const push = axes[2] ?? 0;
    if (Math.abs(push) < STICK) { hand.userData.isTurned = false; return; }
    if (hand.userData.isTurned) return;
    hand.userData.isTurned = true;
    const head = this.room.camera.getWorldPosition(new Vector3());
    const turn = -Math.sign(push) * SNAP_RAD;
    const arm = this.rig.position.clone().sub(head).setY(0).applyAxisAngle(new Vector3(0, 1, 0), turn);
    this.rig.position.set(head.x + arm.x, this.rig.position.y, head.z + arm.z);
    this.rig.rotation.y += turn;
    this.vignette.close(performance.now());
  }

  /** Tell of an object, or of the place on it that was pointed at. */
  showCard(place, spot) {
    this.hideCard();
    const { thing } = place.userData;
    const { language, words, aimOf, scene } = this.room;
    this.card = makeCard(spot ? hotspotLines(spot, language) : labelLines(thing, language, words, { isLarge: true }), CARD);
    if (spot) this.room.root.dataset.xrSpot = spot.key;
    const { middle, radius } = aimOf(thing);
    this.card.position.copy(middle).y += Math.min(radius, 0.5) + CARD.height / 2 + 0.08;
    scene.add(this.card);
    this.room.narration.offer(this.room.spokenOf(thing));
    this.showPlate();
    this.room.root.dataset.xrCard = thing.key;
  }

  /** Under the card: to hear what is said of the thing, or to have it stop. */
  showPlate() {
    this.plate = disposed(this.plate);
    const { narration, words } = this.room;
    if (!this.card || !narration.chosen) return;
    const text = narration.isPlaying ? `❚❚ ${words.pause}` : `▶ ${words.listen}`;
    this.plate = makeCard([{ text, size: 0.5, font: "sans-serif", weight: 600 }], PLATE);
    this.plate.position.y = -(CARD.height + PLATE.height) / 2 - 0.02;
    this.card.add(this.plate);
  }

  /** A recording began or stopped: the plate says what pointing at it does now. */
  tellSound() {
    const { isPlaying } = this.room.narration;
    if (!this.card || isPlaying === this.isSounding) return;
    this.isSounding = isPlaying;
    this.showPlate();
  }

  hideCard() {
    if (!this.card) return;
    this.plate = disposed(this.plate);
    this.card = disposed(this.card);
    delete this.room.root.dataset.xrCard;
    delete this.room.root.dataset.xrSpot;
  }
}

/** Take a card away with what it holds on the graphics card. */
function disposed(card) {
  card?.removeFromParent();
  card?.material.map.dispose();
  card?.material.dispose();
  card?.geometry.dispose();
  return null;
}
