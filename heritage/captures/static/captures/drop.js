// What was dropped or chosen, as {name, file}: folders are walked, their paths kept.

export function chosenFiles(files) {
  return [...files].map((file) => ({ name: file.webkitRelativePath || file.name, file }));
}

export async function droppedFiles(transfer) {
  // Entries must be taken before the first wait: the browser empties the list then.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return chosenFiles(transfer.files);
  const found = await Promise.all(entries.map((entry) => walk(entry, "")));
  return found.flat();
}

async function walk(entry, folder) {
  const name = folder + entry.name;
  if (entry.isFile) return [{ name, file: await new Promise((done, fail) => entry.file(done, fail)) }];
  const found = [];
  for (const inner of await readAll(entry.createReader())) found.push(...(await walk(inner, `${name}/`)));
  return found;
}

async function readAll(reader) {
  const all = [];
  for (;;) {
    // A reader gives a hundred at a time, and none at the end.
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return all;
    all.push(...some);
  }
}
