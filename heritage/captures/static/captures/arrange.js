// Order the capture's files: by dragging a row, or by its arrows. The form sends the order.

const body = document.querySelector("[data-arrange] tbody");
let held = null;

function move(row, step) {
  const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (other) (step < 0 ? other.before(row) : other.after(row));
}

/** Who is laid between two of one group belongs to it; any other keeps its own. */
function joinGroup(row) {
  const [before, after] = [row.previousElementSibling, row.nextElementSibling]
    .map((one) => one?.querySelector("[name^=group-]").value);
  if (before && before === after) row.querySelector("[name^=group-]").value = before;
}

// Clouds are thinned once, when somebody wants to see them; that may take a while.
document.querySelector("[data-pictures]")?.addEventListener("click", async ({ currentTarget: button }) => {
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  const answer = await fetch(button.dataset.pictures);
  if (answer.ok) location.reload();
  else button.textContent = (await answer.json()).detail;
});

body?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  move(button.closest("tr"), Number(button.dataset.move));
  button.focus();
});
body?.addEventListener("dragstart", (event) => {
  held = event.target.closest("tr");
  event.dataTransfer.effectAllowed = "move";
});
body?.addEventListener("dragover", (event) => {
  const row = event.target.closest("tr");
  if (!held || !row || row === held) return;
  event.preventDefault();
  const edge = row.getBoundingClientRect();
  if (event.clientY < edge.top + edge.height / 2) row.before(held); else row.after(held);
});
body?.addEventListener("drop", (event) => { if (held) event.preventDefault(); });
body?.addEventListener("dragend", () => {
  if (held) joinGroup(held);
  held = null;
});
