// The query editor: one endpoint, our own; nothing is asked of any other site.
(() => {
  "use strict";

  const data = JSON.parse(document.getElementById("query-data").textContent);
  const names = Object.keys(data.queries);
  const endpoint = new URL(data.endpoint, location.href).href; // the editor wants it whole

  // Class and property names are looked up at a service on the web: not from here.
  const completers = window.Yasgui.Yasqe.defaults.autocompleters;
  window.Yasgui.Yasqe.defaults.autocompleters = completers.filter(
    (name) => !["class", "property", "prefixes"].includes(name),
  );
  window.heritageCompletion(window.Yasgui.Yasqe, data.terms);
  window.Yasgui.Yasqe.defaults.value = data.queries[names[0]] || "";

  // The editor speaks English only: its words are replaced wherever it writes them.
  const frame = document.getElementById("query-editor");
  const spoken = (text) => {
    const numbers = [];
    const key = text.trim().replace(/\d+(?:[.,]\d+)*/g, (number) => `{${numbers.push(number) - 1}}`);
    const word = data.words[key];
    return word && word !== key ? word.replace(/\{(\d)\}/g, (_, place) => numbers[place]) : null;
  };
  const ATTRIBUTES = ["title", "aria-label", "placeholder"];
  const title = document.querySelector(".query-page h1").textContent;
  const speak = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const heading = node.parentElement?.closest(".yasr th") && data.headings[node.data.trim()];
      if (heading) node.data = `${heading} ?${node.data.trim()}`;
      // What is asked and what is answered are nobody's words but the reader's.
      const own = !node.parentElement?.closest(".CodeMirror, th, td:not(.dt-empty)");
      const text = own ? spoken(node.data) : null;
      if (text) node.data = text;
      return;
    }
    // It leaves the box that is typed into without a name. (Naming it anew each time would
    // be a change to be spoken again, without end.)
    if (node.matches?.(".CodeMirror textarea:not([aria-label])")) node.setAttribute("aria-label", title);
    for (const name of ATTRIBUTES) {
      const text = spoken(node.getAttribute?.(name) ?? "");
      if (text) node.setAttribute(name, text);
    }
    node.childNodes.forEach(speak);
  };
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      (type === "attributes" ? [target] : addedNodes).forEach(speak);
    }
  }).observe(frame, { childList: true, subtree: true, attributeFilter: ATTRIBUTES });

  // Left alone it would show the status of a refusal, and not what we say about it.
  let editor = null;
  const refusal = async (error) => {
    const answer = editor?.getTab()?.getYasr()?.results?.getOriginalResponseAsString();
    const told = document.createElement("p");
    try {
      told.textContent = JSON.parse(answer).detail;
    } catch {
      told.textContent = answer || error.text;
    }
    return told;
  };
  window.Yasgui.Yasr.defaults.errorRenderers = [refusal];
  // A reader sees values; who wants their types and languages too asks for them.
  const table = window.Yasgui.Yasr.plugins.table.prototype;
  const drawTable = table.draw;
  table.draw = function (chosen) {
    return drawTable.call(this, { compact: true, ...chosen });
  };
  const views = window.heritageViews(data.views);
  for (const [name, view] of Object.entries(views)) {
    window.Yasgui.Yasr.registerPlugin(name, view);
  }
  const order = window.Yasgui.Yasr.defaults.pluginOrder;
  window.Yasgui.Yasr.defaults.pluginOrder = [...order, ...Object.keys(views)];

  editor = new window.Yasgui(frame, {
    requestConfig: { endpoint, method: "POST" },
    copyEndpointOnNewTab: false,
    tabName: data.tab,
    persistenceId: "heritage-query",
  });
  for (const tab of Object.values(editor._tabs)) {
    tab.setEndpoint(endpoint);
  }

  // The margin with the lines' numbers gets its width last: text would begin beneath it.
  const margins = new ResizeObserver((changes) => {
    for (const { target } of changes) target.closest(".CodeMirror").CodeMirror.refresh();
  });
  const keepMargins = () => {
    for (const margin of frame.querySelectorAll(".CodeMirror-gutters")) margins.observe(margin, { box: "border-box" });
  };
  editor.on("tabSelect", () => requestAnimationFrame(keepMargins));
  keepMargins();

  // A link is made for the query that stands in the editor when it is followed.
  for (const link of document.querySelectorAll("[data-cite]")) {
    const plain = link.href;
    const aim = () => {
      link.href = `${plain}&${new URLSearchParams({ query: editor.getTab().getQuery() })}`;
    };
    for (const moment of ["pointerenter", "focus", "click"]) link.addEventListener(moment, aim);
  }

  for (const button of document.querySelectorAll("[data-query]")) {
    button.addEventListener("click", () => {
      const tab = editor.getTab();
      tab.setQuery(data.queries[button.dataset.query]);
      tab.query();
      frame.scrollIntoView();
    });
  }
})();
