// Keep what is typed: in this browser at once, on the server a moment later.
const HAND_IN_MS = 1500;

for (const holder of document.querySelectorAll("[data-drafts]")) keepDrafts(holder);

function keepDrafts(holder) {
  const form = holder.closest("form");
  const { drafts: address, person, kept, keptHere, found } = holder.dataset;
  const prefix = `typed ${person} ${address} `;
  const token = form.elements.edit_token.value;
  const state = holder.querySelector(".draft-state");
  let timer = 0;

  const typed = () => {
    const out = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && name !== "csrfmiddlewaretoken") (out[name] ??= []).push(value);
    }
    return JSON.stringify(out);
  };

  const handIn = async (ofToken, text) => {
    const body = new FormData();
    body.set("token", ofToken);
    body.set("typed", text);
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    const answer = await fetch(address, { method: "POST", body });
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
    return answer.json();
  };

  const keep = () => {
    try {
      localStorage.setItem(prefix + token, typed());
    } catch (full) {
      state.textContent = full.message;
    }
    clearTimeout(timer);
    timer = setTimeout(async () => {
      try {
        await handIn(token, typed());
        state.textContent = kept;
      } catch {
        state.textContent = keptHere;
      }
    }, HAND_IN_MS);
  };

  const offer = (url) => {
    if ([...holder.querySelectorAll("a")].some((a) => a.getAttribute("href") === url)) return;
    const line = document.createElement("p");
    const link = document.createElement("a");
    line.className = "unsaved-text";
    link.href = url;
    link.textContent = found;
    line.append(link);
    holder.prepend(line);
  };

  const takeUp = async () => {
    const own = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    for (const key of own.filter((one) => one !== prefix + token)) {
      try {
        const told = await handIn(key.slice(prefix.length), localStorage.getItem(key));
        if (!told.done) offer(told.url);
        localStorage.removeItem(key); // the server has it now
      } catch {
        state.textContent = keptHere;
      }
    }
  };

  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  document.addEventListener("formset:added", keep);
  document.addEventListener("formset:removed", keep);
  takeUp();
}
