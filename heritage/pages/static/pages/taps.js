// A press and release in one place, as against a drag.

const TAP_PX = 5;

/** `onTap(x, y)` hears where, in -1 … 1 from left to right and from bottom to top. */
export function listenForTaps(canvas, onTap) {
  let down = null;
  canvas.addEventListener("pointerdown", (event) => (down = event.button ? null : { x: event.clientX, y: event.clientY }));
  canvas.addEventListener("pointerup", (event) => {
    const from = down;
    down = null;
    if (!from || Math.hypot(event.clientX - from.x, event.clientY - from.y) > TAP_PX) return;
    const { x, y } = placeOn(canvas, event);
    onTap(x, y);
  });
}

/** Where on a canvas an event is, in -1 … 1. */
export function placeOn(canvas, event) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return { x: ((event.clientX - left) / width) * 2 - 1, y: 1 - ((event.clientY - top) / height) * 2 };
}
