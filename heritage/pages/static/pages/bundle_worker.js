// Keeps every file of the bundle, so that a headset's browser shows it without network.
//
// The name is that of the bundle's content: a newer bundle at the same address brings
// another script, which fills a shelf of its own and clears the older ones away.

const SHELVES = `heritage-bundle ${registration.scope} `;
const SHELF = `${SHELVES}BUNDLE_NAME`;

addEventListener("install", (event) => event.waitUntil(keepAll()));
addEventListener("activate", (event) => event.waitUntil(clearOlder()));
addEventListener("fetch", (event) => {
  // What the museum is asked, it must answer itself.
  if (new URL(event.request.url).origin === location.origin) event.respondWith(answer(event.request));
});

async function keepAll() {
  const manifest = await (await fetch("manifest.json", { cache: "no-store" })).json();
  const shelf = await caches.open(SHELF);
  const wanted = [".", "manifest.json", ...Object.keys(manifest.files)];
  await shelf.addAll(wanted.map((path) => new Request(path, { cache: "reload" })));
  await skipWaiting();
}

async function clearOlder() {
  const older = (await caches.keys()).filter((name) => name.startsWith(SHELVES) && name !== SHELF);
  await Promise.all(older.map((name) => caches.delete(name)));
  await clients.claim();
}

async function answer(request) {
  const shelf = await caches.open(SHELF);
  return (await shelf.match(request, { ignoreSearch: true })) ?? fetch(request);
}
