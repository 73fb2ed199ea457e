// Send image files with progress, and follow how they are read.

const LOOK_EVERY_MS = 2000;
const page = document.querySelector("[data-images]");
if (page) listen(page);

function listen(page) {
  const form = page.querySelector("[data-drop]");
  const input = form.querySelector("input[type=file]");
  const progress = form.querySelector("progress");
  const say = form.querySelector(".drop-say");
  const button = form.querySelector("button");
  const chosen = form.querySelector(".chosen-files");
  const table = page.querySelector("[data-files]");
  // The admin's theme looks for a text field of its own beside every file field.
  input.hasChangeListener = true;

  const fail = (detail) => {
    progress.hidden = true;
    button.disabled = false;
    say.textContent = detail || page.dataset.failed;
  };
  const send = (files) => {
    if (!files.length) return;
    const body = new FormData();
    for (const file of files) body.append("files", file, file.webkitRelativePath || file.name);
    const request = new XMLHttpRequest();
    request.open("POST", page.dataset.add);
    request.setRequestHeader("X-CSRFToken", page.dataset.token);
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      progress.value = event.total ? event.loaded / event.total : 0;
      say.textContent = `${page.dataset.sending} ${Math.round(100 * progress.value)} %`;
    };
    request.onload = () => (request.status < 300 ? location.reload() : fail(request.response?.detail));
    request.onerror = () => fail();
    progress.hidden = false;
    button.disabled = true;
    request.send(body);
  };

  input.addEventListener("change", () => {
    chosen.textContent = input.files.length ? `${page.dataset.chosen} ${input.files.length}` : "";
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(input.files);
  });
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.toggle("over", kind === "dragenter" || kind === "dragover");
    });
  }
  form.addEventListener("drop", (event) => send(event.dataTransfer.files));
  follow(page, table);
}

/** Ask for the table while files are waiting; load the page once all are read. */
function follow(page, table) {
  const isUnderWay = () => table.querySelector('[data-state="waiting"], [data-state="running"]');
  if (!isUnderWay()) return;
  setTimeout(async () => {
    const answer = await fetch(page.dataset.table).catch(() => null);
    if (answer?.ok) table.innerHTML = await answer.text();
    isUnderWay() ? follow(page, table) : location.reload();
  }, LOOK_EVERY_MS);
}
