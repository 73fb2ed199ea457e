// Things in the hand: picked up where they stand, turned with the wrist, drawn larger
// between both hands, and back on their plinth when they are let go.

import { Vector3 } from "three";

const LARGEST = 8; // times true scale
const SMALLEST = 0.25;
const BACK = 0.18; // of the way home, each frame

export class Holding {
  constructor(room) {
    this.room = room;
    this.held = null; // { model, home, hands: [hand, …], apart, scale }
    this.going = new Map();
  }

  isHeld(hand) {
    return Boolean(this.held?.hands.includes(hand));
  }

  /** Take what is pointed at; the second hand on the same thing enlarges it. */
  take(hand, place) {
    const model = place?.userData.model;
    if (this.held) {
      if (this.held.hands.length === 1 && !this.isHeld(hand)) {
        this.held.hands.push(hand);
        Object.assign(this.held, { apart: this.apart(), scale: this.held.model.scale.x });
      }
      return;
    }
    if (!model) return;
    const home = this.going.get(model) ?? {
      parent: model.parent, position: model.position.clone(), rotation: model.quaternion.clone(), scale: model.scale.x,
    };
    this.going.delete(model);
    this.held = { model, home, hands: [hand], key: place.userData.thing.key };
    hand.attach(model);
    this.room.root.dataset.xrHeld = place.userData.thing.key;
  }

  let(hand) {
    if (!this.isHeld(hand)) return;
    const { model, home, hands } = this.held;
    const others = hands.filter((one) => one !== hand);
    if (others.length) {
      // The other hand keeps it, as large as it is now.
      this.held.hands = others;
      others[0].attach(model);
      return;
    }
    home.parent.attach(model);
    this.going.set(model, home);
    this.held = null;
    delete this.room.root.dataset.xrHeld;
  }

  letAll() {
    for (const hand of [...(this.held?.hands ?? [])]) this.let(hand);
    for (const [model, home] of this.going) this.setDown(model, home);
  }

  /** Once a frame: enlarge by the hands' distance; let what was dropped glide home. */
  update() {
    if (this.held?.hands.length === 2 && this.held.apart > 0.01) {
      const { model, home, scale, apart } = this.held;
      const wanted = (scale * this.apart()) / apart;
      model.scale.setScalar(Math.min(Math.max(wanted, home.scale * SMALLEST), home.scale * LARGEST));
      this.room.root.dataset.xrScale = (model.scale.x / home.scale).toFixed(2);
    }
    for (const [model, home] of this.going) {
      model.position.lerp(home.position, BACK);
      model.quaternion.slerp(home.rotation, BACK);
      model.scale.setScalar(model.scale.x + (home.scale - model.scale.x) * BACK);
      if (model.position.distanceTo(home.position) < 0.002) this.setDown(model, home);
    }
  }

  setDown(model, home) {
    home.parent.attach(model);
    model.position.copy(home.position);
    model.quaternion.copy(home.rotation);
    model.scale.setScalar(home.scale);
    this.going.delete(model);
  }

  apart() {
    const [one, other] = this.held.hands.map((hand) => hand.getWorldPosition(new Vector3()));
    return one.distanceTo(other);
  }
}
