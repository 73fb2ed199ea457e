// Completion in the query editor, from our own terms: by prefix, by name, and by what a
// term is called in the reader's language. Ctrl+Space asks for it; Enter takes, Esc leaves.
window.heritageCompletion = (Yasqe, address) => {
  "use strict";

  const MOST = 50;
  const BEFORE_WORD = /[^\s<>"'{}()[\];,|^/]*$/;
  let asked = null; // of the server, once
  const known = () => (asked ??= fetch(address).then((answer) => answer.json()));

  const lineUpTo = (editor) => {
    const { line, ch } = editor.getDoc().getCursor();
    return editor.getDoc().getLine(line).slice(0, ch);
  };
  const wordAt = (editor) => BEFORE_WORD.exec(lineUpTo(editor))[0];
  const isLongEnough = (word) => word.length > 2 || /[^\x00-\x7f]/.test(word) || /.:/.test(word);

  // What may stand here: a class after `a`, a property where the grammar takes a verb.
  const wantedKind = (editor, word) => {
    const before = lineUpTo(editor).slice(0, -word.length || undefined);
    if (/(?:\ba|rdf:type)\s+$/.test(before)) return "class";
    const { line } = editor.getDoc().getCursor();
    const end = editor.getTokenAt({ line, ch: before.length });
    return end.state.possibleCurrent?.includes("a") ? "property" : "";
  };

  const written = (iri, declared) => {
    const fitting = Object.entries(declared).filter(([, space]) => space && iri.startsWith(space));
    fitting.sort((one, other) => other[1].length - one[1].length);
    for (const [prefix, space] of fitting) {
      const local = iri.slice(space.length);
      if (/^\w[\w-]*$/.test(local)) return `${prefix}:${local}`;
    }
    return `<${iri}>`;
  };

  const find = async (editor, word) => {
    const { terms } = await known();
    const declared = editor.getPrefixesFromQuery();
    const [, prefix, rest] = /^([^:]*):(.*)$/.exec(word) ?? [null, null, word];
    const space = prefix === null ? "" : declared[prefix];
    const part = rest.toLowerCase();
    const kind = wantedKind(editor, word);
    const fits = ([iri, , label]) =>
      space === ""
        ? iri.toLowerCase().replace(/^.*[/#]/, "").includes(part) || label.toLowerCase().includes(part)
        : Boolean(space) && iri.startsWith(space) && iri.slice(space.length).toLowerCase().includes(part);
    const rank = ([, its, label]) => (its === kind ? 0 : 2) + (label.toLowerCase().startsWith(part) ? 0 : 1);
    const found = terms.filter(fits).sort((one, other) => rank(one) - rank(other));
    const offered = found.slice(0, MOST).map(([iri, , label]) => ({ text: written(iri, declared), label }));
    return offered.filter(({ text }) => text !== word); // nothing is left to complete
  };

  Yasqe.registerAutocompleter({
    name: "heritage-terms",
    autoShow: true,
    bulk: false,
    isValidCompletionPosition: (editor) => {
      const word = wordAt(editor);
      const token = editor.getTokenAt(editor.getDoc().getCursor());
      const isTold = ["comment", "string"].includes(token.type) || /^\s*prefix/i.test(lineUpTo(editor));
      return !isTold && !/^[?$]/.test(word) && isLongEnough(word);
    },
    preProcessToken: (editor, token) => {
      const { ch } = editor.getDoc().getCursor();
      const string = wordAt(editor);
      return { ...token, string, from: { ch: ch - string.length }, to: { ch } };
    },
    get: (editor, token) => find(editor, token.string),
    // The editor takes what is found for a text: here it is a text with its label.
    postprocessHints: (_editor, hints) =>
      hints.map(({ text: { text, label }, ...place }) => ({ ...place, text, displayText: `${text}  ${label}` })),
  });

  Yasqe.forkAutocompleter("prefixes", {
    name: "heritage-prefixes",
    persistenceId: null,
    get: async () => {
      const { prefixes } = await known();
      return Object.entries(prefixes).map(([prefix, space]) => `${prefix}: <${space}>`).sort();
    },
  });
};
