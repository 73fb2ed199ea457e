// What stands in words around the room: below it, in the list of what is shown, for ears.

export class Captions {
  /** `room`: root, words, language, plan. */
  constructor(room) {
    this.room = room;
    this.caption = room.root.querySelector(".room-caption");
    this.note = room.root.querySelector("[data-room-note]");
    this.live = document.querySelector("[data-room-live]");
    this.items = new Map([...document.querySelectorAll("[data-item]")].map((item) => [item.dataset.item, item]));
  }

  said(texts) {
    const { language } = this.room;
    return texts[language] || texts[language === "en" ? "zh-Hans" : "en"] || "";
  }

  say(text) {
    this.live.textContent = text;
  }

  /** A sentence over the room that stays until it is untrue; "" takes it away. */
  warn(text, { canRetry = false } = {}) {
    this.note.hidden = !text;
    this.note.querySelector("p").textContent = text;
    this.note.querySelector("button").hidden = !canRetry;
  }

  /** Tell of an object that one stands before; null of none. */
  show(thing) {
    for (const [key, item] of this.items) item.toggleAttribute("aria-current", key === thing?.key);
    this.items.get(thing?.key)?.setAttribute("aria-current", "true");
    this.caption.hidden = !thing;
    if (!thing) return;
    this.write(this.said(thing.names), this.said(thing.labels) || this.said(thing.descriptions), thing.links.page);
    this.say(this.room.words.before.replace("{name}", this.said(thing.names)));
  }

  /** Say below the room what is said of a place on an object. */
  read(spot, thing) {
    const facts = spot.facts.map((fact) => `${this.said(fact.labels)}: ${this.said(fact.values)}`);
    this.caption.hidden = false;
    this.write(this.said(spot.titles), [this.said(spot.texts), ...facts].filter(Boolean).join(" · "), thing.links.page);
    this.room.root.dataset.spot = spot.key;
    this.say(this.said(spot.titles));
  }

  write(title, text, link) {
    this.caption.querySelector("h2").textContent = title;
    this.caption.querySelector("p").textContent = text;
    this.caption.querySelector("a").href = link;
  }

  /** Beside each object in the list: the level it was given, and why not a finer one. */
  tellCosts() {
    const { plan, language, words } = this.room;
    const number = new Intl.NumberFormat(language);
    const { sums, device } = plan;
    const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    document.querySelector("[data-room-costs]").textContent = fill(words.costs, {
      device: device.titles[language],
      objects: number.format(sums.objects),
      triangles: number.format(sums.triangles),
      limit: number.format(device.budget.triangles),
      size: (sums.bytes / 1e6).toFixed(1),
    });
    for (const thing of plan.objects) this.noteOn(thing, thing.why.code === "best-level" || thing.why.code === "panel" ? "" : thing.why.messages[language]);
    const choice = document.querySelector("[data-room-device]");
    if (choice) choice.value = device.name;
  }

  noteOn(thing, text) {
    const note = this.items.get(thing.key)?.querySelector("[data-why]");
    if (note) note.textContent = text;
  }

  /** Which models did not come: in the list, and once over the room. */
  tellMissing(missing) {
    const { words, root } = this.room;
    root.dataset.missing = missing.length;
    for (const row of missing) this.noteOn(row.thing, words.missing);
    this.warn(missing.length ? words.someMissing.replace("{count}", missing.length) : "", { canRetry: true });
  }
}
