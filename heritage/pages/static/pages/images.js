// Deep zoom into a relic's images: OpenSeadragon on our IIIF addresses. Without it, or
// without script, the strip's links lead to the images themselves.

const { OpenSeadragon } = window;
const NEARER = 1.6;
const QUARTER_DEG = 90;

class Zoom {
  constructor(root) {
    this.root = root;
    this.stage = root.querySelector(".zoom-stage");
    this.links = [...root.querySelectorAll(".zoom-strip a")];
    this.caption = root.querySelector("[data-caption]");
  }

  start() {
    const canvas = this.root.querySelector(".zoom-canvas");
    canvas.hidden = false;
    // Its own sentence is English, and names what a visitor cannot use.
    OpenSeadragon.setString("Errors.OpenFailed", this.root.dataset.failed);
    this.viewer = OpenSeadragon({
      element: canvas,
      drawer: "canvas",
      crossOriginPolicy: "Anonymous", // public tiles may come from the media server
      showNavigationControl: false,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
      maxZoomPixelRatio: 3,
      visibilityRatio: 0.6,
      animationTime: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 0.8,
      tileSources: `${this.links[0].dataset.service}/info.json`,
    });
    // The poster stays until the first tile can be seen.
    this.viewer.addHandler("tile-drawn", () => (this.root.dataset.state = "ready"));
    this.viewer.addHandler("open-failed", () => this.fail());
    this.root.querySelector(".zoom-tools").hidden = false;
    this.listen();
  }

  listen() {
    const view = this.viewer.viewport;
    const acts = {
      share: () => this.share(),
      in: () => view.zoomBy(NEARER),
      out: () => view.zoomBy(1 / NEARER),
      turn: () => view.rotateBy(QUARTER_DEG),
      home: () => view.setRotation(0) && view.goHome(),
      full: () => (document.fullscreenElement ? document.exitFullscreen() : this.stage.requestFullscreen?.()),
    };
    this.root.addEventListener("click", (event) => {
      const name = event.target.closest("[data-act]")?.dataset.act;
      if (name) acts[name]();
      const link = event.target.closest("[data-service]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.show(link);
    });
    this.root.querySelector(".zoom-strip").addEventListener("keydown", (event) => this.onKey(event));
  }

  /** Arrow keys walk the strip as it is seen: leftwards is onwards in a Chinese book. */
  onKey(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const here = this.links.indexOf(document.activeElement);
    if (!step || here < 0) return;
    const onwards = "rightToLeft" in this.root.dataset ? -step : step;
    const link = this.links[here + onwards];
    if (!link) return;
    event.preventDefault();
    link.focus();
    this.show(link);
  }

  show(link) {
    for (const one of this.links) one.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    this.caption.textContent = link.textContent.trim();
    this.viewer.open(`${link.dataset.service}/info.json`);
  }

  /** Open the image that the page's address names, at the part that it names. */
  openAt(place) {
    const link = this.links.find((one) => one.dataset.key === place.get("image"));
    if (!link) return;
    if (link !== this.links[0]) this.show(link);
    this.root.scrollIntoView({ block: "start" });
    const [x, y, width, height] = (place.get("xywh") ?? "").split(",").map(Number);
    if (!(width > 0 && height > 0)) return;
    const look = () => {
      const image = this.viewer.world.getItemAt(0);
      this.viewer.viewport.fitBounds(image.imageToViewportRectangle(x, y, width, height), true);
    };
    if (this.viewer.isOpen()) look();
    else this.viewer.addOnceHandler("open", look);
  }

  /** Put a IIIF content state of what is seen now on the clipboard, as a link to here. */
  async share() {
    const image = this.viewer.world.getItemAt(0);
    if (!image) return;
    const { x, y } = image.getContentSize();
    const seen = image.viewportToImageRectangle(this.viewer.viewport.getBounds(true));
    const left = Math.max(0, Math.round(seen.x));
    const top = Math.max(0, Math.round(seen.y));
    const part = [left, top, Math.min(x - left, Math.round(seen.width)), Math.min(y - top, Math.round(seen.height))];
    const link = this.root.querySelector(".zoom-strip [aria-current]");
    const { manifest } = this.root.dataset;
    const state = {
      id: `${manifest}/canvas/${link.dataset.key}#xywh=${part.join(",")}`,
      type: "Canvas",
      partOf: [{ id: manifest, type: "Manifest" }],
    };
    const coded = btoa(encodeURIComponent(JSON.stringify(state))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
    const address = `${new URL(this.root.dataset.open, location.href)}?iiif-content=${coded}`;
    this.root.dataset.shared = address;
    try {
      await navigator.clipboard.writeText(address);
      this.caption.textContent = this.root.dataset.copied;
    } catch {
      // No clipboard without a secure context: show the link to be copied by hand.
      this.caption.textContent = address;
    }
  }

  fail() {
    this.caption.textContent = this.root.dataset.failed;
  }
}

if (OpenSeadragon) {
  const place = new URLSearchParams(location.hash.slice(1));
  for (const root of document.querySelectorAll("[data-zoom]")) {
    const zoom = new Zoom(root);
    zoom.start();
    if (place.has("image")) zoom.openAt(place);
  }
}
