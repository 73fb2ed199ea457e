// Numbered pins over a model, each with its words, picture and facts in a panel beside it.

import { Vector3 } from "three";

const HIDDEN = 0.05; // of the cosine between a place's direction and the eye's

export class Pins {
  /** `spots` as the scene's JSON has them; `onChoose(spot)` moves the camera there. */
  constructor(root, spots, { language, words, onChoose }) {
    Object.assign(this, { root, spots, language, words, onChoose });
    this.layer = root.querySelector("[data-pins]");
    this.panel = root.querySelector("[data-pin-panel]");
    this.list = document.querySelector("[data-pin-list]");
    this.at = new Vector3();
    this.eye = new Vector3();
    this.buttons = spots.map((spot) => this.makeButton(spot));
    this.layer.replaceChildren(...this.buttons);
    this.panel.querySelector("[data-act=close-pin]").addEventListener("click", () => this.close());
    this.panel.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    for (const button of this.list?.querySelectorAll("[data-pin]") ?? []) {
      button.addEventListener("click", () => {
        root.scrollIntoView({ block: "nearest" });
        this.open(spots.find((spot) => spot.key === button.dataset.pin));
      });
    }
  }

  said(texts) {
    const other = this.language === "en" ? "zh-Hans" : "en";
    return texts[this.language] || texts[other] || "";
  }

  makeButton(spot) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "pin";
    button.textContent = spot.number;
    button.setAttribute("aria-label", this.words.pin.replace("{number}", spot.number).replace("{title}", this.said(spot.titles)));
    button.addEventListener("click", () => this.open(spot));
    return button;
  }

  open(spot) {
    this.chosen = spot;
    this.onChoose(spot);
    this.panel.querySelector("h3").textContent = this.said(spot.titles);
    this.panel.querySelector("[data-pin-text]").textContent = this.said(spot.texts);
    const picture = this.panel.querySelector("img");
    picture.hidden = !spot.picture;
    if (spot.picture) Object.assign(picture, { src: spot.picture, alt: this.said(spot.titles) });
    this.panel.querySelector("dl").replaceChildren(...spot.facts.flatMap((fact) => this.factRow(fact)));
    this.panel.hidden = false;
    this.root.dataset.pin = spot.key;
    for (const [number, button] of this.buttons.entries()) button.setAttribute("aria-current", String(this.spots[number] === spot));
    this.panel.querySelector("h3").focus({ preventScroll: true });
  }

  factRow(fact) {
    const term = document.createElement("dt");
    term.textContent = this.said(fact.labels);
    const value = document.createElement("dd");
    const inside = fact.link ? document.createElement("a") : document.createElement("span");
    if (fact.link) inside.href = fact.link;
    inside.textContent = this.said(fact.values);
    value.append(inside);
    return [term, value];
  }

  close() {
    this.panel.hidden = true;
    const button = this.buttons[this.spots.indexOf(this.chosen)];
    this.chosen = null;
    delete this.root.dataset.pin;
    for (const one of this.buttons) one.setAttribute("aria-current", "false");
    button?.focus({ preventScroll: true });
  }

  /** Follow the camera; a pin on the far side cannot be seen nor reached. */
  follow(camera, width, height) {
    this.spots.forEach((spot, number) => {
      const button = this.buttons[number];
      this.at.set(...spot.position);
      const facing = this.eye.copy(camera.position).sub(this.at).normalize().dot({ x: spot.normal[0], y: spot.normal[1], z: spot.normal[2] });
      this.at.project(camera);
      button.hidden = facing < HIDDEN || Math.abs(this.at.z) > 1;
      button.style.transform = `translate(${((this.at.x + 1) * width) / 2}px, ${((1 - this.at.y) * height) / 2}px) translate(-50%, -50%)`;
    });
  }
}
