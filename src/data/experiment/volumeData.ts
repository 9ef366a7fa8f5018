import type { DataConfig } from '../../train/experiment/config';
import type { Folder, LabelClass } from '../dataset';
import { DatasetError } from '../errors';
import { phantom3d, usual3dModalities } from '../phantom3d';
import { phantomSource, phantomSourceText, usualVolumes } from '../phantomSource';
import { slabBatchAt } from '../slabItems';
import { type Slab, slabsOf } from '../slabs';
import { patientGroups } from '../split';
import { unionMaps } from '../unions';
import type { Volume } from '../volume';
import { openVolumeFolder } from '../volumeFolder';
import { type PreparedVolume, prepareVolume } from '../volumePrepare';
import { dataHash } from './dataHash';
import { caseCount, heldBackOf, splitCases } from './dataSplit';
import type { ExperimentData } from './experimentData';
import { breath, type OnCase } from './imageData';
import { volumeSet } from './volumeSet';

/** One class of one volume, with the slabs that show it. */
export interface VolumeObject {
  readonly id: string;
  readonly className: string;
  readonly value: number;
  readonly prepared: PreparedVolume;
  /** On the grid of the source. */
  readonly labels: Uint8Array | Uint16Array;
  readonly slabs: readonly Slab[];
}

/** A labelled volume in memory. */
interface Labelled {
  readonly id: string;
  readonly image: Volume;
  readonly labels: Uint8Array | Uint16Array;
  readonly classes: readonly LabelClass[];
}

/** Phantoms of each kind. */
const PHANTOM_TRAIN = 4;
const PHANTOM_VAL = 2;
/** As in 2-D: validation phantoms are the same for every seed. */
const PHANTOM_VAL_SEED = 2 ** 31;

/** The embedded set of volumes that `config.source` names (without a name CT and MRI), made in code: 4 of each kind to train, 2 to validate. */
export async function phantomVolumeData(
  config: DataConfig,
  side: number,
  onCase: OnCase = () => {},
): Promise<ExperimentData> {
  const notes: string[] = [];
  const named = phantomSource(config.source);
  const source = named?.set === 'phantom-3d' ? named : usualVolumes;
  const kinds = source.modalities.length ? source.modalities : usual3dModalities;
  const listed = (count: number, most: number | null) =>
    Array.from({ length: count }, (_, i) => kinds.map((kind) => ({ kind, i })))
      .flat()
      .slice(0, most ?? count * kinds.length);
  const [all, val] = [listed(PHANTOM_TRAIN, config.maxTrain), listed(PHANTOM_VAL, config.maxVal)];
  const back = heldBackOf(all, ({ kind }) => kind, config.validation);
  const train = all.filter((one) => !back.includes(one));
  let done = 0;
  const made = async (seed: number, some: typeof train) => {
    const out: VolumeObject[] = [];
    for (const { kind, i } of some) {
      out.push(...objectsOf(phantom3d(kind, seed, i, { level: source.level }), side, config, notes));
      onCase(++done, all.length + val.length);
      await breath();
    }
    return out;
  };
  const parts = {
    train: await made(config.seed, train),
    val: await made(PHANTOM_VAL_SEED, val),
    heldBack: await made(config.seed, back),
  };
  return dataOf(phantomSourceText(source), parts, config, notes, new Map());
}

/**
 * A folder of volumes and labels, split by case. `DatasetError` or `VolumeError` when there is nothing to pair, a mask is empty (with
 * `emptyMasks: 'refuse'`), a volume cannot be cut into slabs, or a part of the split has no object.
 */
export async function volumeFolderData(
  folder: Folder,
  side: number,
  config: DataConfig,
  onCase: OnCase = () => {},
): Promise<ExperimentData> {
  const set = await openVolumeFolder(folder);
  const cases = set.cases.filter((c) => c.mask !== null);
  const all = config.split.by === 'all';
  if (cases.length < (all ? 1 : 2))
    throw new DatasetError(`${set.name}: ${cases.length} volume with labels; at least two are needed`);
  const split = splitCases(cases, config);
  const notes = [...set.notes];
  const total = split.train.length + split.val.length + split.heldBack.length;
  let done = 0;
  const part = async (ids: readonly string[], name: string): Promise<VolumeObject[]> => {
    const out: VolumeObject[] = [];
    for (const id of ids) {
      const sample = await set.load(id, { image: config.volume.image, channel: config.volume.channel });
      notes.push(...sample.notes);
      if (sample.emptyMask && config.emptyMasks === 'refuse')
        throw new DatasetError(`${set.name}: the labels of ${id} are empty; correct them, or take the case out`);
      if (sample.emptyMask) notes.push(`${id}: left out, its labels are empty`);
      else {
        const maps = unionMaps({ labels: sample.labels!, classes: sample.classes }, config.unions);
        out.push(...maps.flatMap((map) => objectsOf({ ...sample, ...map }, side, config, notes)));
      }
      onCase(++done, total);
      await breath();
    }
    if (!out.length && (ids.length || !all))
      throw new DatasetError(`${set.name}: no object in the ${ids.length} ${name} volumes`);
    return out;
  };
  const train = await part(split.train, 'training');
  const val = await part(split.val, 'validation');
  const heldBack = split.heldBack.length ? await part(split.heldBack, 'held back') : [];
  return dataOf(set.name, { train, val, heldBack }, config, notes, patientGroups(cases));
}

/** Cuts a volume into the slabs of every wanted class. */
function objectsOf(
  { id, image, labels, classes }: Labelled,
  side: number,
  { volume, classes: wanted }: DataConfig,
  notes: string[],
): VolumeObject[] {
  const { plane, window, depth, overlap } = volume;
  const chosen = classes.filter((c) => !wanted.length || wanted.includes(c.name));
  if (!chosen.length) return [];
  const spacing = volume.spacing ?? undefined;
  const prepared = prepareVolume(id, image, { side, plane, window, ...(spacing ? { spacing } : {}) });
  const { slabs, lost } = slabsOf(prepared, labels, chosen, { depth, overlap });
  for (const name of lost) notes.push(`${id}: ${name} is absent, or too small to be seen at ${side} pixels`);
  return chosen.flatMap(({ name, value }) => {
    const own = slabs.filter((s) => s.value === value);
    return own.length ? [{ id, className: name, value, prepared, labels, slabs: own }] : [];
  });
}

/** Objects by what they are for. */
interface Parts {
  readonly train: readonly VolumeObject[];
  readonly val: readonly VolumeObject[];
  readonly heldBack: readonly VolumeObject[];
}

async function dataOf(
  name: string,
  { train, val, heldBack }: Parts,
  config: DataConfig,
  notes: readonly string[],
  patients: ReadonlyMap<string, string>,
): Promise<ExperimentData> {
  const { depth, overlap } = config.volume;
  const slabs = train.flatMap((o) => o.slabs);
  const bytes = (labels: Uint8Array | Uint16Array) =>
    new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength);
  const parts = (objects: readonly VolumeObject[]) =>
    objects.flatMap((o) => [o.id, o.className, o.prepared.dims.join(), o.prepared.grey, bytes(o.labels)]);
  const nameOf = (o: VolumeObject) => `${o.id}: ${o.className}`;
  const count = (of: readonly VolumeObject[]) => `${of.length} objects of ${caseCount(of)} volumes`;
  return {
    ...{ name, notes, patients, depth, unit: 'mm' },
    train: train.map(nameOf),
    val: val.map(nameOf),
    counts: `${count(train)} (${slabs.length} slabs of ${depth} slices) to train, ${count(val)} to validate${heldBack.length ? `, ${count(heldBack)} held back` : ''}`,
    heldBack: heldBack.map(nameOf),
    hash: await dataHash([
      ...[`${depth} ${overlap}`, 'train', ...parts(train), 'val', ...parts(val)],
      ...(heldBack.length ? ['held back', ...parts(heldBack)] : []),
    ]),
    batch: (plan, t) => slabBatchAt(slabs, plan, t),
    evaluation: (prompt, maskSide) => volumeSet(val, { prompt, maskSide }, { depth, overlap }),
    validation: (prompt, maskSide) =>
      heldBack.length ? volumeSet(heldBack, { prompt, maskSide }, { depth, overlap }) : null,
  };
}
