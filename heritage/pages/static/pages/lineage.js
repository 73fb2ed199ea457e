// On a narrow screen begin in the middle of the lineage, or at the person the page is about.

for (const frame of document.querySelectorAll(".lineage")) {
  const goal = frame.querySelector("[aria-current]") ?? frame.querySelector("a");
  if (!goal) continue;
  const { left, width } = goal.getBoundingClientRect();
  frame.scrollLeft += left + width / 2 - frame.getBoundingClientRect().left - frame.clientWidth / 2;
}
