import { type Dataset, type Folder, objectsOf, type Sample } from '../data/dataset';
import { DatasetError } from '../data/errors';
import { imageFolder } from '../data/imageFolder';
import { type PhantomModality, phantom, phantomModalities } from '../data/phantoms';
import { patientGroups, splitByCase } from '../data/split';
import { type FramedObject, frameObjects } from '../data/trainItems';
import { hashParts } from './files';

/** What a run trains on and what it is measured on, in the frame of the model's input. */
export interface AdaptData {
  readonly name: string;
  readonly train: readonly FramedObject[];
  readonly val: readonly FramedObject[];
  /** Things worth knowing that are no errors. */
  readonly notes: readonly string[];
}

/** Options of the split. */
export interface SplitChoice {
  readonly seed: number;
  readonly val: number;
  readonly refuseEmpty: boolean;
}

/** Phantoms of each modality: training images by seed, validation images always the same. */
const PHANTOM_TRAIN = 8;
const PHANTOM_VAL = 5;
/** Validation phantoms come from a seed of their own, so that runs with different seeds can be compared. */
const PHANTOM_VAL_SEED = 2 ** 31;

/** Label values that make up an object. The optic disc contains the cup. */
const PHANTOM_OBJECTS: Readonly<
  Record<PhantomModality, readonly { readonly name: string; readonly values: readonly number[] }[]>
> = {
  fundus: [
    { name: 'fundus: optic disc', values: [1, 2] },
    { name: 'fundus: optic cup', values: [2] },
  ],
  ultrasound: [{ name: 'ultrasound: nodule', values: [1] }],
  dermoscopy: [{ name: 'dermoscopy: lesion', values: [1] }],
};

/** The embedded set: 24 training and 15 validation images of three modalities, made in code, side × side pixels. */
export function phantomData(side: number, seed: number): AdaptData {
  const made = (of: number, count: number) =>
    phantomModalities.flatMap((m) => Array.from({ length: count }, (_, i) => phantomObjects(m, of, i, side)).flat());
  return { name: 'phantoms', train: made(seed, PHANTOM_TRAIN), val: made(PHANTOM_VAL_SEED, PHANTOM_VAL), notes: [] };
}

function phantomObjects(modality: PhantomModality, seed: number, index: number, side: number): FramedObject[] {
  const p = phantom(modality, seed, index, { size: Math.max(32, Math.min(1024, side)) });
  const objects = PHANTOM_OBJECTS[modality].map(({ name, values }) => ({
    name,
    mask: p.labels.map((v) => (values.includes(v) ? 1 : 0)),
  }));
  return frameObjects(p.id, { width: p.width, height: p.height, data: p.image }, objects, side).objects;
}

/**
 * A folder of images and masks, split by case. `onCase` is told how far decoding is. `DatasetError` when there is nothing to pair, a mask is
 * empty (with `refuseEmpty`; else the case is left out and named in the notes), or either part of the split has no object.
 */
export async function folderData(
  folder: Folder,
  side: number,
  choice: SplitChoice,
  onCase: (done: number, total: number) => void = () => {},
): Promise<AdaptData> {
  const set = await imageFolder.open(folder);
  const cases = set.cases.filter((c) => c.mask !== null);
  if (cases.length < 2) {
    throw new DatasetError(
      `${set.name}: ${cases.length} image with a mask; at least two are needed, one to train and one to validate`,
    );
  }
  const ids = cases.map((c) => c.id);
  const split = splitByCase(ids, { valFraction: choice.val, seed: choice.seed, groups: patientGroups(cases) });
  const notes = [...set.notes];
  let done = 0;
  const part = async (of: readonly string[], name: string): Promise<FramedObject[]> => {
    const out: FramedObject[] = [];
    for (const id of of) {
      out.push(...(await loadCase(set, id, side, choice.refuseEmpty, notes)));
      onCase(++done, ids.length);
    }
    if (!out.length)
      throw new DatasetError(
        `${set.name}: no object in the ${of.length} ${name} cases; give more images, or another --val`,
      );
    return out;
  };
  const train = await part(split.train, 'training');
  return { name: set.name, train, val: await part(split.val, 'validation'), notes };
}

async function loadCase(
  set: Dataset,
  id: string,
  side: number,
  refuseEmpty: boolean,
  notes: string[],
): Promise<FramedObject[]> {
  const sample: Sample = await set.load(id);
  if (sample.emptyMask) {
    const mask = set.cases.find((c) => c.id === id)?.mask;
    if (refuseEmpty) {
      throw new DatasetError(
        `${set.name}/${mask}: the mask is empty, so there is nothing to point at; correct it, or take the case out`,
      );
    }
    notes.push(`${id}: left out, its mask is empty`);
    return [];
  }
  const { objects, lost } = frameObjects(
    id,
    sample.image,
    objectsOf(sample).filter((o) => !o.empty),
    side,
  );
  for (const name of lost) notes.push(`${id}: ${name} is too small to be seen at ${side} pixels; left out`);
  return objects;
}

/** SHA-256 of what a run sees: ids, classes, resized pixels and masks, training and validation apart. */
export function dataHash(data: AdaptData): string {
  const parts = (objects: readonly FramedObject[]) => objects.flatMap((o) => [o.id, o.className, o.image, o.mask]);
  return hashParts(['train', ...parts(data.train), 'val', ...parts(data.val)]);
}

/** Number of different cases. */
export function caseCount(objects: readonly FramedObject[]): number {
  return new Set(objects.map((o) => o.id)).size;
}
