// Where an independent reader finds each top node of a GLB: name, world matrix, triangles below it.

import { readFile } from "node:fs/promises";
import { NodeIO } from "@gltf-transform/core";
import { ALL_EXTENSIONS } from "@gltf-transform/extensions";
import { MeshoptDecoder } from "meshoptimizer";

await MeshoptDecoder.ready;
const io = new NodeIO().registerExtensions(ALL_EXTENSIONS).registerDependencies({ "meshopt.decoder": MeshoptDecoder });
const document = await io.readBinary(new Uint8Array(await readFile(process.argv[2])));
const scene = document.getRoot().getDefaultScene();
const nodes = scene.listChildren().map((node) => {
  let triangles = 0;
  node.traverse((one) => {
    for (const primitive of one.getMesh()?.listPrimitives() ?? []) {
      triangles += (primitive.getIndices() ?? primitive.getAttribute("POSITION")).getCount() / 3;
    }
  });
  return { name: node.getName(), position: node.getWorldTranslation(), rotation: node.getWorldRotation(), triangles, extras: node.getExtras() };
});
console.log(JSON.stringify({ nodes, extras: scene.getExtras() }));
