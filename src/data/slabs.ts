// Slabs: D consecutive slices of a prepared volume with the mask of one class, what a row group of a 3-D batch is made
// of. Large volumes give overlapping slabs, short ones repeat their edge slices.
import type { LabelClass } from './dataset';
import { VolumeError } from './errors';
import { memo } from './memo';
import { type FramedObject, frameMask } from './trainItems';
import { framePool, type PreparedVolume, prepareLabels } from './volumePrepare';

/** How a volume is cut. */
export interface SlabSpec {
  /** Slices D of a slab. */
  readonly depth: number;
  /** Part of a slab that the next one shares with it, 0 ≤ overlap < 1. */
  readonly overlap: number;
}

/** One slice of a slab. Image and mask are made when they are looked at. */
export interface SlabSlice extends FramedObject {
  /** Index of the slice in the prepared volume. */
  readonly slice: number;
  /** The object has no pixel here (in the model's frame). */
  readonly absent: boolean;
  /** The volume ends before; its edge slice stands here again. */
  readonly repeated: boolean;
}

/** D slices with one class. */
export interface Slab {
  /** Case and first slice. */
  readonly id: string;
  readonly caseId: string;
  readonly className: string;
  readonly value: number;
  /** First slice; negative where edge slices come before it. */
  readonly start: number;
  /** D, in order. */
  readonly slices: readonly SlabSlice[];
}

/** `VolumeError` for a depth or overlap that is none, and for a volume of one slice where the depth asks for more. */
function checkSpec(name: string, n: number, { depth, overlap }: SlabSpec): void {
  if (!(Number.isInteger(depth) && depth >= 1))
    throw new VolumeError(`${name}: slabs of ${depth} slices, expected ≥ 1`);
  if (!(overlap >= 0 && overlap < 1))
    throw new VolumeError(`${name}: slabs that overlap by ${overlap}, expected 0 ≤ overlap < 1`);
  if (n === 1 && depth > 1) {
    throw new VolumeError(
      `${name}: it has a single slice in this plane, so there is no depth to learn from — use depth 1 (2-D), or another plane`,
    );
  }
}

/**
 * First slices of the slabs that cover n slices: evenly spaced, the first at 0, the last ending with the volume, so that
 * neighbours share at least `overlap`. One slab, centred (so negative), where the volume is shorter.
 */
export function slabStarts(n: number, spec: SlabSpec, name = 'slabs'): number[] {
  checkSpec(name, n, spec);
  const { depth, overlap } = spec;
  if (n <= depth) return [0 - Math.floor((depth - n) / 2)];
  const stride = Math.max(1, Math.floor(depth * (1 - overlap)));
  const count = Math.ceil((n - depth) / stride) + 1;
  return Array.from({ length: count }, (_, i) => Math.round((i * (n - depth)) / (count - 1)));
}

/** Slice indices of a slab of n slices: the edge repeats. */
export const slabIndices = (start: number, depth: number, n: number): number[] =>
  Array.from({ length: depth }, (_, d) => Math.min(n - 1, Math.max(0, start + d)));

/** Masks of one class by slice; null where it has no pixel in the frame. */
function classMasks(prepared: PreparedVolume, labels: Uint8Array | Uint16Array, value: number) {
  const [w, h, n] = prepared.dims;
  const plane = w * h;
  const there = Array.from({ length: n }, (_, z) => labels.subarray(z * plane, (z + 1) * plane).includes(value));
  const make = (z: number): Uint8Array => {
    const mask = new Uint8Array(plane);
    for (let i = 0; i < plane; i++) mask[i] = labels[z * plane + i] === value ? 1 : 0;
    return frameMask(mask, w, h, prepared.side);
  };
  const framed = memo(framePool, prepared.side ** 2, make);
  const seen = there.map((t, z) => t && framed(z).includes(1)); // specks vanish in resizing
  return { seen, framed };
}

/**
 * The slabs of a labelled volume that show an object, class by class in the order of `classes`. `labels` lie on the
 * grid of the source volume. Classes that the volume does not show (or only as specks that vanish in resizing) come back in
 * `lost`. `VolumeError` where the volume cannot be cut so.
 */
export function slabsOf(
  prepared: PreparedVolume,
  labels: Uint8Array | Uint16Array,
  classes: readonly LabelClass[],
  spec: SlabSpec,
): { readonly slabs: Slab[]; readonly lost: string[] } {
  const n = prepared.dims[2];
  const starts = slabStarts(n, spec, prepared.id);
  const view = prepareLabels(prepared, labels);
  const nothing = new Uint8Array(prepared.side ** 2);
  const slabs: Slab[] = [];
  const lost: string[] = [];
  for (const { value, name } of classes) {
    const { seen, framed } = classMasks(prepared, view, value);
    const slice = (z: number, at: number): SlabSlice => ({
      id: `${prepared.id}:${z}`,
      className: name,
      inputSize: prepared.frame(z).inputSize,
      get image() {
        return prepared.frame(z).image;
      },
      get mask() {
        return seen[z] ? framed(z) : nothing;
      },
      slice: z,
      absent: !seen[z],
      repeated: z !== at,
    });
    if (!seen.includes(true)) lost.push(name);
    for (const start of starts) {
      const indices = slabIndices(start, spec.depth, n);
      if (!indices.some((z) => seen[z])) continue;
      const slices = indices.map((z, d) => slice(z, start + d));
      slabs.push({ id: `${prepared.id}:${start}`, caseId: prepared.id, className: name, value, start, slices });
    }
  }
  return { slabs, lost };
}
