// A bundle at work without its museum: says when it is out of date, keeps itself for later.

const { expires, outdated } = document.body.dataset;
const room = document.querySelector("[data-room]");

if (expires && new Date().toISOString().slice(0, 10) >= expires) {
  room.dataset.state = "failed";
  room.querySelector(".room-status p").textContent = outdated;
  room.querySelector("progress").hidden = true;
} else {
  await import("./room.js");
}
if ("serviceWorker" in navigator && isSecureContext) await navigator.serviceWorker.register("worker.js");
