// Folders of volumes: with an index.json; imagesTr/ and labelsTr/ (Decathlon, nnU-Net); images/ and labels/ or masks/;
// or X.nii.gz beside X_seg.nii.gz. Pairs by name; grids are compared when the folder is opened.
import type { Folder, LabelClass } from './dataset';
import { DatasetError } from './errors';
import { dicomName, isVolumeName } from './openVolume';
import { type VolumeCase, type VolumeDataset, volumeDataset } from './volumeDataset';
import { decathlonOf } from './volumeDecathlon';
import { describesVolumes, readVolumeIndex } from './volumeIndex';

/** What label files are called beside their image's name. */
const labelEndings = /[_-](mask|masks|segmentation|seg|label|labels|gt|groundtruth)$/i;
const few = (names: readonly string[]) =>
  names.slice(0, 5).join(', ') + (names.length > 5 ? `, … (${names.length - 5} more)` : '');
const hidden = (path: string) => path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');

/** The path without folders below `under` and without the extensions of volumes. */
export const volumeStem = (path: string, under = ''): string =>
  (under ? path.slice(under.length + 1) : path).replace(/\.gz$/i, '').replace(/\.[^./]*$/, '');

/**
 * Files of volumes below `under` by stem; the DICOM files of one folder are one volume with the folder's name. `DatasetError`
 * for two of one name.
 */
function byStem(paths: readonly string[], under: string, folder: string): Map<string, readonly string[]> {
  const out = new Map<string, readonly string[]>();
  for (const path of paths) {
    if (under && !path.startsWith(`${under}/`)) continue;
    const slice = dicomName.test(path);
    const stem = slice ? folderOf(path, under) || folder : volumeStem(path, under);
    const before = out.get(stem) ?? [];
    if (before.length && !(slice && dicomName.test(before[0]))) {
      throw new DatasetError(`${folder}: ${before[0]} and ${path} have the same name — keep one of them`);
    }
    out.set(stem, [...before, path]);
  }
  return out;
}

const folderOf = (path: string, under: string): string =>
  (under ? path.slice(under.length + 1) : path).split('/').slice(0, -1).join('/');

interface Pairing {
  /** Images by case and name. */
  readonly images: ReadonlyMap<string, Readonly<Record<string, readonly string[]>>>;
  /** Label file by case. */
  readonly labels: ReadonlyMap<string, string>;
  readonly classes: readonly LabelClass[] | null;
}

const single = (map: ReadonlyMap<string, readonly string[]>) =>
  new Map([...map].map(([id, files]) => [id, { image: files }]));

/** Two folders; a label may add _seg and the like to its image's name. */
function pairFolders(paths: readonly string[], imageDir: string, labelDir: string, folder: string): Pairing {
  const images = byStem(paths, imageDir, folder);
  const labels = new Map<string, string>();
  for (const [stem, [path]] of byStem(paths, labelDir, folder)) {
    const id = images.has(stem) ? stem : stem.replace(labelEndings, '');
    const before = labels.get(id);
    if (before)
      throw new DatasetError(
        `${folder}: ${before} and ${path} are both labels of ${id} — one label file per image, with a value per label`,
      );
    labels.set(id, path);
  }
  return { images: single(images), labels, classes: null };
}

/** One folder: what is called like another file with _seg behind it is its label. */
function pairEndings(paths: readonly string[], folder: string): Pairing {
  const all = byStem(paths, '', folder);
  const labels = new Map<string, string>();
  for (const [stem, [path]] of all) {
    const id = stem.replace(labelEndings, '');
    if (id === stem || !all.has(id)) continue;
    const before = labels.get(id);
    if (before)
      throw new DatasetError(
        `${folder}: ${before} and ${path} are both labels of ${id} — keep one, or name them in an index.json`,
      );
    labels.set(id, path);
  }
  const isLabel = new Set(labels.values());
  return { images: single(new Map([...all].filter(([, [path]]) => !isLabel.has(path)))), labels, classes: null };
}

async function pairingOf(folder: Folder, all: readonly string[]): Promise<Pairing> {
  const paths = all.filter(isVolumeName);
  const has = (dir: string) => paths.some((p) => p.startsWith(`${dir}/`));
  if (has('imagesTr')) {
    const text = all.includes('dataset.json') ? await (await folder.open('dataset.json')).text() : null;
    const { images, classes } = decathlonOf(
      byStem(paths, 'imagesTr', folder.name),
      text,
      `${folder.name}/dataset.json`,
    );
    const labels = new Map([...byStem(paths, 'labelsTr', folder.name)].map(([id, [path]]) => [id, path]));
    return { images, labels, classes };
  }
  const labelDir = ['labels', 'masks'].find(has);
  if (has('images') && labelDir) return pairFolders(paths, 'images', labelDir, folder.name);
  return pairEndings(paths, folder.name);
}

function nothingPaired(folder: Folder, paths: readonly string[], { images, labels }: Pairing): DatasetError {
  const inner = new Set(paths.filter((p) => p.includes('/')).map((p) => p.split('/')[0]));
  return new DatasetError(
    `${folder.name}: no volume has labels — ${images.size} images, ${labels.size} label files${inner.size ? ` (folders ${few([...inner])})` : ''}; it needs X.nii.gz with X_seg.nii.gz, images/ with labels/ or masks/, imagesTr/ with labelsTr/, or an index.json`,
  );
}

function casesOf(pairing: Pairing): { cases: VolumeCase[]; notes: string[] } {
  const { images, labels, classes } = pairing;
  const cases = [...images].map(([id, named]): VolumeCase => {
    const mask = labels.get(id) ?? null;
    return { id, image: Object.values(named)[0][0], images: named, mask, classes, background: new Set([0]), meta: {} };
  });
  cases.sort((a, b) => (a.id < b.id ? -1 : 1));
  const bare = cases.filter((c) => !c.mask).map((c) => c.image);
  const lone = [...labels].filter(([id]) => !images.has(id)).map(([, path]) => path);
  const notes = [
    bare.length ? `${bare.length} volumes have no labels: ${few(bare)}` : '',
    lone.length ? `${lone.length} label files have no image: ${few(lone)}` : '',
  ].filter(Boolean);
  return { cases, notes };
}

/** Whether a folder holds volumes rather than pictures: by its index.json, else by the names of its files. */
export async function holdsVolumes(folder: Folder): Promise<boolean> {
  const paths = (await folder.list()).filter((p) => !hidden(p));
  if (paths.includes('index.json')) return describesVolumes(await (await folder.open('index.json')).text());
  const pictures = paths.filter((p) => /\.(png|jpe?g)$/i.test(p)).length;
  return paths.filter(isVolumeName).length > pictures;
}

/**
 * Opens a folder of volumes; `unlabelled` allows one without any label (to predict on). `DatasetError` says what is wrong
 * with the folder: nothing to pair, double names, files that are not there, grids that do not agree.
 */
export async function openVolumeFolder(folder: Folder, { unlabelled = false } = {}): Promise<VolumeDataset> {
  const paths = (await folder.list()).filter((p) => !hidden(p));
  if (paths.includes('index.json')) {
    const text = await (await folder.open('index.json')).text();
    return volumeDataset(folder, readVolumeIndex(text, paths, folder.name), []);
  }
  const pairing = await pairingOf(folder, paths);
  const { cases, notes } = casesOf(pairing);
  const usable = cases.some((c) => c.mask) || (unlabelled && cases.length > 0);
  if (!usable) throw nothingPaired(folder, paths, pairing);
  return volumeDataset(folder, cases, notes);
}
