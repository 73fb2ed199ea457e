// A bundle at work without its museum: says when it is out of date, asks when there is
// network what was withdrawn since, keeps itself for later.

import { hasBegun } from "./days.js";

const ASK_MS = 4_000;

const { expires, outdated, withdrawn, revocations, exhibit, record, key, madeAt } = document.body.dataset;
const room = document.querySelector("[data-room]");
const memory = `heritage-revoked ${exhibit}`;

/** What was withdrawn as far as this device has heard: the exhibit as a whole, things of it. */
async function askWhatIsWithdrawn() {
  const known = heard();
  if (!navigator.onLine) return known;
  try {
    const answer = await fetch(revocations, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(ASK_MS) });
    if (answer.status === 404 || answer.status === 410) return remember({ ...known, whole: true });
    if (!answer.ok) return known;
    const told = await answer.json();
    if (!(await isOurs(told)) || Date.parse(told.as_of) < Date.parse(known.asOf)) return known;
    return remember({ whole: false, asOf: told.as_of, things: joined(known.things, told) });
  } catch {
    return known; // no way to the museum from here: what was heard last holds
  }
}

/** Whether the museum that made this bundle has said so of this exhibit, and nobody else. */
async function isOurs(told) {
  if (told?.exhibit !== record || !Array.isArray(told.withdrawn) || !Array.isArray(told.public)) return false;
  if (!crypto.subtle) return true; // plain http, where nothing that is loaded can be trusted
  const lines = [told.exhibit, told.as_of, "withdrawn", ...told.withdrawn, "public", ...told.public];
  try {
    const ours = await crypto.subtle.importKey("raw", bytesOf(key.match(/../g), 16), "Ed25519", false, ["verify"]);
    const signature = bytesOf([...atob(told.signature)].map((one) => one.charCodeAt(0)));
    return await crypto.subtle.verify("Ed25519", ours, signature, new TextEncoder().encode(lines.join("\n")));
  } catch (error) {
    // A browser from before 2025 knows no Ed25519: the museum's certificate vouches for it.
    return error.name === "NotSupportedError";
  }
}

function bytesOf(texts, base = 10) {
  return Uint8Array.from(texts, (one) => parseInt(one, base));
}

/** What was withdrawn once stays so until the museum says that it is public again. */
function joined(known, told) {
  const open = new Set(told.public);
  return [...new Set([...known.filter((thing) => !open.has(thing)), ...told.withdrawn])];
}

function heard() {
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem(memory));
  } catch {
    // Storage is closed, or holds what is not ours: nothing was heard.
  }
  const things = Array.isArray(kept?.things) ? kept.things : [];
  // An answer from before the bundle was made says nothing of it.
  return { whole: kept?.whole === true, asOf: kept?.asOf ?? madeAt, things };
}

function remember(told) {
  try {
    localStorage.setItem(memory, JSON.stringify(told));
  } catch {
    // Storage is closed or full: it holds for this visit.
  }
  return told;
}

function refuse(text) {
  const said = document.createElement("p");
  Object.assign(said, { className: "wrap", textContent: text });
  said.setAttribute("role", "alert");
  document.querySelector("main").replaceChildren(said);
  document.title = text;
}

/** Take the lines of what is withdrawn out of the lists of all rooms. */
function strike(things) {
  const gone = new Set(things);
  for (const line of document.querySelectorAll("[data-thing]")) if (gone.has(line.dataset.thing)) line.remove();
}

const gone = await askWhatIsWithdrawn();
if (hasBegun(expires)) refuse(outdated);
else if (gone.whole) refuse(withdrawn);
else {
  strike(gone.things);
  room.dataset.withdrawn = JSON.stringify(gone.things);
  // Canvases draw with a font only once it is there.
  await Promise.allSettled(['1em "Held in the bundle"'].map((one) => document.fonts.load(one, "永")));
  await import("./room.js");
}
if ("serviceWorker" in navigator && isSecureContext) await navigator.serviceWorker.register("worker.js");
