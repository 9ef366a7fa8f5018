import type { Evaluated } from '../../train/evaluator';
import type { DataConfig } from '../../train/experiment/config';
import { grid } from '../../train/metrics/grid';
import { releaseScore } from '../../train/metrics/releaseScore';
import { segmentationScore } from '../../train/metrics/segmentationScore';
import type { TrainItem } from '../../train/trainItem';
import { type Dataset, type Folder, objectsOf, type Sample } from '../dataset';
import { DatasetError } from '../errors';
import { imageFolder } from '../imageFolder';
import { caseOf, instancesOf, numberInstances } from '../instances';
import { PHANTOM_OBJECTS, phantomClasses } from '../phantomObjects';
import { phantomSource, phantomSourceText, usualImages } from '../phantomSource';
import { type PhantomModality, phantom, phantomModalities, usualModalities } from '../phantoms';
import { patientGroups } from '../split';
import { batchAt, evaluationItems, type FramedObject, frameObjects } from '../trainItems';
import { unionMaps } from '../unions';
import { dataHash } from './dataHash';
import { caseCount, heldBackOf, splitCases } from './dataSplit';
import type { EvaluationSet, ExperimentData, Measured } from './experimentData';

/** Phantoms of each modality: training images by seed, validation images always the same. */
const PHANTOM_TRAIN = 8;
const PHANTOM_VAL = 5;
/** Validation phantoms come from a seed of their own, so that runs with different seeds can be compared. */
const PHANTOM_VAL_SEED = 2 ** 31;

/** Told how many cases are decoded or drawn; what it throws ends the loading. */
export type OnCase = (done: number, total: number) => void;

/**
 * The embedded set that `config.source` names: 8 training and 5 validation images of each modality (without a name three), made in
 * code, side × side pixels; modalities without a wanted class are not drawn. Lets others have a turn between two images.
 */
export async function phantomData(
  config: DataConfig,
  side: number,
  onCase: OnCase = () => {},
): Promise<ExperimentData> {
  const named = phantomSource(config.source);
  const source = named?.set === 'phantoms' ? named : usualImages;
  const modalities = wantedModalities(source.modalities, config.classes);
  const listed = (count: number, most: number | null) =>
    // A number takes of every modality alike; phantoms can be had without end.
    Array.from({ length: most === null ? count : Math.ceil(most / modalities.length) }, (_, i) =>
      modalities.map((m) => ({ m, i })),
    )
      .flat()
      .slice(0, most ?? count * modalities.length);
  const [all, val] = [listed(PHANTOM_TRAIN, config.maxTrain), listed(PHANTOM_VAL, config.maxVal)];
  const back = heldBackOf(all, ({ m }) => m, config.validation);
  const train = all.filter((one) => !back.includes(one));
  let done = 0;
  const made = async (seed: number, some: typeof train) => {
    const objects: FramedObject[] = [];
    for (const { m, i } of some.toSorted((a, b) => modalities.indexOf(a.m) - modalities.indexOf(b.m))) {
      objects.push(...phantomObjects(m, seed, i, side, source.level));
      onCase(++done, all.length + val.length);
      await breath();
    }
    return onlyClasses(objects, config.classes);
  };
  const parts = {
    train: await made(config.seed, train),
    val: await made(PHANTOM_VAL_SEED, val),
    heldBack: back.length ? await made(config.seed, back) : [],
  };
  return dataOf(phantomSourceText(source), parts, []);
}

/** Lets messages in: a click or a stop should not wait for all images. */
export const breath = (): Promise<void> => new Promise((next) => setTimeout(next, 0));

/** Of the named modalities those that show one of the classes. `DatasetError` when none does. */
function wantedModalities(named: readonly PhantomModality[], classes: readonly string[]): readonly PhantomModality[] {
  const there = named.length ? named : classes.length ? phantomModalities : usualModalities;
  const wanted = there.filter((m) => !classes.length || phantomClasses(m).some((n) => classes.includes(n)));
  if (wanted.length) return wanted;
  throw new DatasetError(
    `data.classes: no object is called ${classes.join(' or ')}; there are ${there.flatMap(phantomClasses).join(', ')}`,
  );
}

/** `DatasetError` when none is called so. */
function onlyClasses(objects: readonly FramedObject[], classes: readonly string[]): FramedObject[] {
  const wanted = objects.filter((o) => !classes.length || classes.includes(o.className));
  if (wanted.length) return wanted;
  const there = [...new Set(objects.map((o) => o.className))].join(', ');
  throw new DatasetError(`data.classes: no object is called ${classes.join(' or ')}; there are ${there}`);
}

function phantomObjects(
  modality: PhantomModality,
  seed: number,
  index: number,
  side: number,
  level: number,
): FramedObject[] {
  const p = phantom(modality, seed, index, { size: Math.max(32, Math.min(1024, side)), level });
  const objects = PHANTOM_OBJECTS[modality].map(({ name, values }) => ({
    name: `${modality}: ${name}`,
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
  onCase: OnCase = () => {},
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
  const total = split.train.length + split.val.length + split.heldBack.length;
  const notes = [...set.notes];
  let done = 0;
  const part = async (of: readonly string[], name: string): Promise<FramedObject[]> => {
    const out: FramedObject[] = [];
    for (const id of of) {
      out.push(...(await loadCase(set, id, side, config, notes)));
      onCase(++done, total);
      await breath();
    }
    if (!out.length && (of.length || !all))
      throw new DatasetError(
        `${set.name}: no object in the ${of.length} ${name} cases; give more images, another split, or other classes`,
      );
    return out;
  };
  const train = await part(split.train, 'training');
  const val = await part(split.val, 'validation');
  const heldBack = split.heldBack.length ? await part(split.heldBack, 'held back') : [];
  const patients = new Map(patientGroups(cases));
  // Instances of one image are no independent cases.
  for (const { id } of [...train, ...val, ...heldBack]) {
    if (caseOf(id) !== id && !patients.has(id)) patients.set(id, patients.get(caseOf(id)) ?? caseOf(id));
  }
  return dataOf(set.name, { train, val, heldBack }, notes, patients);
}

async function loadCase(
  set: Dataset,
  id: string,
  side: number,
  { emptyMasks, classes, unions, instances }: DataConfig,
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
  const all = unionMaps(sample, unions).flatMap((map) => objectsOf({ ...sample, ...map }));
  const wanted = all.filter((o) => !o.empty && (!classes.length || classes.includes(o.name)));
  const { width, height } = sample.image;
  const each = instances ? wanted.flatMap((o) => instancesOf(o, width, height)) : wanted;
  const { objects, lost } = frameObjects(id, sample.image, each, side);
  for (const name of lost) notes.push(`${id}: ${name} is too small to be seen at ${side} pixels; left out`);
  return numberInstances(objects);
}

/** Objects by what they are for. */
interface Parts {
  readonly train: readonly FramedObject[];
  readonly val: readonly FramedObject[];
  readonly heldBack: readonly FramedObject[];
}

async function dataOf(
  name: string,
  { train, val, heldBack }: Parts,
  notes: readonly string[],
  patients: ReadonlyMap<string, string> = new Map(),
): Promise<ExperimentData> {
  const parts = (objects: readonly FramedObject[]) => objects.flatMap((o) => [o.id, o.className, o.image, o.mask]);
  const nameOf = (o: FramedObject) => `${o.id}: ${o.className}`;
  const count = (of: readonly FramedObject[]) => `${of.length} objects of ${caseCount(of)} images`;
  return {
    ...{ name, notes, patients, depth: 1, unit: 'px' },
    train: train.map(nameOf),
    val: val.map(nameOf),
    heldBack: heldBack.map(nameOf),
    counts: `${count(train)} to train, ${count(val)} to validate${heldBack.length ? `, ${count(heldBack)} held back` : ''}`,
    hash: await dataHash([
      ...['train', ...parts(train), 'val', ...parts(val)],
      ...(heldBack.length ? ['held back', ...parts(heldBack)] : []),
    ]),
    batch: (plan, t) => batchAt(train, plan, t),
    evaluation: (prompt, maskSide) => imageSet(evaluationItems(val, prompt, maskSide)),
    validation: (prompt, maskSide) => (heldBack.length ? imageSet(evaluationItems(heldBack, prompt, maskSide)) : null),
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
    slices: () => [0],
    shown: (i) => ({ item: items[i], slice: 0, framed: (mask) => mask }),
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
