// Write levels as compressed GLB files and have the Khronos validator look at each of them.
//
// One process does all levels: starting up costs more than writing.
// usage: node pack.mjs JOB.json      writes each level's file; a JSON answer on stdout
//        node pack.mjs --check FILE… validates finished files only
//
// The validator does not look inside meshopt streams. So each finished file is also read
// back, written without compression, and validated in that form.

import { readFile, writeFile } from 'node:fs/promises';
import { Document, NodeIO, VERSION } from '@gltf-transform/core';
import { EXTMeshoptCompression, KHRMeshQuantization } from '@gltf-transform/extensions';
import { MeshoptDecoder, MeshoptEncoder } from 'meshoptimizer';
import { validateBytes } from 'gltf-validator';

const ARRAYS = {
  u8: Uint8Array, i8: Int8Array, u16: Uint16Array, i16: Int16Array, u32: Uint32Array,
};
const MAX_ISSUES = 20; // enough to know what is wrong

await Promise.all([MeshoptDecoder.ready, MeshoptEncoder.ready]);
const io = new NodeIO()
  .registerExtensions([EXTMeshoptCompression, KHRMeshQuantization])
  .registerDependencies({ 'meshopt.decoder': MeshoptDecoder, 'meshopt.encoder': MeshoptEncoder });

const [first, ...rest] = process.argv.slice(2);
const answer = first === '--check' ? await checkFiles(rest) : await packAll(first);
process.stdout.write(JSON.stringify(answer));

async function packAll(jobPath) {
  const job = JSON.parse(await readFile(jobPath, 'utf8'));
  const answers = [];
  for (const level of job.levels) {
    const document = await buildDocument(level, job);
    const packed = await io.writeBinary(document);
    await writeFile(level.file, packed);
    answers.push(await check(packed));
  }
  return answers;
}

async function checkFiles(paths) {
  const answers = [];
  for (const path of paths) answers.push(await check(new Uint8Array(await readFile(path))));
  return answers;
}

async function buildDocument(level, job) {
  const document = new Document();
  const asset = document.getRoot().getAsset();
  asset.generator = `${job.generator}, glTF-Transform ${VERSION}`;
  if (job.copyright) asset.copyright = job.copyright;
  asset.extras = level.extras;
  const primitive = document.createPrimitive().setMaterial(buildMaterial(document, level.material));
  await fill(document, primitive, level);
  const mesh = document.createMesh('surface').addPrimitive(primitive);
  const node = document.createNode('surface').setMesh(mesh)
    .setTranslation(level.origin_m).setScale([level.step_m, level.step_m, level.step_m]);
  const object = document.createNode('object').addChild(node);
  document.getRoot().setDefaultScene(document.createScene('object').addChild(object));
  document.createExtension(KHRMeshQuantization).setRequired(true);
  document.createExtension(EXTMeshoptCompression).setRequired(true)
    .setEncoderOptions({ method: EXTMeshoptCompression.EncoderMethod.QUANTIZE });
  return document;
}

async function fill(document, primitive, level) {
  const bytes = await readFile(level.arrays_file);
  const buffer = document.createBuffer();
  for (const { name, type, offset, length, size, normalized } of level.arrays) {
    const whole = bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + length);
    const accessor = document.createAccessor(name).setBuffer(buffer)
      .setType(size === 1 ? 'SCALAR' : `VEC${size}`)
      .setArray(new ARRAYS[type](whole)).setNormalized(normalized);
    if (name === 'indices') primitive.setIndices(accessor);
    else primitive.setAttribute(name, accessor);
  }
}

function buildMaterial(document, { colour, roughness }) {
  return document.createMaterial('surface').setBaseColorFactor([...colour, 1])
    .setMetallicFactor(0).setRoughnessFactor(roughness).setDoubleSided(false);
}

async function check(packed) {
  const finished = await validate(packed);
  // What the validator finds in the file itself may keep the decoder from reading it.
  const plain = finished.errors ? null : await validate(await unpack(packed));
  return { finished, plain };
}

async function unpack(packed) {
  const document = await io.readBinary(packed);
  for (const extension of document.getRoot().listExtensionsUsed()) {
    if (extension.extensionName === 'EXT_meshopt_compression') extension.dispose();
  }
  return io.writeBinary(document);
}

async function validate(bytes) {
  const { issues } = await validateBytes(bytes, { maxIssues: MAX_ISSUES, writeTimestamp: false });
  return {
    errors: issues.numErrors,
    warnings: issues.numWarnings,
    messages: issues.messages.filter((issue) => issue.severity < 2)
      .map(({ code, message, pointer }) => `${code} ${pointer ?? ''}: ${message}`),
  };
}
