// Send files with progress; pause, resume, go on after the browser was closed; then keep them.

import { chosenFiles, droppedFiles } from "./drop.js";
import { Refused, canSum, sendFile, terminate } from "./tus.js";

const AT_ONCE = 3;
const LOOK_AGAIN_MS = 3000;
const page = document.querySelector("[data-work]");
const find = (what) => page.querySelector(`[data-${what}]`);
const form = find("drop");
const [filesInput, folderInput] = form.querySelectorAll("input[type=file]");
const section = page.querySelector("section[data-sending]");
const word = (name, facts = {}) =>
  page.dataset[`word${name[0].toUpperCase()}${name.slice(1)}`].replace(/\{(\w+)\}/g, (_all, fact) => facts[fact]);
const say = (text) => (find("say").textContent = text);
const size = (bytes) => new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(bytes / 2 ** 20) + " MB";
// A log-in in another window changes the token: the cookie has the newest.
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? page.dataset.token;

const items = new Map(); // by name: {name, file, address, offset, state, row}
let stopper = new AbortController();
let running = 0;

for (const part of page.querySelectorAll(".needs-script")) part.hidden = false;
find("insecure").hidden = canSum();
// The admin's theme looks for a text field of its own beside every file field.
filesInput.hasChangeListener = folderInput.hasChangeListener = true;

// ---- what waits from before, as the server listed it

const earlier = new Map([...find("files").children].map((row) => [row.dataset.name, row]));
for (const row of earlier.values()) row.querySelector("[data-cancel]").addEventListener("submit", (event) => cancelEarlier(event, row));

function isSame(row, file) {
  return Number(row.dataset.size) === file.size && row.dataset.modified === String(file.lastModified);
}

async function cancelEarlier(event, row) {
  event.preventDefault();
  try {
    await terminate(row.dataset.address, token);
  } catch (error) {
    return say(error.detail || word("unclear"));
  }
  earlier.delete(row.dataset.name);
  row.remove();
  say(word("cancelled", { name: row.dataset.name }));
  show();
}

// ---- choosing

async function take(chosen) {
  if (!chosen.length) return;
  say("");
  find("report").replaceChildren();
  const names = [...new Set([...items.keys(), ...earlier.keys(), ...chosen.map((one) => one.name)])];
  const told = await ask(page.dataset.names, JSON.stringify({ names }), "application/json");
  if (!told.ok) return say(told.body?.detail || word(told.status === 403 ? "login" : "unclear"));
  if (told.body.errors) {
    say(word("names"));
    return showReport(told.body);
  }
  for (const one of chosen) add(one);
  go();
}

function add({ name, file }) {
  const known = earlier.get(name);
  const held = items.get(name);
  if (held && held.state !== "done" && held.file.size === file.size) return;
  const item = { name, file, address: "", offset: undefined, state: "waiting" };
  if (held?.state === "done" || (known && !isSame(known, file))) {
    Object.assign(item, { state: "failed", other: true });
  } else if (known) {
    item.address = known.dataset.address;
    item.offset = Number(known.dataset.offset);
    known.remove();
    earlier.delete(name);
  }
  items.set(item.other ? `${name} ` : name, item);
  if (item.other) tell(item, word("other"));
}

// ---- sending

function go() {
  stopper = new AbortController();
  for (const item of items.values()) if (item.state === "failed" && !item.other) item.state = "waiting";
  for (let lane = running; lane < AT_ONCE; lane++) work();
  show();
}

async function work() {
  running++;
  const { signal } = stopper;
  for (let item; !signal.aborted && (item = next()); ) await send(item, signal);
  running--;
  if (!running && !signal.aborted) finish();
  show();
}

const next = () => [...items.values()].find((item) => item.state === "waiting");

async function send(item, signal) {
  item.state = "sending";
  item.stop = new AbortController();
  const both = AbortSignal.any ? AbortSignal.any([signal, item.stop.signal]) : signal;
  const heard = (now) => {
    if (now.waits) tell(item, word("again", { seconds: now.waits }));
    else progress(item, now.offset);
  };
  try {
    await sendFile(item, { begin: page.dataset.begin, token, signal: both, heard });
    item.state = "done";
    item.row?.remove();
  } catch (error) {
    if (item.state === "cancelled") return;
    item.state = signal.aborted ? "waiting" : "failed";
    item.other = error instanceof Refused && ![0, 403].includes(error.status) && error.status < 500 && ![409, 423, 460].includes(error.status);
    if (!signal.aborted) tell(item, error.status === 403 ? word("login") : error.detail || word("failed"));
    if (error.status === 403) pause(word("login"));
  }
  show();
}

function pause(text = word("paused")) {
  stopper.abort();
  for (const item of items.values()) if (item.state === "sending") item.state = "waiting";
  show();
  say(text);
}

async function cancel(item) {
  item.state = "cancelled";
  item.stop?.abort();
  try {
    if (item.address && !item.other) await terminate(item.address, token);
  } catch (error) {
    item.state = "failed";
    return tell(item, error.detail || word("unclear"));
  }
  item.row?.remove();
  for (const [name, one] of items) if (one === item) items.delete(name);
  say(word("cancelled", { name: item.name }));
  if (!running && !stopper.signal.aborted) finish();
  show();
}

// ---- keeping

function finish() {
  const all = [...items.values()];
  if (all.some((item) => item.state === "cancelled")) return; // until the server knows
  if (all.some((item) => item.state === "failed")) return say(word("broken"));
  if (isMissing()) return say(word("missing"));
  if (all.length) keep();
}

const isMissing = () => [...earlier.values()].some((row) => row.dataset.offset !== row.dataset.size);

async function keep(despite = false) {
  say(word("looking"));
  find("all").hidden = true;
  const told = await ask(page.dataset.keep, new URLSearchParams(despite ? { despite: 1 } : {}));
  if (told.ok) return told.body.warnings ? kept(told.body) : location.reload();
  if (told.status === 422 && told.body?.html) {
    say(word("stopped"));
    find("despite").hidden = false;
    find("drop-errors").hidden = false;
    find("keep").hidden = false;
    return showReport(told.body);
  }
  if (told.body?.detail) return say(told.body.detail);
  await lookAgain();
}

// The answer did not come through; the museum goes on all the same.
async function lookAgain() {
  const told = await ask(page.dataset.open);
  if (told.ok && !told.body.uploads.length) return location.reload();
  say(word("unclear"));
  setTimeout(() => find("keep").hidden = false, LOOK_AGAIN_MS);
}

function kept(report) {
  items.clear();
  section.querySelector("form[data-keep]").hidden = true;
  sessionStorage.setItem(`report ${location.pathname}`, report.html);
  location.reload();
}

async function dropErrors() {
  const bad = new Set([...find("report").querySelectorAll("[data-level=error]")].map((row) => row.dataset.file));
  const open = await ask(page.dataset.open);
  for (const upload of open.body?.uploads ?? []) {
    if (bad.has(upload.name) || bad.has(upload.name.normalize("NFC"))) await terminate(upload.address, token);
  }
  for (const name of bad) items.delete(name);
  const left = await ask(page.dataset.open);
  if (left.body?.uploads.length) keep();
  else location.reload();
}

async function ask(address, body, type) {
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  if (type) headers["Content-Type"] = type;
  try {
    const answer = await fetch(address, { method: body === undefined ? "GET" : "POST", body, headers });
    return { ok: answer.ok, status: answer.status, body: await answer.json().catch(() => null) };
  } catch {
    return { ok: false, status: 0, body: null };
  }
}

// ---- showing

function rowOf(item) {
  if (item.row) return item.row;
  item.row = find("row").content.firstElementChild.cloneNode(true);
  item.row.querySelector(".sending-name").textContent = item.name;
  item.row.querySelector("progress").setAttribute("aria-label", item.name);
  const stop = item.row.querySelector("[data-stop]");
  stop.setAttribute("aria-label", word("cancel", { name: item.name }));
  stop.addEventListener("click", () => cancel(item));
  find("files").prepend(item.row);
  return item.row;
}

function tell(item, text) {
  rowOf(item).querySelector("[data-state]").textContent = text;
}

function progress(item, offset) {
  item.shown = offset;
  rowOf(item).querySelector("progress").value = item.file.size ? Math.min(1, offset / item.file.size) : 1;
  tell(item, word("going", { done: size(offset), all: size(item.file.size) }));
  showAll();
}

function show() {
  const all = [...items.values()];
  const isOpen = all.some((item) => item.state !== "done");
  section.hidden = !all.length && !earlier.size && !find("report").childElementCount;
  find("all").hidden = !isOpen;
  find("pause").hidden = !all.some((item) => item.state === "sending");
  find("resume").hidden = !isOpen || !find("pause").hidden;
  find("keep").hidden = isOpen || isMissing() || !(earlier.size || all.length);
  showAll();
}

function showAll() {
  const all = [...items.values()];
  const bytes = all.reduce((sum, item) => sum + item.file.size, 0);
  const sent = all.reduce((sum, item) => sum + (item.state === "done" ? item.file.size : (item.shown ?? item.offset ?? 0)), 0);
  const share = bytes ? Math.min(1, sent / bytes) : 0;
  find("all").querySelector("progress").value = share;
  const done = all.filter((item) => item.state === "done").length;
  find("all-say").textContent = word("sending", { done, all: all.length, share: Math.floor(100 * share) });
}

function showReport(report) {
  section.hidden = false;
  find("report").innerHTML = report.html;
  find("report").scrollIntoView({ block: "nearest" });
}

// ---- listening

for (const input of [filesInput, folderInput]) {
  input.addEventListener("change", () => {
    const count = filesInput.files.length + folderInput.files.length;
    form.querySelector(".chosen-files").textContent = count ? `${word("chosen")} ${count}` : "";
  });
}
form.addEventListener("submit", (event) => {
  event.preventDefault();
  take([...chosenFiles(filesInput.files), ...chosenFiles(folderInput.files)]);
  form.reset();
  form.querySelector(".chosen-files").textContent = "";
});
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  form.addEventListener(kind, (event) => {
    event.preventDefault();
    form.classList.toggle("over", kind === "dragenter" || kind === "dragover");
  });
}
form.addEventListener("drop", async (event) => take(await droppedFiles(event.dataTransfer)));
find("pause").addEventListener("click", () => pause());
find("resume").addEventListener("click", () => (say(""), go()));
find("drop-errors").addEventListener("click", dropErrors);
section.querySelector("form[data-keep]").addEventListener("submit", (event) => {
  event.preventDefault();
  keep(event.submitter?.name === "despite");
});
window.addEventListener("beforeunload", (event) => {
  if ([...items.values()].some((item) => item.state === "sending")) event.preventDefault();
});

const shown = sessionStorage.getItem(`report ${location.pathname}`);
if (shown) {
  sessionStorage.removeItem(`report ${location.pathname}`);
  showReport({ html: shown });
}
if (earlier.size) show();
page.dataset.ready = "";

// ---- the part that follows a run is fetched anew each second: what is open stays open

const opened = () => [...document.querySelectorAll("#runs details[open]")].map((one) => one.id);
let open = [];
document.addEventListener("htmx:beforeSwap", () => (open = opened()));
document.addEventListener("htmx:afterSwap", () => {
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
});
