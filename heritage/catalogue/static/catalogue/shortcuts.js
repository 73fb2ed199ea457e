// Keys for those who work all day; "?" lists them. The words come with the page.
const words = document.getElementById("shortcut-words");

if (words) listen(words);

function listen(words) {
  const dialog = words.content.firstElementChild.cloneNode(true);
  document.body.append(dialog);
  const go = (selector) => document.querySelector(selector)?.click();
  const keys = {
    "?": () => dialog.showModal(),
    h: () => { location.href = words.dataset.home; },
    n: () => go(".addlink, a[href$='/add/']"),
    r: () => go(".to-review a"),
    s: () => go("[name=_continue], [name=_save]"),
    "/": () => document.querySelector("#searchbar, [type=search]")?.focus(),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    const act = keys[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });
}
