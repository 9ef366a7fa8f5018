import { type Dataset, type Folder, objectsOf, type Sample } from '../data/dataset';
import { DatasetError } from '../data/errors';
import { imageFolder } from '../data/imageFolder';
import { caseOf, instancesOf, numberInstances } from '../data/instances';
import { type PhantomModality, phantom, phantomModalities } from '../data/phantoms';
import { patientGroups } from '../data/split';
import { batchAt, evaluationItems, type FramedObject, frameObjects } from '../data/trainItems';
import type { Evaluated } from '../train/evaluator';
import type { DataConfig } from '../train/experiment/config';
import { grid } from '../train/metrics/grid';
import { releaseScore } from '../train/metrics/releaseScore';
import { segmentationScore } from '../train/metrics/segmentationScore';
import type { TrainItem } from '../train/trainItem';
import { caseCount, splitCases } from './dataSplit';
import type { EvaluationSet, ExperimentData, Measured } from './experimentData';
import { hashParts } from './files';

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
export function phantomData(config: DataConfig, side: number): ExperimentData {
  const made = (seed: number, count: number, most: number | null) => {
    const all = Array.from({ length: count }, (_, i) => phantomModalities.map((m) => ({ m, i }))).flat();
    // A cap takes of every modality alike.
    const some = all.slice(0, most ?? all.length);
    const objects = phantomModalities.flatMap((m) =>
      some.filter((p) => p.m === m).flatMap((p) => phantomObjects(m, seed, p.i, side)),
    );
    return onlyClasses(objects, config.classes);
  };
  const train = made(config.seed, PHANTOM_TRAIN, config.maxTrain);
  return dataOf('phantoms', train, made(PHANTOM_VAL_SEED, PHANTOM_VAL, config.maxVal), []);
}

/** `DatasetError` when none is called so. */
function onlyClasses(objects: readonly FramedObject[], classes: readonly string[]): FramedObject[] {
  const wanted = objects.filter((o) => !classes.length || classes.includes(o.className));
  if (wanted.length) return wanted;
  const there = [...new Set(objects.map((o) => o.className))].join(', ');
  throw new DatasetError(`data.classes: no object is called ${classes.join(' or ')}; there are ${there}`);
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
 * empty (with `emptyMasks: 'refuse'`; else the case is left out and named in the notes), or either part of the split has no object.
 */
export async function folderData(
  folder: Folder,
  side: number,
  config: DataConfig,
  onCase: (done: number, total: number) => void = () => {},
): Promise<ExperimentData> {
  const set = await imageFolder.open(folder);
  const cases = set.cases.filter((c) => c.mask !== null);
  const all = config.split.by === 'all';
  if (cases.length < (all ? 1 : 2)) {
    throw new DatasetError(
      `${set.name}: ${cases.length} image with a mask; at least two are needed, one to train and one to validate`,
    );
  }
  const split = splitCases(cases, config);
  const total = split.train.length + split.val.length;
  const notes = [...set.notes];
  let done = 0;
  const part = async (of: readonly string[], name: string): Promise<FramedObject[]> => {
    const out: FramedObject[] = [];
    for (const id of of) {
      out.push(...(await loadCase(set, id, side, config, notes)));
      onCase(++done, total);
    }
    if (!out.length && (of.length || !all))
      throw new DatasetError(
        `${set.name}: no object in the ${of.length} ${name} cases; give more images, another split, or other classes`,
      );
    return out;
  };
  const train = await part(split.train, 'training');
  const val = await part(split.val, 'validation');
  const patients = new Map(patientGroups(cases));
  // Instances of one image are no independent cases.
  for (const { id } of [...train, ...val]) {
    if (caseOf(id) !== id && !patients.has(id)) patients.set(id, patients.get(caseOf(id)) ?? caseOf(id));
  }
  return dataOf(set.name, train, val, notes, patients);
}

async function loadCase(
  set: Dataset,
  id: string,
  side: number,
  { emptyMasks, classes, instances }: DataConfig,
  notes: string[],
): Promise<FramedObject[]> {
  const sample: Sample = await set.load(id);
  if (sample.emptyMask) {
    const mask = set.cases.find((c) => c.id === id)?.mask;
    if (emptyMasks === 'refuse') {
      throw new DatasetError(
        `${set.name}/${mask}: the mask is empty, so there is nothing to point at; correct it, or take the case out`,
      );
    }
    notes.push(`${id}: left out, its mask is empty`);
    return [];
  }
  const wanted = objectsOf(sample).filter((o) => !o.empty && (!classes.length || classes.includes(o.name)));
  const { width, height } = sample.image;
  const each = instances ? wanted.flatMap((o) => instancesOf(o, width, height)) : wanted;
  const { objects, lost } = frameObjects(id, sample.image, each, side);
  for (const name of lost) notes.push(`${id}: ${name} is too small to be seen at ${side} pixels; left out`);
  return numberInstances(objects);
}

function dataOf(
  name: string,
  train: readonly FramedObject[],
  val: readonly FramedObject[],
  notes: readonly string[],
  patients: ReadonlyMap<string, string> = new Map(),
): ExperimentData {
  const parts = (objects: readonly FramedObject[]) => objects.flatMap((o) => [o.id, o.className, o.image, o.mask]);
  const nameOf = (o: FramedObject) => `${o.id}: ${o.className}`;
  const count = (of: readonly FramedObject[]) => `${of.length} objects of ${caseCount(of)} images`;
  return {
    ...{ name, notes, patients, depth: 1, unit: 'px' },
    train: train.map(nameOf),
    val: val.map(nameOf),
    counts: `${count(train)} to train, ${count(val)} to validate`,
    hash: hashParts(['train', ...parts(train), 'val', ...parts(val)]),
    batch: (plan, t) => batchAt(train, plan, t),
    evaluation: (prompt, maskSide) => imageSet(evaluationItems(val, prompt, maskSide)),
  };
}

/** Objects of images: measured in the frame of the model's input, without its padding. */
function imageSet(items: readonly TrainItem[]): EvaluationSet {
  return {
    count: items.length,
    async evaluate(predict, rows, onDone) {
      const out: Measured[] = [];
      for (let i = 0; i < items.length; i += rows) {
        const results = await predict(items.slice(i, i + rows));
        out.push(...results.map((r, k) => measured(r, items[i + k])));
        onDone(out.length);
      }
      return out;
    },
    surfaces(i, mask, tolerance) {
      const { inputSize, mask: truth } = items[i];
      // Without the padding: where one mask is empty, the distance is the image's diagonal.
      const shown = (all: Uint8Array) => cropped(all, inputSize);
      return segmentationScore(shown(mask), shown(truth), grid([...inputSize]), tolerance);
    },
    shown: (i) => ({ item: items[i], framed: (mask) => mask }),
  };
}

/** What is kept of a result: the logits only as the released code's score. */
function measured({ logits, score: _, ...result }: Evaluated, { inputSize, mask }: TrainItem): Measured {
  const truth = cropped(mask, inputSize);
  const { iou, dice } = releaseScore(cropped(logits, inputSize), truth, [1, 1, ...inputSize]);
  return { ...result, release: { iou: iou[0], dice: dice[0] } };
}

/** The part of a frame that shows the image. */
function cropped<T extends Uint8Array | Float32Array>(all: T, [h, w]: readonly [number, number]): T {
  const side = Math.sqrt(all.length);
  const out = all.slice(0, h * w) as T;
  for (let y = 0; y < h; y++) out.set(all.subarray(y * side, y * side + w), y * w);
  return out;
}
