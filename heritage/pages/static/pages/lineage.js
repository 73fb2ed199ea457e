// On a narrow screen begin in the middle of the lineage, or at the person the page is about.
// Arrow keys go from person to person: up and down by generation, left and right within it.

const centre = (link) => {
  const { left, top, width, height } = link.getBoundingClientRect();
  return { link, x: left + width / 2, y: top + height / 2, row: Math.round(top) };
};

const next = (people, here, key) => {
  const beside = people.filter((one) => one.row === here.row);
  if (key === "ArrowLeft") return beside.filter((one) => one.x < here.x).at(-1);
  if (key === "ArrowRight") return beside.find((one) => one.x > here.x);
  const rows = [...new Set(people.map((one) => one.row))].sort((a, b) => a - b);
  const row = rows[rows.indexOf(here.row) + (key === "ArrowUp" ? -1 : 1)];
  const far = (one) => Math.abs(one.x - here.x);
  return people.filter((one) => one.row === row).sort((a, b) => far(a) - far(b))[0];
};

for (const frame of document.querySelectorAll(".lineage")) {
  const links = [...frame.querySelectorAll("a")];
  const goal = frame.querySelector("[aria-current]") ?? links[0];
  if (!goal) continue;
  const { left, width } = goal.getBoundingClientRect();
  frame.scrollLeft += left + width / 2 - frame.getBoundingClientRect().left - frame.clientWidth / 2;
  frame.addEventListener("keydown", (event) => {
    const link = event.target.closest("a");
    if (!link || !event.key.startsWith("Arrow")) return;
    const people = links.map(centre).sort((a, b) => a.row - b.row || a.x - b.x);
    const found = next(people, people.find((one) => one.link === link), event.key);
    if (!found) return;
    event.preventDefault();
    found.link.focus();
    found.link.scrollIntoView({ block: "nearest", inline: "center" });
  });
}
