import { freeBuffer, readBuffer, storageBuffer } from '../gpu/buffers';
import type { Gpu } from '../gpu/device';
import { BYTES, numel } from '../tensor/shape';
import type { HostArray, Leaf } from '../tensor/tensor';

/** Buffers of leaves that outlive a plan: constants and state, per device. The leaf object is the key. */
const buffers = new WeakMap<Gpu, Map<Leaf, GPUBuffer>>();

function table(gpu: Gpu): Map<Leaf, GPUBuffer> {
  const t = buffers.get(gpu) ?? new Map<Leaf, GPUBuffer>();
  buffers.set(gpu, t);
  return t;
}

/** The buffer of a state or constant leaf; made on first use (constants filled, state zero). */
export function leafBuffer(gpu: Gpu, leaf: Leaf): GPUBuffer {
  const t = table(gpu);
  let b = t.get(leaf);
  if (!b) {
    b = storageBuffer(gpu, numel(leaf.shape) * BYTES, leaf.name);
    t.set(leaf, b);
    if (leaf.data) gpu.device.queue.writeBuffer(b, 0, leaf.data as Float32Array<ArrayBuffer>);
  }
  return b;
}

/** Plans that read a constant, by device. */
const readers = new WeakMap<Gpu, Map<Leaf, number>>();

/** Counts one more (`by` 1) or one less (−1) reader of the constants among `leaves`; without any their buffers are freed. */
export function countReaders(gpu: Gpu, leaves: readonly Leaf[], by: 1 | -1): void {
  const counts = readers.get(gpu) ?? new Map<Leaf, number>();
  readers.set(gpu, counts);
  for (const leaf of leaves) {
    if (leaf.kind !== 'constant') continue;
    const n = (counts.get(leaf) ?? 0) + by;
    if (n > 0) counts.set(leaf, n);
    else {
      counts.delete(leaf);
      freeLeaf(gpu, leaf);
    }
  }
}

/** Fills a state leaf (from element `offset` on). Throws when `data` does not fit. */
export function bindLeaf(gpu: Gpu, leaf: Leaf, data: HostArray, offset = 0): void {
  if (offset + data.length > numel(leaf.shape)) {
    throw new Error(`state ${leaf.name}: ${data.length} values from ${offset} on do not fit into ${numel(leaf.shape)}`);
  }
  gpu.device.queue.writeBuffer(leafBuffer(gpu, leaf), offset * BYTES, data as Float32Array<ArrayBuffer>);
}

/** Reads a state leaf back (elements `offset` … `offset + length`). */
export async function readLeaf(
  gpu: Gpu,
  leaf: Leaf,
  offset = 0,
  length = numel(leaf.shape) - offset,
): Promise<Float32Array> {
  return new Float32Array(await readBuffer(gpu, leafBuffer(gpu, leaf), length * BYTES, offset * BYTES));
}

/** Copies the values of one state leaf into another of the same size, on the GPU. */
export function copyLeaf(gpu: Gpu, from: Leaf, to: Leaf): void {
  if (numel(from.shape) !== numel(to.shape)) {
    throw new Error(
      `state ${to.name}: ${numel(to.shape)} values cannot be those of ${from.name}, ${numel(from.shape)}`,
    );
  }
  const whole = (leaf: Leaf) => ({ leaf, offset: 0 });
  copyLeafParts(gpu, [{ from: whole(from), to: whole(to), length: numel(to.shape) }]);
}

/** Elements of a leaf from `offset` on. */
export interface LeafPart {
  readonly leaf: Leaf;
  readonly offset: number;
}

/** Copies stretches of `length` elements between state leaves, on the GPU, in one submit. */
export function copyLeafParts(
  gpu: Gpu,
  parts: readonly { readonly from: LeafPart; readonly to: LeafPart; readonly length: number }[],
): void {
  if (!parts.length) return;
  const encoder = gpu.device.createCommandEncoder();
  for (const { from, to, length } of parts) {
    const [a, b] = [leafBuffer(gpu, from.leaf), leafBuffer(gpu, to.leaf)];
    encoder.copyBufferToBuffer(a, from.offset * BYTES, b, to.offset * BYTES, length * BYTES);
  }
  gpu.device.queue.submit([encoder.finish()]);
}

/** Frees the buffer of a leaf that no plan will run with again. */
export function freeLeaf(gpu: Gpu, leaf: Leaf): void {
  const b = table(gpu).get(leaf);
  if (!b) return;
  table(gpu).delete(leaf);
  freeBuffer(gpu, b);
}
