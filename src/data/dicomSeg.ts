// DICOM Segmentation as a label volume: frames of one bit (or of a fraction) per pixel, each with its own place and segment.
// Frames without the object are left out of such files, so the grid reaches from the first frame to the last.
import type { DataSet } from 'dicom-parser';
import { affineOf, axesOf, checkSpans, spacingOf, type Triple } from './affine';
import { readSlice } from './bytes';
import { checkSyntax, numbersAt, parseDicom, readGuarded } from './dicomSlice';
import { VolumeError } from './errors';
import {
  checkDims,
  checkSpacing,
  chooseChannel,
  makeVolume,
  type VolumeFile,
  type VolumeInfo,
  voxelsOf,
} from './volume';
import { valueStats } from './volumeStats';

/** A frame's place along the normal and its segment. */
interface Frame {
  readonly position: Triple;
  readonly along: number;
  readonly segment: number;
}

interface Layout {
  readonly rows: number;
  readonly columns: number;
  readonly frames: readonly Frame[];
  /** Slice of each frame. */
  readonly slices: readonly number[];
  readonly info: VolumeInfo;
  readonly offset: number;
  /** Bits of one pixel: 1, or 8 of a fraction of `full`. */
  readonly bits: 1 | 8;
  readonly full: number;
}

/** The first item of a sequence inside a data set; null where it is not there. */
const item = (d: DataSet | null | undefined, tag: string): DataSet | null =>
  d?.elements[tag]?.items?.[0]?.dataSet ?? null;

const shared = (d: DataSet) => item(d, 'x52009229');

/** A value of the frame's own functional groups, else of the shared ones. */
function grouped(d: DataSet, frame: DataSet | null, group: string, tag: string, count: number): number[] | null {
  for (const from of [frame, shared(d)]) {
    const found = item(from, group);
    const values = found && numbersAt(found, tag, count);
    if (values) return values;
  }
  return null;
}

const cross = (a: readonly number[], b: readonly number[]): Triple => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

function framesOf(d: DataSet, count: number, normal: Triple, name: string): Frame[] {
  const items = d.elements.x52009230?.items ?? [];
  if (items.length < count)
    throw new VolumeError(`${name}: ${count} frames, and only ${items.length} say where they lie — it is damaged`);
  return items.slice(0, count).map(({ dataSet = null }, i) => {
    const p = grouped(d, dataSet, 'x00209113', 'x00200032', 3);
    if (!p)
      throw new VolumeError(
        `${name}: frame ${i} does not say where it lies — such a segmentation belongs to no volume`,
      );
    const segment = (item(dataSet, 'x0062000a') ?? item(shared(d), 'x0062000a'))?.uint16('x0062000b') ?? 1;
    return { position: [p[0], p[1], p[2]], along: p[0] * normal[0] + p[1] * normal[1] + p[2] * normal[2], segment };
  });
}

/** Spacing along the normal: what the file says, else the smallest distance of two frames, else their thickness. */
function stepOf(d: DataSet, frames: readonly Frame[]): number {
  const stated = grouped(d, null, 'x00289110', 'x00180088', 1)?.[0];
  if (stated && stated > 0) return stated;
  const places = [...new Set(frames.map((f) => f.along))].sort((a, b) => a - b);
  const gaps = places
    .slice(1)
    .map((v, i) => v - places[i])
    .filter((g) => g > 1e-3);
  return gaps.length ? Math.min(...gaps) : (grouped(d, null, 'x00289110', 'x00180050', 1)?.[0] ?? 1);
}

function slicesOf(frames: readonly Frame[], first: number, step: number, name: string): number[] {
  return frames.map(({ along }, i) => {
    const at = (along - first) / step;
    if (Math.abs(at - Math.round(at)) > 0.1)
      throw new VolumeError(
        `${name}: frame ${i} lies between the slices of the grid (${at.toFixed(2)} steps of ${step} mm) — convert it to NIfTI`,
      );
    return Math.round(at);
  });
}

function geometry(d: DataSet, count: number, [columns, rows]: readonly [number, number], name: string) {
  const perFrame = d.elements.x52009230?.items?.[0]?.dataSet ?? null;
  const o = grouped(d, perFrame, 'x00209116', 'x00200037', 6);
  const between = grouped(d, perFrame, 'x00289110', 'x00280030', 2);
  if (!o || !between)
    throw new VolumeError(`${name}: it does not say where its frames lie — such a segmentation belongs to no volume`);
  const normal = cross(o.slice(0, 3), o.slice(3));
  const frames = framesOf(d, count, normal, name);
  const step = stepOf(d, frames);
  checkSpacing(name, [between[1], between[0], step]);
  const first = frames.reduce((m, f) => (f.along < m.along ? f : m));
  const slices = slicesOf(frames, first.along, step, name);
  const ras = (v: readonly number[], k: number): Triple => [-v[0] * k, -v[1] * k, v[2] * k];
  const affine = affineOf(
    ras(o.slice(0, 3), between[1]),
    ras(o.slice(3), between[0]),
    ras(normal, step),
    ras(first.position, 1),
  );
  checkSpans(affine, name);
  const dims: Triple = [columns, rows, Math.max(...slices) + 1];
  checkDims(name, dims, 2);
  return { frames, slices, affine, dims };
}

function layoutOf(d: DataSet, blob: Blob, name: string): Layout {
  checkSyntax(d, name);
  const [rows, columns] = [d.uint16('x00280010') ?? 0, d.uint16('x00280011') ?? 0];
  const count = d.intString('x00280008') ?? 1;
  checkDims(name, [columns, rows, count], 1);
  const bits = d.uint16('x00280100');
  if (bits !== 1 && bits !== 8)
    throw new VolumeError(`${name}: ${bits} bits a pixel, expected 1 or 8 — convert it to NIfTI`);
  const offset = d.elements.x7fe00010?.dataOffset ?? blob.size;
  const bytes = Math.ceil((rows * columns * count * bits) / 8);
  if (offset + bytes > blob.size)
    throw new VolumeError(
      `${name}: ${count} frames need ${bytes} bytes, ${Math.max(0, blob.size - offset)} are there — it is truncated; get it again`,
    );
  const { frames, slices, affine, dims } = geometry(d, count, [columns, rows], name);
  const common = {
    name,
    format: 'DICOM SEG',
    shape: dims,
    dims,
    dtype: `uint${bits}`,
    endian: 'little',
    slope: 1,
    intercept: 0,
  } as const;
  const info = {
    ...common,
    channels: 1,
    affine,
    axes: axesOf(affine),
    spacing: spacingOf(affine),
    notes: [],
    names: segmentNames(d),
  };
  return { rows, columns, frames, slices, info, offset, bits, full: d.uint16('x0062000e') ?? 255 };
}

/** Labels of the segments by number. */
function segmentNames(d: DataSet): ReadonlyMap<number, string> {
  const segments = (d.elements.x00620002?.items ?? []).flatMap(({ dataSet }) => (dataSet ? [dataSet] : []));
  return new Map(
    segments.flatMap((s) => {
      const [number, label] = [s.uint16('x00620004'), s.string('x00620005')?.trim()];
      return number && label ? [[number, label] as const] : [];
    }),
  );
}

/** Segment numbers by voxel; where segments overlap the later frame stays. */
async function labelsOf(
  blob: Blob,
  { rows, columns, frames, slices, info, offset, bits, full }: Layout,
): Promise<Uint16Array> {
  const plane = rows * columns;
  const stored = await readSlice(blob, offset, offset + Math.ceil((plane * frames.length * bits) / 8), info.name);
  const out = new Uint16Array(voxelsOf(info.dims));
  for (const [f, { segment }] of frames.entries()) {
    for (let i = 0, at = f * plane; i < plane; i++, at++) {
      const on = bits === 1 ? (stored[at >> 3] >> (at & 7)) & 1 : stored[at] * 2 >= full;
      if (on) out[slices[f] * plane + i] = segment;
    }
  }
  return out;
}

/** Whether a DICOM file is a segmentation. */
export const isDicomSeg = (d: DataSet): boolean => (d.string('x00080060') ?? '').trim() === 'SEG';

/**
 * Opens a DICOM Segmentation; its values are segment numbers. `VolumeError`, in words, for compressed or truncated frames and
 * for frames that do not say where they lie.
 */
export async function openDicomSeg(blob: Blob, name: string): Promise<VolumeFile> {
  const layout = await readGuarded(name, async () => layoutOf(await parseDicom(blob, name), blob, name));
  const { info } = layout;
  const read = async (channel?: number) => {
    chooseChannel(info, channel);
    return makeVolume(info.dims, await labelsOf(blob, layout), info.affine, info);
  };
  return { info, read, statistics: async () => valueStats(await labelsOf(blob, layout)) };
}
