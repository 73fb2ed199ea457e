// The query editor: one endpoint, our own; nothing is asked of any other site.
(() => {
  "use strict";

  const data = JSON.parse(document.getElementById("query-data").textContent);
  const names = Object.keys(data.queries);

  // Class and property names are looked up at a service on the web: not from here.
  const completers = window.Yasgui.Yasqe.defaults.autocompleters;
  window.Yasgui.Yasqe.defaults.autocompleters = completers.filter(
    (name) => !["class", "property", "prefixes"].includes(name),
  );
  window.Yasgui.Yasqe.defaults.value = data.queries[names[0]] || "";

  const editor = new window.Yasgui(document.getElementById("query-editor"), {
    requestConfig: { endpoint: data.endpoint, method: "POST" },
    copyEndpointOnNewTab: false,
    tabName: data.tab,
    persistenceId: "heritage-query",
  });
  for (const tab of Object.values(editor._tabs)) {
    tab.setEndpoint(data.endpoint);
  }

  for (const button of document.querySelectorAll("[data-query]")) {
    button.addEventListener("click", () => {
      const tab = editor.getTab();
      tab.setQuery(data.queries[button.dataset.query]);
      tab.query();
      document.getElementById("query-editor").scrollIntoView();
    });
  }
})();
