// Stocktaking: send each code as it is read, by camera, handheld scanner or hand.
const box = document.querySelector("[data-scan]");
const words = JSON.parse(document.getElementById("scan-words").textContent);
const form = box.querySelector("[data-form]");
const last = box.querySelector("[data-last]");
const video = box.querySelector("[data-video]");
const button = box.querySelector("[data-camera]");
const LOOK_EVERY_MS = 250;
const SAME_FOR_MS = 4000; // a label held before the camera is one scan, not twenty

function tell(sentence, state) {
  last.hidden = false;
  last.className = `last ${state}`;
  last.textContent = sentence;
}

function show(told) {
  tell(told.sentence, told.state);
  for (const total of told.totals) {
    box.ownerDocument.querySelector(`[data-total="${total.state}"]`).textContent = total.number;
  }
  const cell = document.querySelector(`[data-line="${told.line}"] [data-state]`);
  if (cell) cell.textContent = told.label;
}

async function send(code) {
  const body = new FormData(form);
  body.set("code", code);
  try {
    const answer = await fetch(box.dataset.scan, {
      method: "POST", body, headers: { Accept: "application/json" },
    });
    const told = await answer.json();
    if (answer.ok) show(told);
    else tell(told.detail, "unknown");
  } catch {
    tell(words.failed, "unknown");
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = form.elements.code;
  const code = field.value.trim();
  field.value = "";
  field.focus();
  if (code) await send(code);
});

let seen = { code: "", at: 0 };

async function look(detector) {
  if (video.hidden) return;
  const codes = video.readyState >= 2 ? await detector.detect(video) : [];
  const code = codes[0]?.rawValue ?? "";
  const now = performance.now();
  if (code && (code !== seen.code || now - seen.at > SAME_FOR_MS)) await send(code);
  if (code) seen = { code, at: now };
  setTimeout(look, LOOK_EVERY_MS, detector);
}

async function open() {
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment" },
    });
    video.hidden = false;
    button.hidden = true;
    await video.play();
    await look(new BarcodeDetector({ formats: ["qr_code"] }));
  } catch {
    video.hidden = true;
    tell(words.noCamera, "unknown");
  }
}

if ("BarcodeDetector" in window && navigator.mediaDevices) {
  button.hidden = false;
  button.addEventListener("click", open);
}
