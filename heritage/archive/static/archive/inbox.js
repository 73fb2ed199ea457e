// The inbox: find records while one types, send folders with their paths.

const page = document.querySelector(".inbox");

async function find(field) {
  const title = field.parentElement.querySelector("[data-title]");
  const list = document.getElementById(field.getAttribute("list"));
  const text = field.value.trim();
  const known = [...list.options].find((option) => option.value === text);
  if (known) {
    title.textContent = known.textContent;
    field.closest("tr").querySelector('[name="chosen"]').checked = true;
    return;
  }
  const answer = await fetch(`${page.dataset.records}?q=${encodeURIComponent(text)}`);
  if (!answer.ok || field.value.trim() !== text) return;
  const { records } = await answer.json();
  list.replaceChildren(
    ...records.map(({ value, title: name }) => {
      const option = document.createElement("option");
      option.value = value;
      option.textContent = name;
      return option;
    }),
  );
  title.textContent = records.map((record) => record.title).join(" · ");
}

let later;
page.addEventListener("input", (event) => {
  if (!event.target.matches("[data-record]")) return;
  clearTimeout(later);
  later = setTimeout(() => find(event.target), 200);
});

page.querySelector("[data-all]")?.addEventListener("change", (event) => {
  for (const box of page.querySelectorAll('[name="chosen"]')) box.checked = event.target.checked;
});

// A form sends bare names: the path of each file goes beside it, in the same order.
page.querySelector("[data-send]").addEventListener("submit", (event) => {
  const form = event.target;
  for (const old of form.querySelectorAll('[name="paths"]')) old.remove();
  for (const field of form.querySelectorAll('[type="file"]')) {
    for (const file of field.files) {
      // What was chosen together lies in one folder above those of the relics.
      const parts = (file.webkitRelativePath || file.name).split("/");
      const path = document.createElement("input");
      path.type = "hidden";
      path.name = "paths";
      path.value = parts.length > 2 ? parts.slice(1).join("/") : parts.join("/");
      form.append(path);
    }
  }
});
