// What a data set is: cases by id, loaded one at a time. Not responsible for resizing, prompts, splits or batches.
import { DatasetError } from './errors';
import type { RgbImage } from './image';

/** A folder of files, wherever it is: on disk (command line), dropped on the page, in memory. Paths use `/`. */
export interface Folder {
  /** Its name, for messages. */
  readonly name: string;
  /** All files below it, as relative paths. */
  list(): Promise<readonly string[]>;
  open(path: string): Promise<Blob>;
}

/** A label value and what it means; background is no class. */
export interface LabelClass {
  readonly value: number;
  readonly name: string;
}

/** A case, known before anything is decoded. */
export interface DataCase {
  readonly id: string;
  /** Path of the image in the folder. */
  readonly image: string;
  /** Path of the mask, or null where the case has none. */
  readonly mask: string | null;
  /** Classes that the folder declares, or null: then each mask's own values are its classes. */
  readonly classes: readonly LabelClass[] | null;
  /** Further fields of the index, unchanged. */
  readonly meta: Readonly<Record<string, unknown>>;
}

/** A loaded case, in its original size. */
export interface Sample {
  readonly id: string;
  readonly image: RgbImage;
  /** A label value per pixel (height × width of the image), or null where the case has no mask. */
  readonly labels: Uint8Array | Uint16Array | null;
  /** Declared classes, else those whose values occur. */
  readonly classes: readonly LabelClass[];
  /** The mask is there but no pixel of it belongs to a class. Such a sample cannot be prompted. */
  readonly emptyMask: boolean;
  readonly meta: Readonly<Record<string, unknown>>;
}

/** An opened data set. */
export interface Dataset {
  readonly name: string;
  readonly cases: readonly DataCase[];
  /** Things worth knowing that are no errors, as sentences (images without a mask, files that were passed over). */
  readonly notes: readonly string[];
  /** Decodes one case; `DatasetError` or `ImageError` where its files are unusable. */
  load(id: string): Promise<Sample>;
}

/** One way of laying out a folder. */
export interface DatasetLayout {
  readonly name: string;
  /** Whether a folder with these files is of this layout. */
  matches(paths: readonly string[]): boolean;
  /** Reads the layout and checks it; `DatasetError` says what is wrong with the folder. */
  open(folder: Folder): Promise<Dataset>;
}

/** Declares a layout (one file each). `load` is given the case; looking it up by id and its error are done here. */
export function defineDataset(
  name: string,
  matches: DatasetLayout['matches'],
  read: (folder: Folder) => Promise<Omit<Dataset, 'name' | 'load'> & { load(of: DataCase): Promise<Sample> }>,
): DatasetLayout {
  const open = async (folder: Folder): Promise<Dataset> => {
    const { cases, notes, load } = await read(folder);
    const byId = new Map(cases.map((c) => [c.id, c]));
    const find = (id: string): DataCase => {
      const found = byId.get(id);
      if (!found)
        throw new DatasetError(
          `${folder.name}: no case ${JSON.stringify(id)} — there are ${cases.length}, such as ${cases[0]?.id}`,
        );
      return found;
    };
    return { name: folder.name, cases, notes, load: async (id) => load(find(id)) };
  };
  return { name, matches, open };
}

/** Loads cases one after another, in the order of `ids` (all by default). */
export async function* loadSamples(dataset: Dataset, ids?: readonly string[]): AsyncGenerator<Sample> {
  for (const id of ids ?? dataset.cases.map((c) => c.id)) yield await dataset.load(id);
}

/** One object of a sample: the pixels of one class. */
export interface LabelObject extends LabelClass {
  /** 1 where the pixel belongs to it, 0 elsewhere; height × width of the image. */
  readonly mask: Uint8Array;
  /** Number of its pixels. */
  readonly area: number;
  /** No pixel at all: counts in no prompt; a class that a case does not show. */
  readonly empty: boolean;
}

/** One binary mask per class, in the sample's original size; none where the sample has no mask. */
export function objectsOf(sample: Sample): LabelObject[] {
  const { labels } = sample;
  if (!labels) return [];
  return sample.classes.map(({ value, name }) => {
    const mask = new Uint8Array(labels.length);
    let area = 0;
    for (let i = 0; i < labels.length; i++) {
      if (labels[i] !== value) continue;
      mask[i] = 1;
      area++;
    }
    return { value, name, mask, area, empty: area === 0 };
  });
}

/** A folder of files in memory, as the page has after a drop; keys are relative paths. */
export function fileFolder(name: string, files: ReadonlyMap<string, Blob>): Folder {
  return {
    name,
    list: async () => [...files.keys()],
    open: async (path) => {
      const file = files.get(path);
      if (!file) throw new DatasetError(`${name}: there is no file ${JSON.stringify(path)}`);
      return file;
    },
  };
}
