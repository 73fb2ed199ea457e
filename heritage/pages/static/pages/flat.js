// An exhibit where nothing can be drawn in 3D: its things in words, and what is said aloud.

/** `room`: root, plan, fetchScene(), look(), say(), captions, narration, words. */
export async function tellWithout3d(room) {
  room.root.addEventListener("click", (event) => {
    if (event.target.closest("[data-act]")?.dataset.act === "listen") room.narration.toggle();
  });
  for (const button of document.querySelectorAll("[data-focus]")) {
    button.addEventListener("click", () => tellOf(room, button.dataset.focus, button.dataset.in));
  }
  await arrive(room, room.first);
  room.look(null);
}

async function tellOf(room, key, hall) {
  if (hall && hall !== room.plan?.room) await arrive(room, hall);
  const thing = room.plan?.objects.find((one) => one.key === key);
  if (!thing) return;
  room.root.scrollIntoView({ block: "nearest" });
  room.look(thing);
}

async function arrive(room, hall) {
  try {
    room.plan = await room.fetchScene(hall);
  } catch (error) {
    console.warn(error);
    room.captions.warn(error.sentence ?? room.words.offline);
  }
}
