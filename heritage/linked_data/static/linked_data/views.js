// Three more ways to look at an answer: on a map, along time, as pictures. Each is a plugin
// of the editor's results; the table stays what everybody can read.
"use strict";

window.heritageViews = ({ words, language }) => {
  const SVG = "http://www.w3.org/2000/svg";
  const MOST = 500; // marks drawn; the table has them all
  const POINT = /^\s*POINT\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)\s*\)/i;
  const PICTURE = /\.(png|jpe?g|webp|avif)$/i;

  const word = (text, values = {}) =>
    (words[text] ?? text).replace(/%\((\w+)\)s/g, (_, name) => values[name]);

  const make = (name, attributes = {}, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };
  const draw = (name, attributes = {}, ...children) => {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };

  const isLink = (cell) => cell?.type === "uri" && /^https?:/.test(cell.value);
  // Things are followed where this page was read: the graph's base may be another address.
  const address = (iri) => {
    const path = new URL(iri).pathname;
    return path.startsWith("/id/") || path.startsWith("/media/") ? path : iri;
  };
  const label = (row, variables, but = []) => {
    const texts = variables.filter((name) => !but.includes(name) && row[name]);
    const literal = texts.find((name) => row[name].type !== "uri" && !/\d{4}-\d\d/.test(row[name].value));
    const cell = row[literal ?? texts[0]];
    return cell ? decodeURIComponent(cell.value.split("/").pop()) : "";
  };
  const thing = (row, variables) => variables.map((name) => row[name]).find((cell) => isLink(cell) && !PICTURE.test(cell.value));
  const linked = (cell, node) =>
    cell ? draw("a", { href: address(cell.value) }, node) : node;

  // Years before Christ: in the data 0 is 1 BCE.
  const year = (number) => {
    if (number > 0) return String(number);
    return language.startsWith("zh") ? `前${1 - number}` : `${1 - number} BCE`;
  };

  class View {
    constructor(yasr) {
      this.yasr = yasr;
    }

    get rows() {
      return this.yasr.results?.getBindings() ?? [];
    }

    get variables() {
      return this.yasr.results?.getVariables() ?? [];
    }

    canHandleResults() {
      return this.rows.length > 0 && this.found() !== null;
    }

    getIcon() {
      const shape = draw("path", { d: this.sign, fill: "currentColor" });
      return draw("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, shape);
    }

    show(...nodes) {
      const more = this.rows.length - MOST;
      const note = more > 0 ? [make("p", {}, word("%(count)s more are in the table.", { count: more }))] : [];
      this.yasr.resultsEl.append(make("div", { class: "view" }, ...nodes, ...note));
    }
  }

  class MapView extends View {
    label = word("Map");
    sign = "M8 0a5.5 5.5 0 0 0-5.5 5.5C2.5 9.4 8 16 8 16s5.5-6.6 5.5-10.5A5.5 5.5 0 0 0 8 0zm0 8a2.5 2.5 0 1 1 0-5 2.5 2.5 0 0 1 0 5z";
    priority = 5;

    found() {
      const first = this.rows.slice(0, 50);
      const name = this.variables.find((one) => first.some((row) => POINT.test(row[one]?.value ?? "")));
      return name ?? null;
    }

    draw() {
      const name = this.found();
      const places = this.rows.slice(0, MOST).flatMap((row) => {
        const at = POINT.exec(row[name]?.value ?? "");
        return at ? [{ row, east: Number(at[1]), north: Number(at[2]) }] : [];
      });
      const wide = span(places.map((one) => one.east), 1);
      const high = span(places.map((one) => one.north), 1);
      // A degree of longitude is shorter the farther from the equator.
      const shrink = Math.cos((middle(high) * Math.PI) / 180);
      const width = 1000;
      const scale = Math.min(width / (length(wide) * shrink), 700 / length(high));
      const height = Math.max(200, length(high) * scale);
      // As wide and as high as the picture, with the places in its middle.
      const [west, east] = around(middle(wide), width / scale / shrink);
      const [south, north] = around(middle(high), height / scale);
      const x = (degrees) => (degrees - west) * scale * shrink;
      const y = (degrees) => (north - degrees) * scale;
      const picture = frame(width, height, word("Map of %(count)s places", { count: places.length }));
      for (const at of ticks(west, east)) {
        picture.append(line(x(at), 0, x(at), height), text(x(at) + 3, height - 4, `${at}°`));
      }
      for (const at of ticks(south, north)) {
        picture.append(line(0, y(at), width, y(at)), text(3, y(at) - 3, `${at}°`));
      }
      for (const { row, east: lon, north: lat } of places) {
        const title = label(row, this.variables, [name]);
        const dot = draw("circle", { cx: x(lon), cy: y(lat), r: 6, class: "mark" }, draw("title", {}, title));
        const isAtEdge = x(lon) > width * 0.8;
        const caption = text(x(lon) + (isAtEdge ? -9 : 9), y(lat) + 4, title);
        if (isAtEdge) caption.setAttribute("text-anchor", "end");
        picture.append(linked(thing(row, this.variables), dot), caption);
      }
      this.show(picture);
    }
  }

  class TimeView extends View {
    label = word("Timeline");
    sign = "M0 1h9v4H0zM5 6h11v4H5zM2 11h9v4H2z";
    priority = 4;

    found() {
      const whole = this.variables.filter((name) =>
        this.rows.slice(0, 50).every((row) => !row[name] || /^-?\d{1,4}$/.test(row[name].value)),
      );
      const begin = whole.find((name) => /begin|first|from|year/i.test(name));
      if (!begin) return null;
      return [begin, whole.find((name) => /end|last|until/i.test(name)) ?? begin];
    }

    draw() {
      const [begin, end] = this.found();
      const spans = this.rows.slice(0, MOST).flatMap((row) => {
        const known = [row[begin], row[end]].filter(Boolean).map((cell) => Number(cell.value));
        return known.length ? [{ row, first: Math.min(...known), last: Math.max(...known) }] : [];
      });
      const [low, high] = span(spans.flatMap((one) => [one.first, one.last]), 10);
      const width = 1000;
      const step = 24;
      const height = spans.length * step + 30;
      const x = (at) => ((at - low) / (high - low)) * width;
      const picture = frame(width, height, word("Timeline from %(first)s to %(last)s", { first: year(low), last: year(high) }));
      for (const round of ticks(low, high)) {
        // 500 BCE is -499, and no year is called 0.
        const at = round > 0 ? round : round + 1;
        picture.append(line(x(at), 20, x(at), height), text(x(at) + 3, 14, year(at)));
      }
      spans.forEach(({ row, first, last }, number) => {
        const top = 26 + number * step;
        const title = `${label(row, this.variables, [begin, end])} · ${year(first)}${last > first ? `–${year(last)}` : ""}`;
        const wide = Math.max(4, x(last) - x(first));
        const bar = draw("rect", { x: x(first), y: top, width: wide, height: step - 10, class: "mark" }, draw("title", {}, title));
        const left = x(first) + wide + 6;
        const caption = text(left, top + 12, title);
        if (left > width * 0.7) {
          // No room behind the bar: before it, or on one that begins far left.
          const before = x(first) > width * 0.3;
          caption.setAttribute("x", before ? x(first) - 6 : x(first) + 6);
          caption.setAttribute("text-anchor", before ? "end" : "start");
          if (!before) caption.setAttribute("class", "on-mark");
        }
        picture.append(linked(thing(row, this.variables), bar), caption);
      });
      this.show(picture);
    }
  }

  class GalleryView extends View {
    label = word("Gallery");
    sign = "M0 1h7v6H0zM9 1h7v6H9zM0 9h7v6H0zM9 9h7v6H9z";
    priority = 6;

    found() {
      const first = this.rows.slice(0, 50);
      const name = this.variables.find((one) => first.some((row) => isLink(row[one]) && PICTURE.test(row[one].value)));
      return name ?? null;
    }

    draw() {
      const name = this.found();
      const plates = this.rows.slice(0, MOST).flatMap((row) => {
        if (!isLink(row[name])) return [];
        const title = label(row, this.variables, [name]);
        const picture = make("img", { src: address(row[name].value), alt: title, loading: "lazy", width: 240, height: 240 });
        const of = thing(row, this.variables);
        const shown = of ? make("a", { href: address(of.value) }, picture) : picture;
        return [make("figure", {}, shown, make("figcaption", {}, title))];
      });
      this.show(make("div", { class: "view-gallery" }, ...plates));
    }
  }

  const span = (values, margin) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const more = Math.max((high - low) * 0.08, margin);
    return [low - more, high + more];
  };
  const length = ([low, high]) => high - low;
  const middle = ([low, high]) => (low + high) / 2;
  const around = (at, size) => [at - size / 2, at + size / 2];
  const ticks = (low, high) => {
    const rough = (high - low) / 8;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough);
    const found = [];
    for (let at = Math.ceil(low / step); at * step <= high; at += 1) {
      found.push(Number((at * step).toPrecision(12)));
    }
    return found;
  };
  const frame = (width, height, title) =>
    draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": title }, draw("title", {}, title));
  const line = (x1, y1, x2, y2) => draw("line", { x1, y1, x2, y2, class: "grid" });
  const text = (x, y, words) => draw("text", { x, y }, words);

  return { "heritage-map": MapView, "heritage-time": TimeView, "heritage-gallery": GalleryView };
};
