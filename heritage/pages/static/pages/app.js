// An exhibit as an installed app: shows the room, and has all of it kept for later.

import { hasBegun } from "./days.js";

const app = JSON.parse(document.getElementById("app-data").textContent);
const { expires, outdated } = document.body.dataset;
const root = document.querySelector("[data-room]");
const note = document.querySelector("[data-app-note]");
const statics = new URL("..", import.meta.url).href;
const here = (address) => new URL(address, location).href;

function refuse(text) {
  root.dataset.state = "failed";
  root.querySelector(".room-status p").textContent = text;
  root.querySelector("progress").hidden = true;
}

/** The worker that keeps this exhibit; null where the browser has none for us. */
async function findKeeper() {
  if (!("serviceWorker" in navigator) || !isSecureContext) return null;
  try {
    await navigator.serviceWorker.register(app.worker, { scope: here("./"), updateViaCache: "none" });
  } catch (error) {
    console.warn(error); // a certificate that is not trusted, or a private window
    return null;
  }
  return (await navigator.serviceWorker.ready).active;
}

/** Have the room's files kept, and all scripts and styles that this page has loaded. */
async function keep() {
  const { room } = root;
  if (!room?.plan || !navigator.onLine) return;
  const keeper = await findKeeper();
  const rooms = room.plan.rooms.length ? room.plan.rooms.map((one) => one.key) : [""];
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  keeper?.postMessage({
    scenes: rooms.map((key) => here(room.sceneAddress(key))),
    files: [...app.files.map(here), ...loaded.filter((name) => name.startsWith(statics))],
    revocations: here(app.revocations),
  });
}

function tellKept({ data: { kept, left } }) {
  Object.assign(root.dataset, { kept, left });
  note.textContent = left ? note.dataset.partly : note.dataset.kept;
  note.hidden = false;
}

if (hasBegun(expires)) refuse(outdated);
else {
  navigator.serviceWorker?.addEventListener("message", tellKept);
  navigator.serviceWorker?.startMessages();
  await import("./room.js");
  await root.room?.started;
  await keep();
  addEventListener("online", keep);
}
