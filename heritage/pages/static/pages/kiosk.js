// A screen in the gallery: full screen, nothing that leads out of the exhibit, and back to
// the start when nobody has touched it for a while.

const IDLE_S = 90;
const SIGNS_OF_LIFE = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];
const BLOCKED = new Set(["F5", "BrowserBack", "BrowserForward", "BrowserHome", "BrowserSearch"]);

/** Whether the page was asked to be one: `?kiosk`, or `?kiosk=45` for another patience. */
export function kioskSeconds(search = location.search) {
  const asked = new URLSearchParams(search);
  if (!asked.has("kiosk")) return 0;
  const seconds = Number(asked.get("kiosk"));
  return seconds >= 5 && seconds <= 3600 ? seconds : IDLE_S;
}

export class Kiosk {
  /** `room`: root, restart(), isPresenting; `clock`: now() in ms, setInterval. */
  constructor(room, seconds, clock = { now: () => performance.now(), every: (act, ms) => setInterval(act, ms) }) {
    Object.assign(this, { room, seconds, clock });
    this.last = clock.now();
    this.isFresh = true;
    document.documentElement.classList.add("kiosk");
    for (const name of SIGNS_OF_LIFE) addEventListener(name, () => this.live(), { capture: true, passive: true });
    document.addEventListener("click", (event) => this.keepIn(event), true);
    document.addEventListener("contextmenu", (event) => event.preventDefault());
    document.addEventListener("dragstart", (event) => event.preventDefault());
    addEventListener("keydown", (event) => this.keepKeysIn(event), true);
    // Whoever goes back stays where they are.
    history.pushState(null, "", location.href);
    addEventListener("popstate", () => history.pushState(null, "", location.href));
    for (const form of document.forms) form.addEventListener("submit", (event) => event.preventDefault());
    clock.every(() => this.check(), 1000);
  }

  /** Only a touch may ask for the full screen: the first one does. */
  live() {
    this.last = this.clock.now();
    this.isFresh = false;
    if (!document.fullscreenElement && navigator.userActivation?.isActive) document.documentElement.requestFullscreen?.().catch(() => {});
  }

  check() {
    // Who listens touches nothing, and is there.
    if (this.room.narration?.isPlaying) this.last = this.clock.now();
    if (this.isFresh || this.clock.now() - this.last < this.seconds * 1000) return;
    this.isFresh = true;
    this.room.restart();
  }

  keepIn(event) {
    const link = event.target.closest?.("a[href], area[href]");
    if (!link) return;
    event.preventDefault();
    event.stopPropagation();
  }

  keepKeysIn(event) {
    const leads = BLOCKED.has(event.key) || (event.altKey && event.key.startsWith("Arrow")) || event.ctrlKey || event.metaKey;
    if (leads) event.preventDefault();
  }
}
