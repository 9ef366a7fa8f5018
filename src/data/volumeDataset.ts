// What a data set of volumes is: cases by id, each with one or several images on one grid, loaded one at a time. The same
// shape as of 2-D data sets, so that splits and groups work on both. Not responsible for slices, windows or prompts.
import type { DataCase, Folder, LabelClass } from './dataset';
import { openDicom } from './dicom';
import { DatasetError, VolumeError, wordsOf } from './errors';
import { openVolume } from './openVolume';
import { checkSameGrid, type Volume, type VolumeFile } from './volume';
import { finiteVolume, labelVolume } from './volumeLabels';
import { checkSlicesOf, isSparse, spreadOver } from './volumeSparse';

/** A case of volumes. `image` is the first of its images, `mask` the label file. */
export interface VolumeCase extends DataCase {
  /** Path of each image by what it shows (t1, ct, …); several paths are the slices of one volume. */
  readonly images: Readonly<Record<string, readonly string[]>>;
  /** Values that the index calls background; 0 always is. */
  readonly background: ReadonlySet<number>;
}

/** Which of several images, and which part of a 4-D file. */
export interface VolumeChoice {
  /** Name of the image; needed where a case has several. */
  readonly image?: string | null;
  /** Channel of a 4-D file; needed where there are several. */
  readonly channel?: number | null;
}

/** A loaded case. */
export interface VolumeSample {
  readonly id: string;
  /** Name of the image that was read. */
  readonly imageName: string;
  /** Finite everywhere. */
  readonly image: Volume;
  /** A label value per voxel of the image, x fastest, or null where the case has no mask. */
  readonly labels: Uint8Array | Uint16Array | null;
  /** Declared classes, else those whose values occur. */
  readonly classes: readonly LabelClass[];
  /** The mask is there but no voxel of it belongs to a class. */
  readonly emptyMask: boolean;
  readonly meta: Readonly<Record<string, unknown>>;
  /** What was changed or assumed in reading, as sentences. */
  readonly notes: readonly string[];
}

/** An opened data set of volumes. */
export interface VolumeDataset {
  readonly name: string;
  readonly cases: readonly VolumeCase[];
  readonly notes: readonly string[];
  /** Reads one case; `DatasetError` or `VolumeError` where its files are unusable. */
  load(id: string, choice?: VolumeChoice): Promise<VolumeSample>;
}

/** The image that is meant; `DatasetError` asks where there are several. */
function chooseImage(folder: string, c: VolumeCase, choice: VolumeChoice): string {
  const names = Object.keys(c.images);
  const have = names.join(', ');
  if (choice.image == null) {
    if (names.length === 1) return names[0];
    throw new DatasetError(`${folder}: case ${c.id} has ${names.length} images (${have}) — say which`);
  }
  if (names.includes(choice.image)) return choice.image;
  throw new DatasetError(`${folder}: case ${c.id} has no image ${JSON.stringify(choice.image)} — there is ${have}`);
}

/** Opens one file of a folder, with its neighbours for pairs. */
export async function openIn(folder: Folder, path: string): Promise<VolumeFile> {
  const before = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '';
  const beside = async (name: string) => {
    const there = (await folder.list()).includes(before + name);
    return there ? folder.open(before + name) : null;
  };
  try {
    return await openVolume(await folder.open(path), path.slice(before.length), beside);
  } catch (error) {
    if (!(error instanceof VolumeError)) throw error;
    throw new VolumeError(`${folder.name}/${before}${error.message}`, { cause: error });
  }
}

/** Opens an image, which may be one file or the slices of a DICOM series. */
export async function openImage(folder: Folder, paths: readonly string[]): Promise<VolumeFile> {
  if (paths.length === 1) return openIn(folder, paths[0]);
  const files = [];
  for (const path of paths) files.push({ name: `${folder.name}/${path}`, blob: await folder.open(path) });
  return openDicom(files);
}

const prefixed = (folder: string, notes: readonly string[], path: string) =>
  notes.map((n) => `${folder}/${path}: ${n}`);

async function loadImage(folder: Folder, c: VolumeCase, choice: VolumeChoice) {
  const imageName = chooseImage(folder.name, c, choice);
  const paths = c.images[imageName];
  const file = await openImage(folder, paths);
  const read = await file.read(choice.channel ?? undefined);
  const { volume, notes } = finiteVolume(read, `${folder.name}/${paths[0]}`);
  return {
    imageName,
    image: volume,
    path: paths[0],
    notes: [...prefixed(folder.name, file.info.notes, paths[0]), ...notes],
  };
}

async function loadCase(folder: Folder, c: VolumeCase, choice: VolumeChoice): Promise<VolumeSample> {
  const { id, meta } = c;
  const { imageName, image, path, notes } = await loadImage(folder, c, choice);
  const common = { id, imageName, image, meta, notes };
  if (!c.mask) return { ...common, labels: null, classes: c.classes ?? [], emptyMask: false };
  const name = `${folder.name}/${c.mask}`;
  const file = await openIn(folder, c.mask);
  checkLabelFile(name, file.info);
  const stored = await file.read();
  const mask = isSparse(stored.source) ? spreadOver(image, stored, path, name) : stored;
  checkSameGrid(image, mask, path, name);
  const { labels, classes, empty } = labelVolume(mask, name, c.classes, c.background);
  return { ...common, labels, classes, emptyMask: empty };
}

/** `DatasetError` for a label file of several volumes (one-hot channels, time points). */
function checkLabelFile(name: string, { channels, shape }: VolumeFile['info']): void {
  if (channels === 1) return;
  throw new DatasetError(
    `${name}: a label file of ${shape.join(' × ')} holds ${channels} volumes, expected one — merge them into one map with a value per label`,
  );
}

/** What is wrong with the grids of a case, by headers alone; '' where they agree. */
async function gridProblem(folder: Folder, c: VolumeCase): Promise<string> {
  try {
    const grids: [string, VolumeFile['info']][] = [];
    const files = [...Object.values(c.images), ...(c.mask ? [[c.mask]] : [])];
    for (const paths of files) grids.push([paths[0], (await openImage(folder, paths)).info]);
    const bare = (info: VolumeFile['info']) => ({ ...info, source: null });
    const [[first, image], ...rest] = grids;
    for (const [path, info] of rest) {
      if (path === c.mask) checkLabelFile(path, info);
      if (isSparse(info)) checkSlicesOf(bare(image), bare(info), first, path);
      else checkSameGrid(bare(image), bare(info), first, path);
    }
    return '';
  } catch (error) {
    return wordsOf(error);
  }
}

/**
 * A data set of these cases. All headers are read and compared first, so that the last mask of a long folder does not end
 * a run; `DatasetError` names the cases whose grids do not agree.
 */
export async function volumeDataset(
  folder: Folder,
  cases: readonly VolumeCase[],
  notes: readonly string[],
): Promise<VolumeDataset> {
  const problems: string[] = [];
  for (const c of cases) {
    const problem = await gridProblem(folder, c);
    if (problem) problems.push(problem);
  }
  if (problems.length) {
    const more = problems.length > 3 ? `; … and ${problems.length - 3} more` : '';
    throw new DatasetError(
      `${folder.name}: ${problems.length} of ${cases.length} cases cannot be used: ${problems.slice(0, 3).join('; ')}${more}`,
    );
  }
  const byId = new Map(cases.map((c) => [c.id, c]));
  const load = async (id: string, choice: VolumeChoice = {}): Promise<VolumeSample> => {
    const found = byId.get(id);
    if (!found)
      throw new DatasetError(
        `${folder.name}: no case ${JSON.stringify(id)} — there are ${cases.length}, such as ${cases[0]?.id}`,
      );
    return loadCase(folder, found, choice);
  };
  return { name: folder.name, cases, notes, load };
}
