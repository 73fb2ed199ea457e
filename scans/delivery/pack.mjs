// Write levels as compressed GLB files and have the Khronos validator look at each of them.
//
// One process does all levels: starting up costs more than writing.
// usage: node pack.mjs JOB.json      writes each level's file; a JSON answer on stdout
//        node pack.mjs --check FILE… validates finished files only
//
// The validator does not look inside meshopt streams. So each finished file is also decoded
// and validated in that form.

import { readFile, writeFile } from 'node:fs/promises';
import { Document, NodeIO, TextureInfo, VERSION } from '@gltf-transform/core';
import {
  EXTMeshoptCompression, KHRMeshQuantization, KHRTextureBasisu, KHRTextureTransform, KHRXMP,
} from '@gltf-transform/extensions';
import { MeshoptDecoder, MeshoptEncoder } from 'meshoptimizer';
import { validateBytes } from 'gltf-validator';

const ARRAYS = {
  u8: Uint8Array, i8: Int8Array, u16: Uint16Array, i16: Int16Array, u32: Uint32Array,
  f32: Float32Array,
};
const SLOTS = { colour: 'BaseColor', normal: 'Normal', occlusion: 'Occlusion' };
const MAX_ISSUES = 20; // enough to know what is wrong
const MESHOPT = 'EXT_meshopt_compression';
const BASISU = 'KHR_texture_basisu';
const [GLB_MAGIC, JSON_CHUNK, BIN_CHUNK] = [0x46546c67, 0x4e4f534a, 0x004e4942];

await Promise.all([MeshoptDecoder.ready, MeshoptEncoder.ready]);
const io = new NodeIO()
  .registerExtensions([
    EXTMeshoptCompression, KHRMeshQuantization, KHRTextureBasisu, KHRTextureTransform, KHRXMP,
  ])
  .registerDependencies({ 'meshopt.encoder': MeshoptEncoder });

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
    answers.push(await check(packed, await readTwins(level)));
  }
  return answers;
}

// By name of the image: what it decodes to, as PNG.
async function readTwins(level) {
  const twins = new Map();
  for (const { slot, twin } of level.textures) twins.set(slot, await readFile(twin));
  return twins;
}

async function checkFiles(paths) {
  const answers = [];
  for (const path of paths) {
    answers.push(await check(new Uint8Array(await readFile(path)), new Map()));
  }
  return answers;
}

async function buildDocument(level, job) {
  const document = new Document();
  const asset = document.getRoot().getAsset();
  asset.generator = `${job.generator}, glTF-Transform ${VERSION}`;
  if (job.copyright) asset.copyright = job.copyright;
  asset.extras = level.extras;
  const material = buildMaterial(document, level.material);
  for (const texture of level.textures) await addTexture(document, material, texture, level);
  const primitive = document.createPrimitive().setMaterial(material);
  await fill(document, primitive, level);
  const mesh = document.createMesh('surface').addPrimitive(primitive);
  const node = document.createNode('surface').setMesh(mesh)
    .setTranslation(level.origin_m).setScale([level.step_m, level.step_m, level.step_m]);
  if (level.xmp) {
    const packet = document.createExtension(KHRXMP).createPacket().fromJSONLD(level.xmp);
    document.getRoot().setExtension('KHR_xmp_json_ld', packet);
  }
  const object = document.createNode('object').addChild(node);
  document.getRoot().setDefaultScene(document.createScene('object').addChild(object));
  if (level.packed) requirePacking(document, level);
  return document;
}

function requirePacking(document, { octahedral, textures }) {
  const { FILTER, QUANTIZE } = EXTMeshoptCompression.EncoderMethod;
  document.createExtension(KHRMeshQuantization).setRequired(true);
  document.createExtension(EXTMeshoptCompression).setRequired(true)
    .setEncoderOptions({ method: octahedral ? FILTER : QUANTIZE });
  if (textures.some(({ mime }) => mime === 'image/ktx2')) {
    document.createExtension(KHRTextureBasisu).setRequired(true);
  }
  if (textures.length) document.createExtension(KHRTextureTransform).setRequired(true);
}

async function addTexture(document, material, { slot, mime, file }, { packed, uv_step }) {
  const image = new Uint8Array(await readFile(file));
  const texture = document.createTexture(slot).setMimeType(mime).setImage(image);
  const name = SLOTS[slot];
  material[`set${name}Texture`](texture);
  const info = material[`get${name}TextureInfo`]();
  const { CLAMP_TO_EDGE } = TextureInfo.WrapMode;
  info.setWrapS(CLAMP_TO_EDGE).setWrapT(CLAMP_TO_EDGE)
    .setMinFilter(TextureInfo.MinFilter.LINEAR_MIPMAP_LINEAR)
    .setMagFilter(TextureInfo.MagFilter.LINEAR);
  if (!packed) return;
  const transform = document.createExtension(KHRTextureTransform).createTransform()
    .setScale([uv_step, uv_step]);
  info.setExtension('KHR_texture_transform', transform);
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

async function check(packed, twins) {
  const finished = await validate(packed);
  // What the validator finds in the file itself may keep the decoder from reading it.
  const plain = finished.errors ? null : await validate(unpack(packed, twins));
  return { finished, plain };
}

// The same JSON over decoded buffer views: what the accessors claim stays what is checked.
function unpack(packed, twins) {
  const { json, binary } = splitChunks(packed);
  const decoded = twins.size ? [MESHOPT, BASISU] : [MESHOPT]; // else pictures stay as they are
  const pictures = twins.size ? showTwins(json, twins) : new Map();
  const parts = [];
  let length = 0;
  for (const [number, view] of json.bufferViews.entries()) {
    const part = pictures.get(number) ?? plainView(view, binary);
    delete view.extensions;
    Object.assign(view, { buffer: 0, byteOffset: length, byteLength: part.length });
    const pad = new Uint8Array((4 - (part.length % 4)) % 4);
    parts.push(part, pad);
    length += part.length + pad.length;
  }
  json.buffers = [{ byteLength: length }];
  for (const list of ['extensionsUsed', 'extensionsRequired']) {
    json[list] = json[list]?.filter((name) => !decoded.includes(name));
    if (!json[list]?.length) delete json[list]; // an empty list is an error
  }
  return joinChunks(json, Buffer.concat(parts));
}

// Put decoded pictures in the place of compressed ones; gives them by buffer view.
function showTwins(json, twins) {
  const pictures = new Map();
  for (const image of json.images) {
    pictures.set(image.bufferView, twins.get(image.name));
    image.mimeType = 'image/png';
  }
  for (const texture of json.textures) {
    texture.source ??= texture.extensions[BASISU].source;
    delete texture.extensions;
  }
  return pictures;
}

function plainView(view, binary) {
  const stream = view.extensions?.[MESHOPT];
  if (stream) return decode(stream, binary);
  const start = view.byteOffset ?? 0;
  return binary.subarray(start, start + view.byteLength);
}

function decode(stream, binary) {
  const start = stream.byteOffset ?? 0;
  const source = binary.subarray(start, start + stream.byteLength);
  const target = new Uint8Array(stream.count * stream.byteStride);
  const { count, byteStride, mode, filter } = stream;
  MeshoptDecoder.decodeGltfBuffer(target, count, byteStride, source, mode, filter);
  return target;
}

function splitChunks(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const jsonLength = view.getUint32(12, true);
  const json = JSON.parse(new TextDecoder().decode(bytes.subarray(20, 20 + jsonLength)));
  return { json, binary: bytes.subarray(20 + jsonLength + 8) };
}

function joinChunks(json, binary) {
  const text = Buffer.from(JSON.stringify(json));
  const padded = Buffer.concat([text, Buffer.alloc((4 - (text.length % 4)) % 4, ' ')]);
  const words = new Uint32Array([
    GLB_MAGIC, 2, 12 + 8 + padded.length + 8 + binary.length, padded.length, JSON_CHUNK,
  ]);
  const binaryHead = new Uint32Array([binary.length, BIN_CHUNK]);
  return new Uint8Array(Buffer.concat([
    Buffer.from(words.buffer), padded, Buffer.from(binaryHead.buffer), binary,
  ]));
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
