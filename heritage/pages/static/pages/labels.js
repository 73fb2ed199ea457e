// Texts in the room, drawn with the system's own fonts onto canvases.

import { CanvasTexture, LinearMipmapLinearFilter, Mesh, MeshBasicMaterial, PlaneGeometry, SRGBColorSpace } from "three";

const SERIF = '"Iowan Old Style", Palatino, Georgia, "Songti SC", "Noto Serif CJK SC", "Source Han Serif SC", STSong, SimSun, "Held in the bundle", serif';
const SANS = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "Held in the bundle", sans-serif';
const PAPER = "#f4efe3";
const INK = "#1f1c17";
const SOFT = "#5d564a";
const SEAL = "#9d2f25";

/** A card of `width` by `height` metres; lines: {text, size, font, colour, weight}, size as a share of the height. */
export function makeCard(lines, { width, height, pixels = 512 }) {
  const canvas = document.createElement("canvas");
  canvas.width = pixels;
  canvas.height = Math.round((pixels * height) / width);
  drawLines(canvas, lines);
  const map = new CanvasTexture(canvas);
  map.colorSpace = SRGBColorSpace;
  map.minFilter = LinearMipmapLinearFilter;
  map.anisotropy = 8;
  const material = new MeshBasicMaterial({ map, toneMapped: false });
  return new Mesh(new PlaneGeometry(width, height), material);
}

/** What a label says of an object: name, other name, the curator's words, the demo's mark. */
export function labelLines(thing, language, words, { isLarge = false } = {}) {
  const other = language === "en" ? "zh-Hans" : "en";
  const name = thing.names[language] || thing.names[other] || "";
  const small = isLarge ? 0.052 : 0.085;
  const lines = [{ text: name, size: isLarge ? 0.11 : 0.17, font: SERIF, weight: 600 }];
  if (thing.names[language] && thing.names[other]) {
    lines.push({ text: thing.names[other], size: small * 1.1, font: SERIF, colour: SOFT });
  }
  const said = thing.labels[language] || (isLarge && thing.descriptions[language]) || "";
  if (said) lines.push({ text: said, size: small, font: SANS, gap: small * 0.7 });
  if (thing.is_demo) lines.push({ text: words.demo, size: small * 0.85, font: SANS, colour: SEAL, gap: small * 0.7 });
  return lines;
}

/** What a card says of a hotspot: its title, its words, what the register knows. */
export function hotspotLines(spot, language) {
  const other = language === "en" ? "zh-Hans" : "en";
  const said = (texts) => texts[language] || texts[other] || "";
  const lines = [{ text: `${spot.number}  ${said(spot.titles)}`, size: 0.1, font: SERIF, weight: 600 }];
  if (said(spot.texts)) lines.push({ text: said(spot.texts), size: 0.055, font: SANS, gap: 0.03 });
  for (const fact of spot.facts) {
    lines.push({ text: `${said(fact.labels)}: ${said(fact.values)}`, size: 0.05, font: SANS, colour: SOFT, gap: 0.03 });
  }
  return lines;
}

function drawLines(canvas, lines) {
  const context = canvas.getContext("2d");
  const margin = canvas.height * 0.1;
  context.fillStyle = PAPER;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.textBaseline = "top";
  let y = margin;
  for (const line of lines) {
    const size = line.size * canvas.height;
    context.font = `${line.weight ?? 400} ${size}px ${line.font}`;
    context.fillStyle = line.colour ?? INK;
    y += (line.gap ?? 0) * canvas.height;
    for (const text of wrapText(context, line.text, canvas.width - 2 * margin)) {
      if (y + size > canvas.height - margin * 0.6) return;
      context.fillText(text, margin, y);
      y += size * 1.4;
    }
  }
}

/** Break between Latin words and between any two Chinese characters. */
export function wrapText(context, text, width) {
  const pieces = text.match(/[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[\ud800-\udbff][\udc00-\udfff]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+\s*|\s+/g) ?? [];
  const rows = [""];
  for (const piece of pieces) {
    const row = rows[rows.length - 1];
    const mayHang = /^[，。、；：！？）》”’]$/.test(piece);
    if (row && !mayHang && context.measureText((row + piece).trimEnd()).width > width) rows.push(piece.trimStart());
    else rows[rows.length - 1] = row + piece;
  }
  return rows;
}
