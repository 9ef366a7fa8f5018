/**
 * Labels made on the page as a data set that the command line could read, too: images (or slices of volumes) with one
 * label map each, or whole volumes with theirs, and an index that names them.
 */
import { axesOf, spacingOf } from '../../data/affine';
import type { Bytes } from '../../data/bytes';
import { encodePng } from '../../data/image';
import { maskVolume, writeNifti } from '../../data/niftiWrite';
import { makeVolume } from '../../data/volume';
import { sliceAt } from '../../data/volumeReorient';
import { toGrey } from '../../data/volumeWindow';
import type { CaseInfo } from '../document/caseInfo';
import { areaOf, combineRuns, paintRuns, type Runs } from '../document/runs';
import type { LabelledCase } from '../runProtocol';
import type { EngineCase } from './cases';

/** A case with its labels. */
export interface Labelled {
  readonly of: Pick<EngineCase, 'info' | 'values'>;
  readonly labels: LabelledCase;
}

/** The data set, and what must be said of it. */
export interface LabelFolder {
  readonly files: ReadonlyMap<string, Blob>;
  /** Cases that must validate, where the labels leave no choice; null: by chance, as the config says. */
  readonly val: readonly string[] | null;
  readonly notes: readonly string[];
}

/** What is added to the id of a case that is measured on what it was trained on. */
export const AGAIN = ' (again)';

/** A row of the index. */
interface Row {
  readonly id: string;
  /** The case, and the image or volume within it: what a split must not tear apart. */
  readonly patient: string;
  readonly place: string;
  readonly [key: string]: unknown;
}

/** Objects of one label map: none overlaps another. */
type Layer<T> = readonly { readonly name: string; readonly mask: T }[];

/**
 * Images and label maps of `cases`; with `volumes` whole volumes, else every slice that shows an object is an image.
 * Throws where there is no object.
 */
export async function labelFolder(cases: readonly Labelled[], volumes: boolean): Promise<LabelFolder> {
  const files = new Map<string, Blob>();
  const rows: Row[] = [];
  for (const [n, one] of cases.entries()) {
    if (volumes) rows.push(...(await volumeRows(one, n, files)));
    else rows.push(...imageRows(one, n, files));
  }
  if (!rows.length) throw new Error('labels: no object has a mask yet; accept or draw some first');
  const { all, val, notes } = divided(rows, volumes ? 'volume' : 'image');
  files.set('index.json', new Blob([JSON.stringify(all, null, 1)]));
  return { files, val, notes };
}

/**
 * Groups that are not to be torn apart: cases where there are several, else slices. A single one validates as well as trains.
 */
function divided(rows: readonly Row[], what: string): { all: readonly Row[]; val: string[] | null; notes: string[] } {
  const cases = new Set(rows.map((r) => r.patient));
  if (cases.size > 1) return { all: rows, val: null, notes: [] };
  const places = new Set(rows.map((r) => r.place));
  const bySlice = rows.map((r) => ({ ...r, patient: r.place }));
  if (places.size > 1) {
    return {
      ...{ all: bySlice, val: null },
      notes: ['Trained and measured on slices of one volume: the scores say little about other volumes.'],
    };
  }
  const again = bySlice.map((r) => ({ ...r, id: `${r.id}${AGAIN}`, patient: `${r.place}${AGAIN}` }));
  return {
    all: [...bySlice, ...again],
    val: again.map((r) => r.id),
    notes: [`Measured on the one ${what} that it trains on: label a second one to see whether it has learnt anything.`],
  };
}

/** Every slice of a case that shows an object. */
function imageRows({ of, labels }: Labelled, n: number, files: Map<string, Blob>): Row[] {
  const { info } = of;
  const [width, height, depth] = info.dims;
  const shown = new Set(labels.objects.flatMap((o) => o.masks.map(([z]) => z)));
  const rows: Row[] = [];
  for (const z of [...shown].sort((a, b) => a - b)) {
    const objects = labels.objects.flatMap(({ name, masks }) =>
      masks.filter(([at, runs]) => at === z && areaOf(runs) > 0).map(([, mask]) => ({ name, mask })),
    );
    if (!objects.length) continue;
    const stem = `${n + 1}${depth > 1 ? `-z${String(z + 1).padStart(3, '0')}` : ''}`;
    const image = `images/${stem}.png`;
    files.set(image, png({ width, height, channels: info.channels, data: pixelsAt(of, z, labels.window) }));
    const overlap = (a: Runs, b: Runs) => areaOf(combineRuns(a, b, 'and')) > 0;
    for (const [k, layer] of layersOf(objects, overlap).entries()) {
      const data = new Uint8Array(width * height);
      for (const [i, o] of layer.entries()) paintRuns(o.mask, data, i + 1);
      const mask = `masks/${stem}${k ? `-${k + 1}` : ''}.png`;
      files.set(mask, png({ width, height, channels: 1, data }));
      const id = `${n + 1} ${info.name}${depth > 1 ? ` slice ${z + 1}` : ''}${k ? ` · ${k + 1}` : ''}`;
      rows.push({ ...{ id, image, mask, values: valuesOf(layer), patient: `${n + 1}`, place: stem } });
    }
  }
  return rows;
}

const png = (image: { width: number; height: number; channels: number; data: Uint8Array }) =>
  new Blob([encodePng(image)], { type: 'image/png' });

/** A slice as the model sees it. */
function pixelsAt({ info, values }: Labelled['of'], z: number, window: LabelledCase['window']): Uint8Array {
  const n = info.dims[0] * info.dims[1] * info.channels;
  if (info.channels === 3) return (values as Uint8Array).slice(z * n, (z + 1) * n);
  return toGrey(sliceAt(values, info.dims, z), window);
}

/** Objects put into as few label maps as hold them without overlap, in their order. */
export function layersOf<T>(
  objects: readonly { readonly name: string; readonly mask: T }[],
  overlap: (a: T, b: T) => boolean,
): Layer<T>[] {
  const layers: { name: string; mask: T }[][] = [];
  for (const o of objects) {
    // Objects of one name are one class, whose parts may touch in one map but would melt into one.
    const free = layers.find((l) => l.every((other) => !overlap(other.mask, o.mask)));
    if (free) free.push(o);
    else layers.push([o]);
  }
  return layers;
}

const valuesOf = (layer: Layer<unknown>) => Object.fromEntries(layer.map(({ name }, i) => [String(i + 1), name]));

/** A whole volume with its label maps. */
async function volumeRows({ of, labels }: Labelled, n: number, files: Map<string, Blob>): Promise<Row[]> {
  const { info, values } = of;
  if (info.kind !== 'volume' || info.channels !== 1)
    throw new Error(`labels: ${info.name} is no volume of one channel; adapters of volumes need such`);
  const objects = labels.objects
    .filter((o) => o.masks.some(([, runs]) => areaOf(runs) > 0))
    .map(({ name, masks }) => ({ name, mask: new Map(masks) }));
  if (!objects.length) return [];
  const image = `images/${n + 1}.nii`;
  files.set(image, nifti(await writeNifti(makeVolume(info.dims, values, info.affine))));
  const overlap = (a: ReadonlyMap<number, Runs>, b: ReadonlyMap<number, Runs>) =>
    [...a].some(([z, runs]) => {
      const other = b.get(z);
      return other !== undefined && areaOf(combineRuns(runs, other, 'and')) > 0;
    });
  const rows: Row[] = [];
  for (const [k, layer] of layersOf(objects, overlap).entries()) {
    const label = `labels/${n + 1}${k ? `-${k + 1}` : ''}.nii`;
    files.set(label, nifti(await writeNifti(maskVolume(gridOf(info), labelVolume(info, layer)))));
    const id = `${n + 1} ${info.name}${k ? ` · ${k + 1}` : ''}`;
    rows.push({ ...{ id, images: { image }, label, values: valuesOf(layer), patient: `${n + 1}`, place: `${n + 1}` } });
  }
  return rows;
}

const nifti = (bytes: Bytes) => new Blob([bytes]);

function gridOf({ dims, affine }: CaseInfo) {
  return { dims, affine, spacing: spacingOf(affine), axes: axesOf(affine), source: null };
}

function labelVolume({ dims: [nx, ny, nz] }: CaseInfo, layer: Layer<ReadonlyMap<number, Runs>>): Uint8Array {
  const out = new Uint8Array(nx * ny * nz);
  layer.forEach(({ mask }, i) => {
    for (const [z, runs] of mask) paintRuns(runs, out.subarray(z * nx * ny, (z + 1) * nx * ny), i + 1);
  });
  return out;
}
