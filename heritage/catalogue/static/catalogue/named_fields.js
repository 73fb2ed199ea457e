// Gives names to fields that the theme leaves without: cells of a table of rows are named
// by their column, and the box that stands in for a select by the select's own label.
const FIELDS = "td :is(input:not([type=hidden]), select, textarea)";

function nameOf(field) {
  const label = field.id && document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
  if (label) return label.textContent.trim();
  const column = (field.name || "").replace(/^.*-(\d+|__prefix__)-/, "");
  const head = field.closest("table")?.querySelector(`th.column-${CSS.escape(column)}`);
  return head ? head.textContent.trim() : "";
}

function nameAll() {
  for (const field of document.querySelectorAll(FIELDS)) {
    const name = nameOf(field);
    if (name && !field.labels?.length) field.setAttribute("aria-label", name);
  }
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    const name = nameOf(select);
    const box = select.nextElementSibling;
    if (!name || !box) continue;
    for (const part of box.querySelectorAll("[role=combobox], [role=textbox]")) {
      // The value alone does not say what it is a value of.
      const value = part.textContent.trim();
      part.removeAttribute("aria-labelledby");
      part.setAttribute("aria-label", value ? `${name}: ${value}` : name);
    }
  }
}

// The boxes are made by another script, now and with each row that is added.
new MutationObserver(() => requestAnimationFrame(nameAll)).observe(document.body, { childList: true, subtree: true });
nameAll();
