// Loads KTX2 maps without letting the page run text as code.
//
// The transcoder writes functions for itself as text (embind's `new Function`). A worker
// made of a blob inherits the page's policy, which forbids that. A worker with an address
// has a policy of its own, and ours (pages/security.py) lets it do that and nothing else.

import { KTX2Loader } from "three/addons/loaders/KTX2Loader.js";

const WORKER = new URL("./map_worker.js", import.meta.url);

export class MapLoader extends KTX2Loader {
  constructor(renderer) {
    super();
    // Found through the import map, wherever the museum serves its files from.
    this.setTranscoderPath(import.meta.resolve("three/addons/libs/basis/"));
    this.detectSupport(renderer);
    // The page has asked for the transcoder already: it is ready when the first map comes.
    this.init().catch((error) => console.warn(error));
  }

  init() {
    this.ready ??= this.fetchTranscoder();
    return this.ready;
  }

  async fetchTranscoder() {
    try {
      await super.init();
    } catch (error) {
      this.ready = this.transcoderPending = null; // the next map asks again
      throw error;
    }
    const source = await (await fetch(this.workerSourceURL)).text();
    // One makes itself ready while the first model is still taken apart.
    let spare = this.makeWorker(source);
    this.workerPool.setWorkerCreator(() => {
      const worker = spare ?? this.makeWorker(source);
      spare = null;
      return worker;
    });
  }

  makeWorker(source) {
    const worker = new Worker(WORKER);
    const transcoderBinary = this.transcoderBinary.slice(0);
    worker.postMessage({ source });
    worker.postMessage({ type: "init", config: this.workerConfig, transcoderBinary }, [transcoderBinary]);
    return worker;
  }
}
