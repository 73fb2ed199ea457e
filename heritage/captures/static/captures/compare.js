// Turn both models at once: each has its views from eight sides.

const tables = [...document.querySelectorAll("[data-turntable]")].map((one) => [...one.querySelectorAll("img:not(.heat)")]);
const turn = document.querySelector("[data-turn]");

function show(side) {
  for (const pictures of tables) {
    pictures.forEach((picture, number) => { picture.hidden = number !== side % pictures.length; });
  }
}

turn?.addEventListener("input", () => show(Number(turn.value)));
