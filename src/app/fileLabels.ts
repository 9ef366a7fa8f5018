/**
 * What was drawn on a case's grid, on the grid of its file: turned back where the case was turned, enlarged where an image
 * is shown smaller than it is. Hidden objects are part of it; hiding is for the eye alone.
 */
import { writeLabelNames } from '../data/labelNames';
import type { CaseInfo } from './document/caseInfo';
import type { CaseDoc, LabelObject } from './document/document';
import { packMask, type Runs, unpackMask } from './document/runs';

/** Where voxel (x, y, z) of the case's grid lies in the file's: index of the first, and the steps along x, y, z. */
function strides({ dims, source }: CaseInfo): readonly [start: number, x: number, y: number, z: number] {
  const { turn } = source;
  const [nx, ny] = source.dims;
  const own = [1, nx, nx * ny];
  if (!turn) return [0, 1, nx, nx * ny];
  const step = turn.from.map((old, a) => (turn.flip[a] ? -own[old] : own[old]));
  const start = step.reduce((at, s, a) => at + (s < 0 ? -s * (dims[a] - 1) : 0), 0);
  return [start, step[0], step[1], step[2]];
}

/** Calls `paint` with the place in the file of every voxel of a slice's mask. */
function eachVoxel(info: CaseInfo, z: number, runs: Runs, paint: (index: number) => void): void {
  const nx = info.dims[0];
  const [start, dx, dy, dz] = strides(info);
  for (let i = 0, at = 0; i < runs.length; at += runs[i], i++) {
    if (i % 2 === 0) continue;
    for (let p = at; p < at + runs[i]; p++) {
      paint(start + (p % nx) * dx + Math.floor(p / nx) * dy + z * dz);
    }
  }
}

/** Whether the file's grid is finer than the case's: an image that is shown smaller than it is. */
const isReduced = ({ kind, dims, source }: CaseInfo): boolean =>
  kind === 'image' && (dims[0] !== source.dims[0] || dims[1] !== source.dims[1]);

/** A mask as shown → 0 and 1 in the file's size, nearest. */
function enlarged(runs: Runs, { dims, source }: CaseInfo): Uint8Array<ArrayBuffer> {
  const mask = unpackMask(runs);
  const [width, height] = source.dims;
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * dims[1]) / height) * dims[0];
    for (let x = 0; x < width; x++) out[y * width + x] = mask[row + Math.floor(((x + 0.5) * dims[0]) / width)];
  }
  return out;
}

/** Values in a file's size → as it is shown, nearest: what `enlarged` made comes back as it was. */
export function reduced<T extends Uint8Array | Uint16Array>(values: T, { dims, source }: CaseInfo): T {
  const [nx, ny] = dims;
  const [width, height] = source.dims;
  const out = values.slice(0, nx * ny) as T;
  for (let y = 0; y < ny; y++) {
    const row = Math.floor(((y + 0.5) * height) / ny) * width;
    for (let x = 0; x < nx; x++) out[y * nx + x] = values[row + Math.floor(((x + 0.5) * width) / nx)];
  }
  return out;
}

/** An object on the file's grid: 0 and 1 of each slice along the file's third axis that has any of it. */
export function objectOnFile(o: LabelObject, info: CaseInfo): ReadonlyMap<number, Uint8Array<ArrayBuffer>> {
  const area = info.source.dims[0] * info.source.dims[1];
  const out = new Map<number, Uint8Array<ArrayBuffer>>();
  for (const [z, runs] of o.masks) {
    if (isReduced(info)) {
      out.set(0, enlarged(runs, info));
      continue;
    }
    eachVoxel(info, z, runs, (index) => {
      const k = Math.floor(index / area);
      const slice = out.get(k) ?? new Uint8Array(area);
      out.set(k, slice);
      slice[index - k * area] = 1;
    });
  }
  return new Map([...out].sort(([a], [b]) => a - b));
}

/** The other way: an object's mask on the slices of the file → on those of the case's grid. */
export function objectFromFile(slices: ReadonlyMap<number, Uint8Array>, info: CaseInfo): ReadonlyMap<number, Runs> {
  const [nx, ny] = info.dims;
  const [width] = info.source.dims;
  const { from, flip } = info.source.turn ?? { from: [0, 1, 2], flip: [false, false, false] };
  const out = new Map<number, Uint8Array>();
  for (const [k, mask] of slices) {
    if (isReduced(info)) {
      out.set(0, reduced(mask, info));
      continue;
    }
    for (let p = mask.indexOf(1); p >= 0; p = mask.indexOf(1, p + 1)) {
      const at = [p % width, Math.floor(p / width), k];
      const [x, y, z] = from.map((old, a) => (flip[a] ? info.dims[a] - 1 - at[old] : at[old]));
      const slice = out.get(z) ?? new Uint8Array(nx * ny);
      out.set(z, slice);
      slice[y * nx + x] = 1;
    }
  }
  const filled = [...out].filter(([, mask]) => mask.includes(1)).sort(([a], [b]) => a - b);
  return new Map(filled.map(([z, mask]) => [z, packMask(mask)]));
}

/** Ids of all objects on the file's grid, x fastest; later objects over earlier ones, 0 elsewhere. */
export function labelsOnFile(doc: CaseDoc, info: CaseInfo): Uint8Array<ArrayBuffer> {
  const [nx, ny, nz] = info.source.dims;
  const out = new Uint8Array(nx * ny * nz);
  for (const o of doc.objects) {
    for (const [z, runs] of o.masks) {
      if (isReduced(info)) {
        for (const [i, v] of enlarged(runs, info).entries()) if (v) out[i] = o.id;
      } else {
        eachVoxel(info, z, runs, (index) => {
          out[index] = o.id;
        });
      }
    }
  }
  return out;
}

/** What the values of the label map are called: goes into the mask's file. */
export const labelText = ({ objects }: CaseDoc): string =>
  writeLabelNames(objects.filter((o) => o.masks.size).map(({ id: value, name, colour }) => ({ value, name, colour })));

/** Whether there is anything to save. */
export const hasMask = (doc: CaseDoc): boolean => doc.objects.some((o) => o.masks.size > 0);

/** The name of a case without the ending of its format, for files that are made of it; of a series that of its first file. */
export function stemOf(name: string): string {
  const first = name.replace(/ and \d+ more$/, '');
  return first.replace(/\.(png|jpe?g|nii|hdr|img|nrrd|nhdr|mha|mhd|dcm|ima)(\.gz)?$/i, '') || 'case';
}
