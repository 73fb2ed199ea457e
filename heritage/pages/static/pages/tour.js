// The guided tour: from stop to stop, with what the curator says at each.

export class Tour {
  /** `room` gives plan, root, words, language, focus(key, room), overview(), say(text). */
  constructor(room) {
    this.room = room;
    this.stops = room.plan.tour;
    this.at = -1;
    this.bar = room.root.querySelector("[data-tour]");
    room.root.querySelector("[data-act=tour]").hidden = this.stops.length === 0;
    room.root.addEventListener("keydown", (event) => this.onKey(event));
  }

  /** Where the tour stands; null while there is none. */
  get stop() {
    return this.stops[this.at] ?? null;
  }

  begin() {
    this.at = -1;
    this.step(1);
  }

  step(by) {
    const next = this.at + by;
    if (next < 0) return;
    if (next >= this.stops.length) return this.end();
    this.at = next;
    const { room } = this;
    const stop = this.stops[next];
    const text = stop.texts[room.language] || Object.values(stop.texts)[0] || "";
    const place = room.words.stop.replace("{number}", next + 1).replace("{count}", this.stops.length);
    room.focus(stop.object, stop.room || undefined);
    this.bar.hidden = false;
    this.bar.querySelector("[data-tour-at]").textContent = place;
    this.bar.querySelector("[data-tour-text]").textContent = text;
    this.bar.querySelector("[data-act=previous]").disabled = next === 0;
    room.root.dataset.tour = next;
    room.say(`${place} ${text}`);
  }

  end() {
    if (this.at < 0) return;
    this.at = -1;
    this.bar.hidden = true;
    delete this.room.root.dataset.tour;
    this.room.overview();
  }

  onKey(event) {
    if (this.at < 0) return;
    const acts = { n: () => this.step(1), p: () => this.step(-1), Escape: () => this.end() };
    acts[event.key]?.();
  }
}
