// Keeps one exhibit for when there is no network. With network the museum is always asked
// first, so that what is withdrawn vanishes; nothing is kept that it says must not be.

const SHELF = `heritage-exhibit ${registration.scope}`;
const GONE = new Set([401, 403, 404, 410]);
const MUST_NOT_STAY = /\b(no-store|private)\b/;

class ExhibitGone extends Error {}

addEventListener("install", (event) => event.waitUntil(skipWaiting()));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(answer(event.request));
});
addEventListener("message", (event) => event.waitUntil(keepAll(event)));

async function answer(request) {
  const isPage = request.mode === "navigate" && new URL(request.url).pathname === new URL(registration.scope).pathname;
  const name = isPage ? registration.scope : request.url;
  let heard;
  try {
    heard = await fetch(request);
  } catch (error) {
    const kept = await caches.match(name, { cacheName: SHELF, ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
  if (GONE.has(heard.status)) await letGo(isPage, name);
  return heard;
}

/** A page that is gone takes the whole exhibit with it. */
async function letGo(isPage, name) {
  if (isPage) return caches.delete(SHELF);
  return (await caches.open(SHELF)).delete(name, { ignoreVary: true });
}

async function keepAll({ data, source }) {
  try {
    source.postMessage(await fill(data));
  } catch (error) {
    if (error instanceof ExhibitGone) await caches.delete(SHELF);
    else console.warn(error); // the network went away meanwhile: what is kept stays
  }
}

/** Take what page and scenes name now, and let go of all else. */
async function fill({ scenes, files, revocations }) {
  const gone = new Set((await read(revocations)).withdrawn);
  const wanted = new Set([registration.scope, ...scenes, ...files]);
  for (const address of scenes) {
    for (const file of filesOf(await read(address), gone)) wanted.add(new URL(file, location).href);
  }
  const shelf = await caches.open(SHELF);
  for (const kept of await shelf.keys()) if (!wanted.has(kept.url)) await shelf.delete(kept, { ignoreVary: true });
  let left = 0;
  for (const address of wanted) if (!(await keep(shelf, address))) left += 1;
  return { kept: wanted.size - left, left };
}

async function read(address) {
  const heard = await fetch(address, { cache: "no-cache" });
  if (GONE.has(heard.status)) throw new ExhibitGone(address);
  if (!heard.ok) throw new Error(`${heard.status} ${address}`);
  return heard.json();
}

/** What the room fetches for a scene: pictures, what is said, and of each thing its best and its coarsest model. */
function* filesOf(scene, gone) {
  const isHere = new Set(scene.objects.filter((one) => !gone.has(one.links.id)).map((one) => one.key));
  const speaking = [scene, ...scene.objects.filter((one) => isHere.has(one.key)), ...scene.tour.filter((stop) => isHere.has(stop.object))];
  for (const { narrations } of speaking) for (const sound of Object.values(narrations)) yield sound.url;
  const backdrop = scene.rooms.find((room) => room.key === scene.room)?.backdrop;
  if (backdrop) yield backdrop;
  for (const thing of scene.objects.filter((one) => !gone.has(one.links.id))) {
    if (thing.picture) yield thing.picture;
    for (const spot of thing.hotspots) if (spot.picture) yield spot.picture;
    if (!thing.model) continue;
    yield thing.model.url;
    yield thing.alternatives.reduce((a, b) => (b.triangles < a.triangles ? b : a), thing.model).url;
  }
}

/** Whether it is kept now, as the museum gives it at this moment. */
async function keep(shelf, address) {
  const heard = await fetch(address, { cache: "no-cache" });
  const kept = await shelf.match(address, { ignoreVary: true });
  if (MUST_NOT_STAY.test(heard.headers.get("Cache-Control") ?? "") || GONE.has(heard.status)) {
    await shelf.delete(address, { ignoreVary: true });
    return false;
  }
  if (!heard.ok) return Boolean(kept);
  const tag = heard.headers.get("ETag");
  if (tag && tag === kept?.headers.get("ETag")) await heard.body?.cancel();
  else await shelf.put(address, heard);
  return true;
}
