// Keeps every file of the bundle, so that a headset's browser shows it without network.

const SHELF = "heritage-bundle";

addEventListener("install", (event) => event.waitUntil(keepAll()));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => event.respondWith(answer(event.request)));

async function keepAll() {
  const manifest = await (await fetch("manifest.json", { cache: "no-store" })).json();
  const shelf = await caches.open(SHELF);
  await shelf.addAll([".", "manifest.json", ...Object.keys(manifest.files)]);
  await skipWaiting();
}

async function answer(request) {
  const kept = await caches.match(request, { ignoreSearch: true });
  return kept ?? fetch(request);
}
