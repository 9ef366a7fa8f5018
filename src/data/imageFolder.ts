// The plain layout: images/ and masks/, paired by file name or by an index.json.
import { type DataCase, defineDataset, type Folder, type Sample } from './dataset';
import { type IndexedCase, readIndex } from './datasetIndex';
import { DatasetError, ImageError } from './errors';
import { decodeImage, imageSize, toRgb8 } from './image';
import { jpegHeader } from './jpeg';
import { labelMap } from './labels';

const pictures = /\.(png|jpe?g)$/i;
const others = /\.(tiff?|bmp|gif|webp|dcm|nii(\.gz)?|nrrd|mha)$/i;
/** What mask files are often called beside their image's name. */
const maskEndings = /[_-](mask|masks|segmentation|seg|label|labels|gt|groundtruth)$/i;
const few = (names: readonly string[]) =>
  names.slice(0, 5).join(', ') + (names.length > 5 ? `, … (${names.length - 5} more)` : '');
const hidden = (path: string) => path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');

/** Pictures under one folder by their path without folder and extension. */
function picturesIn(paths: readonly string[], folder: string, where: string): Map<string, string> {
  const out = new Map<string, string>();
  for (const path of paths) {
    if (!path.startsWith(`${folder}/`) || !pictures.test(path)) continue;
    const stem = path.slice(folder.length + 1).replace(pictures, '');
    const before = out.get(stem);
    if (before) throw new DatasetError(`${where}: ${before} and ${path} have the same name — keep one of them`);
    out.set(stem, path);
  }
  return out;
}

function nothingPaired(folder: Folder, paths: readonly string[], images: number, masks: number): DatasetError {
  const inside = new Set(paths.filter((p) => /\/images\//.test(p)).map((p) => p.replace(/\/images\/.*$/, '')));
  const unread = paths.filter((p) => others.test(p));
  const hints = [
    inside.size ? `did you mean ${[...inside].slice(0, 3).join(' or ')}?` : '',
    unread.length ? `${unread.length} files are of a kind that is not read (${few(unread)}): convert them to PNG.` : '',
  ].filter(Boolean);
  const needs = 'it needs images/NAME.png and masks/NAME.png (or .jpg), or an index.json';
  return new DatasetError(
    `${folder.name}: no image has a mask — ${images} pictures in images/, ${masks} in masks/; ${needs}. ${hints.join(' ')}`.trim(),
  );
}

/** Pairs images/ and masks/ by name (a mask may add _mask, _seg and the like). */
function pairByName(folder: Folder, paths: readonly string[]): { cases: IndexedCase[]; notes: string[] } {
  const images = picturesIn(paths, 'images', folder.name);
  const masks = picturesIn(paths, 'masks', folder.name);
  const maskOf = new Map<string, string>();
  for (const [stem, path] of masks) {
    const bare = images.has(stem) ? stem : stem.replace(maskEndings, '');
    const before = maskOf.get(bare);
    if (before)
      throw new DatasetError(
        `${folder.name}: ${before} and ${path} are both masks of ${bare} — one mask per image, with a value per label`,
      );
    maskOf.set(bare, path);
  }
  const background = new Set([0]);
  const cases = [...images].map(([id, image]) => ({
    id,
    image,
    mask: maskOf.get(id) ?? null,
    classes: null,
    meta: {},
    background,
  }));
  cases.sort((a, b) => (a.id < b.id ? -1 : 1));
  if (!cases.some((c) => c.mask)) throw nothingPaired(folder, paths, images.size, masks.size);
  const bare = cases.filter((c) => !c.mask).map((c) => c.image);
  const lone = [...maskOf].filter(([stem]) => !images.has(stem)).map(([, path]) => path);
  const unread = paths.filter((p) => others.test(p));
  const notes = [
    bare.length ? `${bare.length} images have no mask: ${few(bare)}` : '',
    lone.length ? `${lone.length} masks have no image: ${few(lone)}` : '',
    unread.length ? `${unread.length} files are of a kind that is not read: ${few(unread)}` : '',
  ].filter(Boolean);
  return { cases, notes };
}

const headBytes = 65536;

/** Upright width and height of a picture, from its first bytes; the whole file only where a long header asks for it. */
async function pictureSize(folder: Folder, path: string): Promise<[number, number]> {
  const blob = await folder.open(path);
  const measure = async (bytes: number): Promise<[number, number]> => {
    const head = new Uint8Array(await blob.slice(0, bytes).arrayBuffer());
    const { format, width, height } = imageSize(head);
    return format === 'jpeg' && jpegHeader(head).orientation >= 5 ? [height, width] : [width, height];
  };
  try {
    return await measure(headBytes).catch((error: unknown) => {
      if (blob.size <= headBytes) throw error;
      return measure(blob.size);
    });
  } catch (error) {
    if (error instanceof ImageError) throw new ImageError(`${folder.name}/${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

const show = ([width, height]: readonly [number, number]) => `${width} × ${height}`;
const differ = (a: readonly [number, number], b: readonly [number, number]) => a[0] !== b[0] || a[1] !== b[1];

/** What is wrong with the sizes of one case; '' where they agree. */
async function sizeProblem(folder: Folder, c: IndexedCase): Promise<string> {
  const image = await pictureSize(folder, c.image);
  if (c.size && differ(c.size, image)) return `${c.image} is ${show(image)}, index.json says ${show(c.size)}`;
  if (!c.mask) return '';
  const mask = await pictureSize(folder, c.mask);
  return differ(mask, image) ? `${c.mask} is ${show(mask)}, its image ${show(image)}` : '';
}

/** Compares all sizes before any work begins, so that the last mask of a long folder does not end a run. */
async function checkSizes(folder: Folder, cases: readonly IndexedCase[]): Promise<void> {
  const problems: string[] = [];
  for (let at = 0; at < cases.length; at += 16) {
    const found = await Promise.all(cases.slice(at, at + 16).map((c) => sizeProblem(folder, c)));
    problems.push(...found.filter(Boolean));
  }
  if (problems.length) {
    throw new DatasetError(
      `${folder.name}: ${problems.length} of ${cases.length} cases have sizes that do not agree: ${few(problems)} — a mask must have the size of its image`,
    );
  }
}

async function loadCase(folder: Folder, c: DataCase, background: ReadonlySet<number>): Promise<Sample> {
  const { id, meta } = c;
  const image = toRgb8(await decodeImage(await folder.open(c.image), `${folder.name}/${c.image}`));
  if (!c.mask) return { id, image, labels: null, classes: c.classes ?? [], emptyMask: false, meta };
  const name = `${folder.name}/${c.mask}`;
  const mask = await decodeImage(await folder.open(c.mask), name);
  if (mask.width !== image.width || mask.height !== image.height) {
    throw new DatasetError(
      `${name}: the mask is ${show([mask.width, mask.height])}, its image ${show([image.width, image.height])} — a mask must have the size of its image`,
    );
  }
  const { labels, classes, empty } = labelMap(mask, name, c.classes, background);
  return { id, image, labels, classes, emptyMask: empty, meta };
}

/**
 * Folders with an index.json, or with images/ and masks/ paired by name. Opening reads headers only and finds missing
 * files, double names and sizes that do not agree; cases decode when they are loaded.
 */
export const imageFolder = defineDataset(
  'image-folder',
  (paths) => paths.includes('index.json') || paths.some((p) => p.startsWith('images/')),
  async (folder) => {
    const paths = (await folder.list()).filter((p) => !hidden(p));
    const indexed = paths.includes('index.json');
    const { cases, notes } = indexed
      ? { cases: readIndex(await (await folder.open('index.json')).text(), paths, folder.name), notes: [] }
      : pairByName(folder, paths);
    await checkSizes(folder, cases);
    const background = new Map(cases.map((c) => [c.id, c.background]));
    return { cases, notes, load: (c) => loadCase(folder, c, background.get(c.id) ?? new Set([0])) };
  },
);
