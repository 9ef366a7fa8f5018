/** Labels that came in a file: told from images by their values, laid onto the image that they belong to, made objects. */
import { axesOf, spacingOf } from '../data/affine';
import { wordsOf } from '../data/errors';
import { cleanName, type LabelName } from '../data/labelNames';
import { checkSameGrid, makeVolume, type Volume } from '../data/volume';
import { turnData } from '../data/volumeReorient';
import { spreadOver } from '../data/volumeSparse';
import type { CaseInfo } from './document/caseInfo';
import { MAX_OBJECTS } from './document/document';
import type { NewObject } from './document/edits';
import type { Runs } from './document/runs';
import { reduced, stemOf } from './fileLabels';

/** A file whose values can be labels. */
export interface LabelFile {
  readonly name: string;
  readonly kind: CaseInfo['kind'];
  /** Whole numbers on the file's grid, 0 where there is nothing; a picture is a volume of one slice. */
  readonly volume: Volume & { readonly data: Uint8Array | Uint16Array };
  /** Its name or format says that it holds labels; else they only look like it. */
  readonly declared: boolean;
  /** What its values are called, where the file says it. */
  readonly named?: ReadonlyMap<number, LabelName> | null;
}

/** What label files are called beside their image's name. */
const ENDING = /[-_. ](masks?|seg|segmentation|labels?|labelmap|gt|groundtruth)$/i;

/** Whether a name says that a file holds labels. */
export const isLabelName = (name: string): boolean => ENDING.test(stemOf(name));

/** Most different values of a file that does not say that it holds labels. */
const MAX_VALUES = 64;

/**
 * The values as labels; null where they are none: fractions, negative or very many different ones, or no background. Storage may have
 * rounded them (0.99999997).
 */
export function labelsIn(volume: Volume, file: Omit<LabelFile, 'volume'>): LabelFile | null {
  const { data } = volume;
  const most = file.declared ? 65535 : 255;
  const out = data.length > 0 && most <= 255 ? new Uint8Array(data.length) : new Uint16Array(data.length);
  const seen = new Set<number>();
  let last = Number.NaN;
  for (let i = 0; i < data.length; i++) {
    const v = Math.round(data[i]);
    if (!(Math.abs(data[i] - v) <= 1e-3 && v >= 0 && v <= most)) return null;
    out[i] = v;
    if (v === last) continue;
    last = v;
    if (seen.has(v)) continue;
    seen.add(v);
    if (seen.size > (file.declared ? MAX_OBJECTS + 1 : MAX_VALUES)) return null;
  }
  if (!seen.has(0) || seen.size < 2) return null;
  return { ...file, volume: { ...makeVolume(volume.dims, out, volume.affine, volume.source, file.name), data: out } };
}

/** Where labels belong, on that case's grid; or why not there (null: nothing that they could be meant for is open). */
export type LabelPlace =
  | { readonly info: CaseInfo; readonly labels: Uint8Array | Uint16Array }
  | { readonly reason: string | null };

/**
 * Finds the open case that labels lie on. Patients of one study often share a grid, so names decide first, then what is on the
 * screen, then what was opened last.
 */
export function placeLabels(file: LabelFile, open: readonly CaseInfo[], shown: string | null): LabelPlace {
  const stem = stemOf(file.name).replace(ENDING, '').toLowerCase();
  const rank = (c: CaseInfo) => 2 * kinship(stem, stemOf(c.name).toLowerCase()) + (c.id === shown ? 1 : 0);
  const fitting = open
    .filter((c) => c.kind === file.kind)
    .reverse()
    .sort((a, b) => rank(b) - rank(a));
  let reason: string | null = null;
  for (const info of fitting) {
    try {
      return { info, labels: file.kind === 'image' ? onImage(file, info) : onVolume(file, info) };
    } catch (error) {
      if (rank(info) > 0) reason ??= wordsOf(error);
    }
  }
  return { reason };
}

/** How near two names are: the same 2, one begins with the other 1, else 0. */
function kinship(a: string, b: string): number {
  if (a === b) return 2;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  // "scan1" is no beginning of "scan12".
  return short && long.startsWith(short) && /[^a-z0-9]/.test(long[short.length]) ? 1 : 0;
}

function onImage({ name, volume }: LabelFile, info: CaseInfo): Uint8Array | Uint16Array {
  const [width, height] = volume.dims;
  const [nx, ny] = info.dims;
  const fits = [info.dims, info.source.dims].some(([w, h]) => w === width && h === height);
  if (!fits) {
    throw new Error(
      `${name}: the mask has ${width} × ${height} pixels, the image ${info.name} ${info.source.dims[0]} × ${info.source.dims[1]} — open the image that it belongs to first, then drop the mask`,
    );
  }
  if (width === nx && height === ny) return volume.data;
  return reduced(volume.data, info);
}

function onVolume({ name, volume }: LabelFile, info: CaseInfo): Uint8Array | Uint16Array {
  const { dims, spacing, source } = info;
  const affine = source.affine ?? info.affine;
  let reason: unknown;
  try {
    const whole = { dims: source.dims, affine, axes: axesOf(affine), spacing: spacingOf(affine), source: null };
    checkSameGrid(whole, volume, info.name, name);
    return source.turn ? turnData(volume.data, source.dims, source.turn) : volume.data;
  } catch (error) {
    reason = error;
  }
  // Axes in another order, or some of the slices alone.
  try {
    const own = { dims, spacing, affine: info.affine, axes: axesOf(info.affine), source: null };
    return spreadOver(own, volume, info.name, name).data as Uint8Array | Uint16Array;
  } catch (error) {
    throw volume.source?.format === 'DICOM SEG' ? error : reason;
  }
}

/** Each value as an object of the case, its masks along z. A value that is an object's number is kept as such where it is free. */
export function objectsFrom(
  labels: ArrayLike<number>,
  info: CaseInfo,
  { name, volume, named }: Pick<LabelFile, 'name' | 'named'> & { readonly volume?: Pick<Volume, 'source'> },
): NewObject[] {
  const [nx, ny, nz] = info.dims;
  const masks = new Map<number, Map<number, Runs>>();
  for (let z = 0; z < nz; z++) {
    for (const [value, runs] of sliceRuns(labels, z * nx * ny, nx * ny)) {
      const slices = masks.get(value) ?? new Map<number, Runs>();
      masks.set(value, slices.set(z, runs));
    }
  }
  const values = [...masks.keys()].sort((a, b) => a - b);
  // A picture of black and white: what it shows is in its name.
  const single = values.length === 1 && values[0] === 255;
  const spaced = (text: string) => stemOf(text).replaceAll('_', ' ');
  const bare = spaced(name)
    .replace(spaced(info.name), '')
    .replace(ENDING, '')
    .replace(/^[-. \d]+/, '');
  const source = volume?.source;
  const nameOf = (value: number) => named?.get(value)?.name ?? cleanName(source?.names?.get(value) ?? '');
  const colourOf = (value: number) => named?.get(value)?.colour ?? source?.colours?.get(value);
  return values.map((value) => ({
    ...(value <= MAX_OBJECTS && !single ? { id: value } : {}),
    name: nameOf(value) || (single ? bare || 'Mask' : `Label ${value}`),
    ...(colourOf(value) ? { colour: colourOf(value) } : {}),
    masks: masks.get(value) ?? new Map(),
  }));
}

/** The runs of every value but 0 in a slice, in one pass. */
function sliceRuns(labels: ArrayLike<number>, from: number, length: number): Map<number, Runs> {
  const open = new Map<number, { runs: number[]; end: number }>();
  for (let i = 0; i < length; ) {
    const value = labels[from + i];
    let j = i + 1;
    while (j < length && labels[from + j] === value) j++;
    if (value) {
      const found = open.get(value) ?? { runs: [], end: 0 };
      open.set(value, found);
      found.runs.push(i - found.end, j - i);
      found.end = j;
    }
    i = j;
  }
  return new Map(
    [...open].map(([value, { runs, end }]) => [value, Uint32Array.from(end < length ? [...runs, length - end] : runs)]),
  );
}
