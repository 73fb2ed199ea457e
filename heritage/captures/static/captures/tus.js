// One file by tus 1.0.0 (https://tus.io/protocols/resumable-upload): chunk by chunk, each
// with its checksum where the browser can compute one; tried again until told to stop.

export const CHUNK_BYTES = 8 * 1024 * 1024;
const WAITS_S = [1, 2, 4, 8, 15, 30]; // between tries, the last one for good
const MOST_TRIES = 12;
const CANCEL_AGAIN_MS = 500;
const BODY = "application/offset+octet-stream";
// What trying again may cure: a break, a lock, a changed chunk, a server that restarts.
const PASSING = new Set([0, 400, 408, 409, 423, 460, 500, 502, 503, 504]);

export class Refused extends Error {
  constructor(status, detail) {
    super(detail || `HTTP ${status}`);
    this.status = status;
    this.detail = detail;
  }
}

export const canSum = () => Boolean(globalThis.crypto?.subtle);

// Sends a file to its end. `signal` stops it; `heard` is told {offset} or {waits: seconds}.
export async function sendFile(item, { begin, token, signal, heard }) {
  for (let tries = 0; ; ) {
    try {
      if (!item.address) await create(item, { begin, token, signal, heard });
      else if (tries || item.offset === undefined) item.offset = await askOffset(item, { token, signal });
      while (item.offset < item.file.size) {
        await sendChunk(item, { token, signal, heard });
        tries = 0;
      }
      return;
    } catch (error) {
      item.ahead = null; // it may wait for long, and so may many others
      if (signal.aborted || !(error instanceof Refused)) throw error;
      const isGone = error.status === 404 || error.status === 410;
      if (isGone && item.address) Object.assign(item, { address: "", offset: undefined });
      else if (!PASSING.has(error.status) || error.code === "name-taken") throw error;
      if (++tries > MOST_TRIES) throw error;
      await rest(WAITS_S[Math.min(tries, WAITS_S.length) - 1], { signal, heard });
    }
  }
}

export async function terminate(address, token) {
  for (let tries = 0; ; tries++) {
    try {
      return await request("DELETE", address, { token });
    } catch (error) {
      if (error.status === 404 || error.status === 410) return null;
      // What was on its way when it was stopped may still be written.
      if (!PASSING.has(error.status) || tries === MOST_TRIES) throw error;
      await new Promise((done) => setTimeout(done, CANCEL_AGAIN_MS));
    }
  }
}

async function create(item, { begin, token, signal, heard }) {
  const headers = { "Upload-Length": item.file.size, "Upload-Metadata": metadata(item) };
  const isSmall = item.file.size <= CHUNK_BYTES;
  const body = isSmall && item.file.size ? await item.file.arrayBuffer() : null;
  if (body) Object.assign(headers, { "Content-Type": BODY }, await checksum(body));
  const told = await request("POST", begin, { token, signal, headers, body, heard });
  item.address = new URL(told.getResponseHeader("Location")).pathname;
  item.offset = Number(told.getResponseHeader("Upload-Offset"));
  heard({ offset: item.offset });
}

async function askOffset(item, { token, signal }) {
  const told = await request("HEAD", item.address, { token, signal });
  return Number(told.getResponseHeader("Upload-Offset"));
}

async function sendChunk(item, { token, signal, heard }) {
  const { offset } = item;
  const { body, sum } = await (item.ahead?.offset === offset ? item.ahead.read : readChunk(item, offset));
  readAhead(item, offset + body.byteLength);
  const headers = { "Content-Type": BODY, "Upload-Offset": offset, ...sum };
  const told = await request("PATCH", item.address, { token, signal, headers, body, heard: (now) => heard({ offset: offset + now.offset }) });
  item.offset = Number(told.getResponseHeader("Upload-Offset"));
  heard({ offset: item.offset });
}

// While a chunk is sent the next is read and summed.
function readAhead(item, offset) {
  item.ahead = offset < item.file.size ? { offset, read: readChunk(item, offset) } : null;
  item.ahead?.read.catch(() => {}); // told when it is its turn
}

async function readChunk(item, offset) {
  const body = await item.file.slice(offset, offset + CHUNK_BYTES).arrayBuffer();
  return { body, sum: await checksum(body) };
}

async function checksum(body) {
  if (!canSum()) return {};
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return { "Upload-Checksum": `sha256 ${btoa(String.fromCharCode(...digest))}` };
}

function metadata(item) {
  const encode = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  return `relativePath ${encode(item.name)},lastModified ${encode(String(item.file.lastModified))}`;
}

// XMLHttpRequest, because fetch tells nothing of how much has been sent.
function request(method, address, { token, signal, headers = {}, body = null, heard }) {
  return new Promise((done, fail) => {
    const line = new XMLHttpRequest();
    line.open(method, address);
    line.setRequestHeader("Tus-Resumable", "1.0.0");
    line.setRequestHeader("Accept", "application/json");
    if (method !== "HEAD") line.setRequestHeader("X-CSRFToken", token());
    for (const [name, value] of Object.entries(headers)) line.setRequestHeader(name, value);
    if (heard) line.upload.onprogress = (event) => heard({ offset: event.loaded });
    line.onload = () => (line.status < 300 ? done(line) : fail(refusal(line)));
    line.onerror = () => fail(new Refused(0));
    line.onabort = () => fail(new DOMException("stopped", "AbortError"));
    signal?.addEventListener("abort", () => line.abort(), { once: true });
    if (signal?.aborted) fail(new DOMException("stopped", "AbortError"));
    else line.send(body);
  });
}

function refusal(line) {
  let told = {};
  try {
    told = JSON.parse(line.responseText || "{}");
  } catch {
    // A proxy's page: its status says enough.
  }
  return Object.assign(new Refused(line.status, told.detail), { code: told.title });
}

function rest(seconds, { signal, heard }) {
  heard({ waits: seconds });
  return new Promise((done, fail) => {
    const wake = () => (clearTimeout(clock), done());
    const clock = setTimeout(done, seconds * (750 + 500 * Math.random()));
    window.addEventListener("online", wake, { once: true });
    signal.addEventListener("abort", () => (clearTimeout(clock), fail(new DOMException("stopped", "AbortError"))), { once: true });
  });
}
