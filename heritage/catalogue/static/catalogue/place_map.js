// A net of degrees beside the fields of a place: a pin for where it lies, a ring for how
// far off that may be. The fields stay the truth: what is typed moves the pin, what is
// dragged is typed into them. Nothing is fetched; the museum's other places lie on the net.
//
// lat_, lon_: degrees; x, y: pixels of the drawing; metres where the name ends in _m.
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 960, HEIGHT = 480;
const METRES_A_DEGREE = 111_320;
const STEPS_DEG = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30];
const MOST_NAMES = 40;
const LARGEST_DEG_A_PX = 360 / WIDTH, SMALLEST_DEG_A_PX = 1e-6;
const HOME = { south: 18, west: 73, north: 54, east: 135 };

const within = (value, low, high) => Math.min(high, Math.max(low, value));

function make(name, attributes, parent) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return parent.appendChild(node);
}

/** Reads and writes a field of the form; without one the record is only shown. */
class Value {
  constructor(name, shown) {
    this.field = document.getElementById(`id_${name}`);
    this.shown = shown;
  }

  get number() {
    const text = (this.field ? this.field.value : this.shown).trim().replace(",", ".");
    return text === "" || !Number.isFinite(Number(text)) ? null : Number(text);
  }

  write(number, digits) {
    if (!this.field) return;
    this.field.value = String(Number(number.toFixed(digits)));
    for (const kind of ["input", "change"]) this.field.dispatchEvent(new Event(kind, { bubbles: true }));
  }
}

class PlaceMap {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.latitude = new Value("latitude", root.dataset.latitude);
    this.longitude = new Value("longitude", root.dataset.longitude);
    this.precision = new Value("precision_m", root.dataset.precision);
    this.places = JSON.parse(root.querySelector("script").textContent);
    this.mayMove = Boolean(this.latitude.field && this.longitude.field);
    this.build();
    this.lookHome();
    this.draw();
    for (const value of [this.latitude, this.longitude, this.precision]) {
      value.field?.addEventListener("input", () => { this.follow(); this.draw(); });
    }
  }

  build() {
    this.svg = make("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "place-map-net", role: "group", "aria-label": this.words.map }, this.root);
    this.net = make("g", { "aria-hidden": "true" }, this.svg);
    this.ring = make("ellipse", { class: "place-map-ring" }, this.svg);
    this.handle = make("circle", { class: "place-map-handle", r: 7 }, this.svg);
    this.pin = make("g", { class: "place-map-pin" }, this.svg);
    make("path", { d: "M0 0 L-9 -18 A10 10 0 1 1 9 -18 Z" }, this.pin);
    const bar = document.createElement("p");
    bar.className = "place-map-bar";
    for (const [mark, word, act] of [["+", "closer", () => this.zoom(0.5)], ["−", "farther", () => this.zoom(2)], ["◎", "whole", () => this.lookAtAll()]]) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: mark, title: this.words[word] });
      button.setAttribute("aria-label", this.words[word]);
      button.addEventListener("click", act);
      bar.append(button);
    }
    this.told = document.createElement("span");
    this.told.setAttribute("role", "status");
    bar.append(this.told);
    this.root.append(bar);
    this.svg.addEventListener("pointerdown", (event) => this.grab(event));
    if (!this.mayMove) return;
    for (const [node, word, act] of [[this.pin, "pin", this.nudge], [this.handle, "ring", this.widen]]) {
      node.setAttribute("tabindex", "0");
      node.setAttribute("role", "button");
      node.setAttribute("aria-label", this.words[word]);
      node.addEventListener("keydown", act.bind(this));
    }
  }

  // Where things lie: a degree of longitude is as wide as it is in the middle of the view.

  get wide() {
    return Math.max(0.01, Math.cos((this.view.lat * Math.PI) / 180));
  }

  at(lat, lon) {
    return [WIDTH / 2 + ((lon - this.view.lon) * this.wide) / this.view.scale, HEIGHT / 2 - (lat - this.view.lat) / this.view.scale];
  }

  degreesAt(x, y) {
    return [this.view.lat - (y - HEIGHT / 2) * this.view.scale, this.view.lon + ((x - WIDTH / 2) * this.view.scale) / this.wide];
  }

  get spot() {
    const lat = this.latitude.number, lon = this.longitude.number;
    const lies = lat !== null && lon !== null && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
    return lies ? [lat, lon] : null;
  }

  // What part of the earth is looked at.

  lookHome() {
    if (!this.spot) return this.lookAtAll();
    const far_m = Math.max(this.precision.number ?? 0, 2000);
    this.view = { lat: this.spot[0], lon: this.spot[1], scale: (far_m * 6) / METRES_A_DEGREE / HEIGHT };
  }

  lookAtAll() {
    const spots = this.places.map(([lat, lon]) => [lat, lon]);
    if (this.spot) spots.push(this.spot);
    const lats = spots.map((one) => one[0]), lons = spots.map((one) => one[1]);
    const box = spots.length > 1
      ? { south: Math.min(...lats), north: Math.max(...lats), west: Math.min(...lons), east: Math.max(...lons) }
      : HOME;
    this.view = { lat: (box.south + box.north) / 2, lon: (box.west + box.east) / 2, scale: 1 };
    this.rescale(1.2 * Math.max((box.north - box.south) / HEIGHT, ((box.east - box.west) * this.wide) / WIDTH, 0.002 / WIDTH));
    if (this.drawn) this.draw();
  }

  follow() {
    if (!this.spot || this.isOurs) return;
    const [x, y] = this.at(...this.spot);
    if (x < 0 || y < 0 || x > WIDTH || y > HEIGHT) [this.view.lat, this.view.lon] = this.spot;
  }

  rescale(scale) {
    this.view.scale = within(scale, SMALLEST_DEG_A_PX, LARGEST_DEG_A_PX);
  }

  zoom(times) {
    if (this.spot) [this.view.lat, this.view.lon] = this.spot;
    this.rescale(this.view.scale * times);
    this.draw();
  }

  // The drawing.

  draw() {
    this.drawn = true;
    this.net.replaceChildren();
    this.drawNet();
    this.drawPlaces();
    const spot = this.spot;
    for (const node of [this.ring, this.handle, this.pin]) node.setAttribute("display", spot ? "inline" : "none");
    this.told.textContent = spot ? `${spot[0]}, ${spot[1]}` : this.mayMove ? this.words.none : "";
    if (!spot) return;
    const [x, y] = this.at(...spot);
    const radius = (this.precision.number ?? 0) / METRES_A_DEGREE / this.view.scale;
    const rx = (radius * this.wide) / Math.max(0.01, Math.cos((spot[0] * Math.PI) / 180));
    this.pin.setAttribute("transform", `translate(${x} ${y})`);
    for (const [key, value] of Object.entries({ cx: x, cy: y, rx, ry: radius })) this.ring.setAttribute(key, value);
    this.handle.setAttribute("cx", x + Math.max(rx, 14));
    this.handle.setAttribute("cy", y);
    if (!this.mayMove || !this.precision.field) this.handle.setAttribute("display", "none");
  }

  drawNet() {
    const [south, west] = this.degreesAt(0, HEIGHT), [north, east] = this.degreesAt(WIDTH, 0);
    const step = STEPS_DEG.find((one) => (east - west) / one <= 10) ?? STEPS_DEG.at(-1);
    const digits = Math.max(0, Math.ceil(-Math.log10(step)));
    const label = (degrees, [plus, minus]) => `${Math.abs(degrees).toFixed(digits)}°${degrees >= 0 ? plus : minus}`;
    for (let n = Math.ceil(west / step); n * step <= east; n += 1) {
      const [x] = this.at(0, n * step);
      make("line", { class: "map-net", x1: x, x2: x, y1: 0, y2: HEIGHT }, this.net);
      make("text", { x: x + 4, y: HEIGHT - 6 }, this.net).textContent = label(n * step, "EW");
    }
    for (let n = Math.ceil(south / step); n * step <= north; n += 1) {
      const [, y] = this.at(n * step, 0);
      make("line", { class: "map-net", y1: y, y2: y, x1: 0, x2: WIDTH }, this.net);
      make("text", { x: 6, y: y - 4 }, this.net).textContent = label(n * step, "NS");
    }
  }

  drawPlaces() {
    const seen = this.places
      .map(([lat, lon, name]) => [...this.at(lat, lon), name])
      .filter(([x, y]) => x >= 0 && y >= 0 && x <= WIDTH && y <= HEIGHT);
    for (const [x, y, name] of seen) {
      const dot = make("circle", { class: "place-map-other", cx: x, cy: y, r: 4 }, this.net);
      make("title", {}, dot).textContent = name;
      if (seen.length <= MOST_NAMES) make("text", { x: x + 8, y: y + 4 }, this.net).textContent = name;
    }
  }

  // Hands and keys.

  grab(event) {
    if (event.button) return;
    event.preventDefault();
    const begin = this.pointOf(event), before = { ...this.view };
    const held = event.target === this.handle ? "ring" : this.pin.contains(event.target) ? "pin" : "view";
    let moved = false;
    const move = (next) => {
      const [x, y] = this.pointOf(next);
      moved ||= Math.hypot(x - begin[0], y - begin[1]) > 4;
      if (!moved) return;
      if (held === "view") this.slide(before, x - begin[0], y - begin[1]);
      else if (this.mayMove && held === "pin") this.put(x, y);
      else if (this.mayMove) this.reach(x, y);
    };
    const end = (last) => {
      this.svg.removeEventListener("pointermove", move);
      this.svg.removeEventListener("pointerup", end);
      this.svg.removeEventListener("pointercancel", end);
      if (!moved && held === "view" && this.mayMove && last.type === "pointerup") this.put(...this.pointOf(last));
      if (this.mayMove && held !== "ring") this.pin.focus({ preventScroll: true });
    };
    this.svg.setPointerCapture(event.pointerId);
    this.svg.addEventListener("pointermove", move);
    this.svg.addEventListener("pointerup", end);
    this.svg.addEventListener("pointercancel", end);
  }

  pointOf(event) {
    const box = this.svg.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * HEIGHT];
  }

  slide(before, dx, dy) {
    this.view = { ...before, lat: within(before.lat + dy * before.scale, -90, 90) };
    this.view.lon = within(before.lon - (dx * before.scale) / this.wide, -180, 180);
    this.draw();
  }

  put(x, y) {
    const [lat, lon] = this.degreesAt(x, y);
    // No more digits than a pixel is worth.
    const digits = within(Math.ceil(-Math.log10(this.view.scale)), 1, 6);
    this.isOurs = true;
    this.latitude.write(within(lat, -90, 90), digits);
    this.longitude.write(within(lon, -180, 180), digits);
    this.isOurs = false;
    this.draw();
  }

  reach(x, y) {
    const [lat, lon] = this.degreesAt(x, y), [own_lat, own_lon] = this.spot;
    const far = Math.hypot(lat - own_lat, (lon - own_lon) * Math.cos((own_lat * Math.PI) / 180));
    this.precision.write(Math.max(1, far * METRES_A_DEGREE), 0);
  }

  nudge(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === "+" || event.key === "-") this.zoom(event.key === "+" ? 0.5 : 2);
    else if (way && this.spot) {
      const [x, y] = this.at(...this.spot), far = event.shiftKey ? 20 : 2;
      this.put(x + way[0] * far, y + way[1] * far);
      this.follow();
    } else return;
    event.preventDefault();
    event.stopPropagation(); // the page has keys of its own
  }

  widen(event) {
    const times = { ArrowUp: 1.25, ArrowRight: 1.25, ArrowDown: 0.8, ArrowLeft: 0.8 }[event.key];
    if (!times) return;
    this.precision.write(Math.max(1, (this.precision.number || 100) * times), 0);
    event.preventDefault();
    event.stopPropagation();
  }
}

for (const root of document.querySelectorAll(".place-map")) {
  // Drawn for what the browser can draw; without it the fields are all there is.
  root.hidden = false;
  new PlaceMap(root);
}
