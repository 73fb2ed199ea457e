// Send scans with progress; what went wrong is said where the files were chosen.

const page = document.querySelector("[data-work]");
const form = page.querySelector("[data-drop]");
const input = form.querySelector("input[type=file]");
const progress = form.querySelector("progress");
const say = form.querySelector(".drop-say");
const button = form.querySelector("button");
const chosen = form.querySelector(".chosen-files");
// The admin's theme looks for a text field of its own beside every file field.
input.hasChangeListener = true;

function send(files) {
  if (!files.length) return;
  const body = new FormData();
  for (const file of files) body.append("files", file, file.webkitRelativePath || file.name);
  const request = new XMLHttpRequest();
  request.open("POST", page.dataset.upload);
  request.setRequestHeader("X-CSRFToken", page.dataset.token);
  request.responseType = "json";
  request.upload.onprogress = (event) => {
    progress.value = event.total ? event.loaded / event.total : 0;
    say.textContent = progress.value < 1 ? `${page.dataset.sending} ${Math.round(100 * progress.value)} %` : page.dataset.looking;
  };
  request.onload = () => (request.status < 300 ? location.reload() : fail(request.response?.detail));
  request.onerror = () => fail();
  progress.hidden = false;
  button.disabled = true;
  request.send(body);
}

function fail(detail) {
  progress.hidden = true;
  button.disabled = false;
  say.textContent = detail || page.dataset.failed;
}

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
